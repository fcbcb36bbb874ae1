import { useSyncExternalStore } from 'react'
import { readStored, writeStored } from './stored'

export type Theme = 'light' | 'dark' | 'system'
const KEY = 'wapro.theme'
const media = () => window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()
let theme: Theme = parse(readStored(KEY))

function parse(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
}

function apply() {
  const dark = theme === 'dark' || (theme === 'system' && media().matches)
  document.documentElement.classList.toggle('dark', dark)
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light'
}

export function initTheme() {
  apply()
  media().addEventListener('change', () => {
    apply()
    listeners.forEach((notify) => notify())
  })
}

export function setTheme(next: Theme) {
  theme = next
  writeStored(KEY, next === 'system' ? undefined : next)
  apply()
  listeners.forEach((notify) => notify())
}

export const useTheme = () =>
  useSyncExternalStore(
    (notify) => {
      listeners.add(notify)
      return () => listeners.delete(notify)
    },
    () => theme,
  )
