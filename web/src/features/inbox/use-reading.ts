import { useCallback, useEffect, useRef } from 'react'
import { useMarkRead } from '@/api/conversations'

/** How long a message must be in view to count as read. */
export const READ_AFTER_MS = 1000

/** Whether somebody can be looking: the tab is in front and its window has the focus. */
const looking = () => document.visibilityState === 'visible' && document.hasFocus()

/**
 * Marks a conversation as read when half of the customer's newest message has been in view for a second in a focused tab. The server knows
 * no part of a conversation as read: until then all of it stays unread. The function it gives back is told what is in view: the key of that
 * message, or undefined when it is not.
 */
export function useReading(conversationId: string, unread: number) {
  const { mutate } = useMarkRead()
  const seen = useRef<string>()
  const timer = useRef<ReturnType<typeof setTimeout>>()
  const count = useRef(unread)
  count.current = unread

  const stop = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = undefined
  }, [])
  const start = useCallback(() => {
    if (timer.current !== undefined || seen.current === undefined || count.current === 0 || !looking()) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      if (count.current > 0 && seen.current !== undefined && looking()) mutate(conversationId)
    }, READ_AFTER_MS)
  }, [conversationId, mutate])

  const inView = useCallback(
    (key: string | undefined) => {
      if (key !== seen.current) stop()
      seen.current = key
      start()
    },
    [start, stop],
  )
  useEffect(() => {
    if (unread === 0) stop()
    else start()
  }, [unread, start, stop])
  useEffect(() => {
    const changed = () => (looking() ? start() : stop())
    window.addEventListener('focus', changed)
    window.addEventListener('blur', changed)
    document.addEventListener('visibilitychange', changed)
    return () => {
      stop()
      window.removeEventListener('focus', changed)
      window.removeEventListener('blur', changed)
      document.removeEventListener('visibilitychange', changed)
    }
  }, [start, stop])
  return inView
}
