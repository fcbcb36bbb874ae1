import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { resendMessage } from '@/api/messages'
import { toastError } from '@/lib/errors'
import type { Outgoing } from '@/lib/outbox/entry'
import { useOutbox } from '@/lib/outbox/use-outbox'
import { outboxWatcher } from './live-updates'
import { mergeNewest, type ThreadMessage } from './thread-cache'

/** Keeps the threads up to date with what the outbox sends. */
export function useOutboxUpdates() {
  const client = useQueryClient()
  const outbox = useOutbox()
  useEffect(() => {
    const { sending, done } = outboxWatcher(client)
    return outbox.watch({
      sending,
      done(conversationId, id, outcome) {
        done(conversationId, id, outcome)
        // A reaction has no bubble that could tell of its failure.
        if (outcome && 'refused' in outcome && outcome.entry.out.type === 'reaction') toastError(outcome.refused)
      },
    })
  }, [client, outbox])
}

/** Sends through the outbox: nothing is lost on the way. */
export function useSend(conversationId: string) {
  const { t } = useTranslation()
  const outbox = useOutbox()
  return useMemo(
    () => ({
      /** Whether all of it was taken; else says why not. */
      send(...outs: Outgoing[]): boolean {
        if (!outbox.hasRoom(outs)) {
          toast.error(t('composer.outboxFull'))
          return false
        }
        outs.forEach((out) => void outbox.add(conversationId, out))
        return true
      },
      resend: (message: ThreadMessage) => void outbox.again(message.id),
      discard: (message: ThreadMessage) => void outbox.discard(message.id),
    }),
    [conversationId, outbox, t],
  )
}

/** Sends again what the server has and WhatsApp did not take, or never confirmed. */
export function useResendStored(conversationId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (message: ThreadMessage) => resendMessage(message.id),
    onSuccess: () => mergeNewest(client, conversationId),
    onError: toastError,
  })
}
