import { useQueryClient } from '@tanstack/react-query'
import type { Message, ReplyIn } from '@/api/types'
import { addOptimistic, dropOptimistic, settleOptimistic, type ThreadMessage } from './live-updates'
import { sendReply } from './queries'

/** What to show for a message that the server has not seen yet. */
function bubble(conversationId: string, body: ReplyIn, clientKey: string, shownText?: string): ThreadMessage {
  const now = new Date().toISOString()
  const content: Record<string, unknown> = { ...(body[body.type as 'text' | 'image' | 'template'] ?? {}) }
  return {
    id: clientKey,
    client_key: clientKey,
    sending: true,
    conversation_id: conversationId,
    contact_id: '',
    channel_id: '',
    direction: 'outbound',
    type: body.type,
    text: shownText ?? body.text?.body ?? body.image?.caption,
    preview: shownText ?? '',
    content,
    status: 'queued',
    reply_to: body.reply_to,
    timestamps: { queued_at: now },
    at: now,
    created_at: now,
  }
}

export function useSend(conversationId: string) {
  const client = useQueryClient()

  const send = async (body: ReplyIn, shownText?: string) => {
    // The same key goes with the request: a retry after a lost answer cannot become a second message.
    const clientKey = crypto.randomUUID()
    addOptimistic(client, conversationId, bubble(conversationId, body, clientKey, shownText))
    try {
      const message = await sendReply(conversationId, body, clientKey)
      settleOptimistic(client, conversationId, clientKey, { message })
    } catch (error) {
      settleOptimistic(client, conversationId, clientKey, { error })
    }
  }

  const resend = (message: ThreadMessage) => {
    const body = replyFrom(message)
    if (!body) return
    if (message.client_key && message.failed_to_send) dropOptimistic(client, conversationId, message.client_key)
    void send(body, message.text)
  }

  const discard = (message: ThreadMessage) => message.client_key && dropOptimistic(client, conversationId, message.client_key)

  return { send, resend, discard }
}

/** The request that would say the same again; kinds this screen cannot compose cannot be resent from it. */
export function replyFrom(message: Message): ReplyIn | undefined {
  const raw = (message.content ?? {}) as Record<string, unknown>
  const own = (typeof raw[message.type] === 'object' && raw[message.type] !== null ? raw[message.type] : raw) as Record<string, unknown>
  switch (message.type) {
    case 'text': {
      const body = message.text ?? (typeof own.body === 'string' ? own.body : undefined)
      return body ? { type: 'text', text: { body }, reply_to: message.reply_to } : undefined
    }
    case 'image':
      return typeof own.link === 'string'
        ? { type: 'image', image: { link: own.link, caption: typeof own.caption === 'string' ? own.caption : undefined }, reply_to: message.reply_to }
        : undefined
    case 'template': {
      const language = typeof own.language === 'string' ? own.language : (own.language as { code?: unknown } | undefined)?.code
      if (typeof own.name !== 'string' || typeof language !== 'string') return undefined
      return { type: 'template', template: { name: own.name, language, components: Array.isArray(own.components) ? own.components : [] } }
    }
    default:
      return undefined
  }
}
