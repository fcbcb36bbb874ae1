import { readStored, writeStored } from '@/lib/stored'

const KEY = 'wapro.user'
/** In the store's place after signing out: nobody, which is not the same as unknown. */
const NOBODY = '-'

/** For a browser that stores nothing: as long as the page lives. */
let here: string | undefined

/** Who is signed in in this browser, the same for all tabs. Undefined: not known; null: nobody. */
export function signedInAs(): string | null | undefined {
  const id = readStored(KEY) ?? here
  return id === NOBODY ? null : id
}

export function setSignedInAs(id: string | undefined) {
  here = id ?? NOBODY
  if (readStored(KEY) !== (id ?? NOBODY)) writeStored(KEY, id ?? NOBODY)
}

/** Calls back when another tab signs in or out. */
export function onPersonChanged(changed: () => void) {
  const listener = (event: StorageEvent) => event.key === KEY && changed()
  window.addEventListener('storage', listener)
  return () => window.removeEventListener('storage', listener)
}
