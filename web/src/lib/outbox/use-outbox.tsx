import { createContext, type ReactNode, useCallback, useContext, useSyncExternalStore } from 'react'
import type { Entry } from './entry'
import type { Outbox } from './outbox'

const OutboxContext = createContext<Outbox | undefined>(undefined)

export function OutboxContextProvider({ value, children }: { value: Outbox; children: ReactNode }) {
  return <OutboxContext.Provider value={value}>{children}</OutboxContext.Provider>
}

export function useOutbox(): Outbox {
  const outbox = useContext(OutboxContext)
  if (!outbox) throw new Error('useOutbox needs a signed-in session above it')
  return outbox
}

/** What was not sent yet in a conversation, oldest first. */
export function useUnsentIn(conversationId: string): Entry[] {
  const outbox = useOutbox()
  const get = useCallback(() => outbox.of(conversationId), [outbox, conversationId])
  return useSyncExternalStore(outbox.subscribe, get)
}

/** Everything that was not sent yet. */
export function useUnsent(): Entry[] {
  const outbox = useOutbox()
  return useSyncExternalStore(outbox.subscribe, outbox.all)
}
