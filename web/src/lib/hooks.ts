import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { readStored, writeStored } from './stored'

export { useHotkeys } from './hotkeys'
export { readStored, writeStored }

export function useMediaQuery(query: string) {
  const subscribe = useCallback(
    (notify: () => void) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', notify)
      return () => media.removeEventListener('change', notify)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches)
}

export function useDebounced<T>(value: T, ms = 250) {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** The time, refreshed often enough for what is shown. */
export function useNow(intervalMs: number) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return now
}

/** The same function in every render, which does what the latest one does: for what is handed to memoised components. */
export function useEvent<A extends unknown[], R>(run: (...args: A) => R): (...args: A) => R {
  const latest = useRef(run)
  latest.current = run
  return useCallback((...args: A) => latest.current(...args), [])
}
export function useStored(key: string, fallback: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => readStored(key) ?? fallback)
  const set = useCallback(
    (next: string) => {
      setValue(next)
      writeStored(key, next)
    },
    [key],
  )
  return [value, set]
}

function scrollParent(element: HTMLElement): HTMLElement | null {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(parent).overflowY)) return parent
  }
  return null
}

export const scrollBehaviour = (): ScrollBehavior => (window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth')

/** Calls `onVisible` when the element scrolls into view: the end of a list asks for more. */
export function useOnVisible(onVisible: () => void, enabled: boolean) {
  const ref = useRef<HTMLDivElement | null>(null)
  const latest = useRef(onVisible)
  latest.current = onVisible
  useEffect(() => {
    const element = ref.current
    if (!element || !enabled) return
    const observer = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && latest.current(), {
      // A margin counts only against the box that scrolls.
      root: scrollParent(element),
      rootMargin: '400px',
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [enabled])
  return ref
}

/**
 * Fields that come and go: `focusItem(n)` puts the focus into the n-th `[data-item]` of the list once it is there, or into the last one.
 * `count`: how many there are.
 */
export function useItemFocus<T extends HTMLElement>(count: number) {
  const list = useRef<T>(null)
  const wanted = useRef<number>()
  useEffect(() => {
    if (wanted.current === undefined) return
    const items = list.current?.querySelectorAll(':scope > [data-item]') ?? []
    items[Math.min(wanted.current, items.length - 1)]?.querySelector<HTMLElement>('input, textarea')?.focus()
    wanted.current = undefined
  }, [count])
  return { list, focusItem: (at: number) => (wanted.current = Math.max(0, at)) }
}

export const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform)
