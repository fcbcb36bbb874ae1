import { useCallback, useEffect, useRef } from 'react'
import { useMarkRead } from '@/api/conversations'

/** How long a message must be in view to count as read. */
export const READ_AFTER_MS = 1000

/** Whether somebody can be looking: the tab is in front and its window has the focus. */
const looking = () => document.visibilityState === 'visible' && document.hasFocus()

/** A message in view. */
export interface InView {
  id: string
  /** The newest of the customer's. */
  newest: boolean
}

/**
 * Marks a conversation as read up to the newest unread message of which half has been in view for a second in a focused tab; what comes
 * after it stays unread. The function it gives back is told which message that is, or undefined when there is none.
 */
export function useReading(conversationId: string, unread: number) {
  const { mutate } = useMarkRead()
  const seen = useRef<InView>()
  const told = useRef<string>()
  const timer = useRef<ReturnType<typeof setTimeout>>()
  const count = useRef(unread)
  count.current = unread

  const stop = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = undefined
  }, [])
  const start = useCallback(() => {
    const waits = () => count.current > 0 && seen.current !== undefined && seen.current.id !== told.current && looking()
    if (timer.current !== undefined || !waits()) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      if (!waits() || !seen.current) return
      const { id, newest } = seen.current
      told.current = id
      mutate({ conversationId, upTo: id, all: newest }, { onError: () => (told.current = undefined) })
    }, READ_AFTER_MS)
  }, [conversationId, mutate])

  const inView = useCallback(
    (message: InView | undefined) => {
      if (message?.id !== seen.current?.id) stop()
      seen.current = message
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
