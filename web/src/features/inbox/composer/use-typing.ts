import { useEffect, useRef } from 'react'
import { tellTyping } from '@/api/conversations'

/** WhatsApp shows "typing…" for up to 25 seconds: while somebody writes on, it is told again before that ends. */
const AGAIN_MS = 20_000

/** Tells the customer's phone that an answer is being written. */
export function useTyping(conversationId: string, value: string) {
  const told = useRef(0)
  const before = useRef(value)
  useEffect(() => {
    const grew = value !== before.current && value.trim() !== ''
    before.current = value
    const now = Date.now()
    if (!grew || now - told.current < AGAIN_MS) return
    told.current = now
    // A courtesy: when it fails, the message itself still goes.
    tellTyping(conversationId).catch(() => undefined)
  }, [conversationId, value])
  /** The message has left: WhatsApp takes the dots away by itself, and the next word brings them back. */
  return () => {
    told.current = 0
    before.current = ''
  }
}
