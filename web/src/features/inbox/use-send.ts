import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { resendMessage, sendReply } from '@/api/messages'
import { headline } from '@/lib/content'
import { toastError } from '@/lib/errors'
import { settleOptimistic } from './live-updates'
import { addOptimistic, dropOptimistic, mergeNewest, type ThreadMessage } from './thread-cache'
import { bodyFor, type Outgoing, outgoingFrom } from './outgoing'

/** What to show for a message that the server has not seen yet. */
function bubble(conversationId: string, out: Outgoing, clientKey: string): ThreadMessage {
  const now = new Date().toISOString()
  const words = out.shown?.text ?? headline({ type: out.type, content: out.content })
  return {
    id: clientKey,
    client_key: clientKey,
    sending: true,
    conversation_id: conversationId,
    contact_id: '',
    channel_id: '',
    direction: 'outbound',
    type: out.type,
    text: out.type === 'text' || out.type === 'template' ? words : undefined,
    preview: words ?? '',
    content: out.content,
    media: out.shown?.media,
    local_url: out.shown?.local_url,
    status: 'queued',
    reply_to: out.shown?.quotes ?? out.reply_to,
    timestamps: { queued_at: now },
    at: now,
    created_at: now,
  }
}

export function useSend(conversationId: string) {
  const client = useQueryClient()
  const locals = useRef<string[]>([])
  useEffect(() => () => locals.current.forEach((url) => URL.revokeObjectURL(url)), [])

  const send = async (out: Outgoing) => {
    // The same key goes with the request: a retry after a lost answer cannot become a second message.
    const clientKey = crypto.randomUUID()
    if (out.shown?.local_url) locals.current.push(out.shown.local_url)
    addOptimistic(client, conversationId, bubble(conversationId, out, clientKey))
    try {
      const message = await sendReply(conversationId, bodyFor(out), clientKey)
      settleOptimistic(client, conversationId, clientKey, { message })
    } catch (error) {
      // A reaction has no bubble that could tell of its failure.
      if (out.type === 'reaction') {
        dropOptimistic(client, conversationId, clientKey)
        settleOptimistic(client, conversationId, clientKey, { error })
        toastError(error)
      } else settleOptimistic(client, conversationId, clientKey, { error })
    }
  }

  /** `quotedId`: our id of what it quoted. */
  const resend = (message: ThreadMessage, quotedId?: string) => {
    const out = outgoingFrom(message, quotedId)
    if (!out) return
    if (message.client_key && message.failed_to_send) dropOptimistic(client, conversationId, message.client_key)
    void send({ ...out, shown: { ...out.shown, local_url: message.local_url, quotes: message.reply_to } })
  }

  const discard = (message: ThreadMessage) => message.client_key && dropOptimistic(client, conversationId, message.client_key)

  return { send, resend, discard }
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
