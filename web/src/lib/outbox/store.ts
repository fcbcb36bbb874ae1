import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Entry } from './entry'

/** Where entries are kept: shared by the tabs of a browser, read by one owner only. */
export interface Store {
  all(owner: string): Promise<Entry[]>
  put(entry: Entry): Promise<void>
  /** Changes an entry that is still there, in one transaction. `by` answers undefined to leave it as it is. */
  change(id: string, by: (entry: Entry) => Entry | undefined): Promise<Entry | undefined>
  /** Whether it was there. */
  remove(id: string): Promise<boolean>
}

interface Schema extends DBSchema {
  outbox: { key: string; value: Entry; indexes: { owner: string } }
}

const NAME = 'wapro'
const VERSION = 1

/** In IndexedDB, or for as long as the page lives where the browser gives none (private windows of some). */
export function openStore(): Store {
  let db: Promise<IDBPDatabase<Schema> | undefined> | undefined
  const memory = memoryStore()
  const either = async <T>(indexed: (db: IDBPDatabase<Schema>) => Promise<T>, remembered: (store: Store) => Promise<T>) => {
    const opened = await (db ??= open(() => (db = undefined)))
    return opened ? indexed(opened) : remembered(memory)
  }
  return {
    all: (owner) => either((db) => db.getAllFromIndex('outbox', 'owner', owner), (store) => store.all(owner)),
    put: (entry) => either(async (db) => void (await db.put('outbox', entry)), (store) => store.put(entry)),
    change: (id, by) => either((db) => changeIn(db, id, by), (store) => store.change(id, by)),
    remove: (id) => either((db) => removeFrom(db, id), (store) => store.remove(id)),
  }
}

async function open(onClosed: () => void): Promise<IDBPDatabase<Schema> | undefined> {
  try {
    return await openDB<Schema>(NAME, VERSION, {
      upgrade: (db) => void db.createObjectStore('outbox', { keyPath: 'id' }).createIndex('owner', 'owner'),
      // A newer version of the portal in another tab must not wait for this one.
      blocking: (_from, _to, event) => {
        ;(event.target as IDBDatabase).close()
        onClosed()
      },
      terminated: onClosed,
    })
  } catch {
    return undefined
  }
}

async function changeIn(db: IDBPDatabase<Schema>, id: string, by: (entry: Entry) => Entry | undefined) {
  const tx = db.transaction('outbox', 'readwrite')
  const known = await tx.store.get(id)
  const next = known && by(known)
  if (next) await tx.store.put(next)
  await tx.done
  return next
}

async function removeFrom(db: IDBPDatabase<Schema>, id: string) {
  const tx = db.transaction('outbox', 'readwrite')
  const there = (await tx.store.getKey(id)) !== undefined
  if (there) await tx.store.delete(id)
  await tx.done
  return there
}

export function memoryStore(): Store {
  const entries = new Map<string, Entry>()
  return {
    all: (owner) => Promise.resolve([...entries.values()].filter((entry) => entry.owner === owner)),
    put: (entry) => Promise.resolve(void entries.set(entry.id, entry)),
    change(id, by) {
      const known = entries.get(id)
      const next = known && by(known)
      if (next) entries.set(id, next)
      return Promise.resolve(next)
    },
    remove: (id) => Promise.resolve(entries.delete(id)),
  }
}
