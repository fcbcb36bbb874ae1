import { useSyncExternalStore } from 'react'
import { readStored, writeStored } from './stored'

const KEY = 'wapro.single-keys'
const listeners = new Set<() => void>()
let on = readStored(KEY) !== 'off'

/** Whether shortcuts of a single letter or sign work. Whoever dictates switches them off (WCAG 2.1.4). */
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
