import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'

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

export function readStored(key: string) {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

export function writeStored(key: string, value: string | undefined) {
  try {
    if (value === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Storage is a convenience here, never the only copy.
  }
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

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/**
 * Single-key shortcuts ("j", "?", "g i"). They stay quiet while someone types or a dialog is open.
 */
export function useHotkeys(map: Record<string, (event: KeyboardEvent) => void>, enabled = true) {
  const latest = useRef(map)
  latest.current = map
  useEffect(() => {
    if (!enabled) return
    let prefix = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return
      if (typing(event.target) || document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"],[role="listbox"][data-state="open"]')) return
      const combo = prefix ? `${prefix} ${event.key}` : event.key
      const handler = latest.current[combo] ?? latest.current[event.key]
      clearTimeout(timer)
      prefix = ''
      if (handler) {
        event.preventDefault()
        handler(event)
      } else if (Object.keys(latest.current).some((k) => k.startsWith(`${event.key} `))) {
        prefix = event.key
        timer = setTimeout(() => (prefix = ''), 900)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('keydown', onKey)
    }
  }, [enabled])
}

export const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform)
