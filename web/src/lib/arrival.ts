import { useEffect, useRef } from 'react'

let announced = false

/** The next page's heading gets the focus and is read out: after sign-in, and after a jump by keyboard. */
export function announceNextPage() {
  announced = true
}

function focusHeading() {
  const heading = document.querySelector<HTMLElement>('main h1')
  if (!heading) return false
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
  return document.activeElement === heading
}

/** How long a page may take to load before its heading no longer takes the focus. */
const PATIENCE_MS = 10_000

/**
 * Moves the focus to the heading of a page that was jumped to, and of one that replaced whatever had the focus. A page that is loaded with
 * the document leaves the focus at the top, where the link to the content is.
 */
export function useArrival(section: string) {
  const before = useRef<string>()
  useEffect(() => {
    const lost = before.current !== undefined && before.current !== section && (document.activeElement === null || document.activeElement === document.body)
    before.current = section
    if (!announced && !lost) return
    announced = false
    if (focusHeading()) return
    const observer = new MutationObserver(() => {
      const elsewhere = document.activeElement !== null && document.activeElement !== document.body && document.activeElement.closest('[role=dialog]')
      if (elsewhere || focusHeading()) stop()
    })
    const timer = setTimeout(() => observer.disconnect(), PATIENCE_MS)
    const stop = () => {
      clearTimeout(timer)
      observer.disconnect()
    }
    observer.observe(document.body, { childList: true, subtree: true })
    return stop
  }, [section])
}
