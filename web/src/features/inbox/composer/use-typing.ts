import { useRef } from 'react'
import { tellTyping } from '@/api/conversations'

/** WhatsApp shows "typing…" for up to 25 seconds: while somebody writes on, it is told again before that ends. */
const AGAIN_MS = 20_000

/** Tells the customer's phone that an answer is being written. */
export function useTyping(conversationId: string) {
  const told = useRef(0)
  return {
    written: () => {
      const now = Date.now()
      if (now - told.current < AGAIN_MS) return
      told.current = now
      // A courtesy: when it fails, the message itself still goes.
      tellTyping(conversationId).catch(() => undefined)
    },
    /** The message has left: WhatsApp takes the dots away by itself, and the next word brings them back. */
    forget: () => {
      told.current = 0
    },
  }
}
