import { useSyncExternalStore } from 'react'
import { readStored, writeStored } from './stored'

const KEY = 'wapro.single-keys'
const listeners = new Set<() => void>()
let on = readStored(KEY) !== 'off'

/** Whether single-key shortcuts work. People who use speech input turn them off (WCAG 2.1.4). */
export const singleKeysOn = () => on

export function setSingleKeys(next: boolean) {
  on = next
  writeStored(KEY, next ? undefined : 'off')
  listeners.forEach((notify) => notify())
}

export const useSingleKeys = () =>
  useSyncExternalStore((notify) => {
    listeners.add(notify)
    return () => listeners.delete(notify)
  }, singleKeysOn)
