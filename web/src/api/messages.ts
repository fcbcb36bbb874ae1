import { api, data } from './client'
import { type Feed, useFeed } from './feed'
import type { Page } from './page'
import type { Schemas } from './schemas'

export type Message = Schemas['Message']
export type MessageIn = Schemas['MessageIn']
export type MessageStatus = Schemas['MessageStatus']
export type ReplyIn = Schemas['ReplyIn']

/** How many of the newest messages are asked for when the stream says something changed. */
const NEWEST = 20

export const messageKeys = { of: (conversationId: string) => ['messages', conversationId] as const }

/** The first page fills a screen; the next are read while scrolling. */
const FIRST = 40
const NEXT = 100

interface Merging<M> {
  renew: (known: Feed<M>, newest: Page<Message>) => Feed<M> | undefined
  restart: (known: Feed<M>, newest: Page<Message>) => Feed<M>
}

export const useMessages = <M extends Message>(conversationId: string, merging: Merging<M>) =>
  useFeed<M>({
    queryKey: messageKeys.of(conversationId),
    fetchPage: (after, signal) =>
      data(api.GET('/conversations/{conversation_id}/messages', { params: { path: { conversation_id: conversationId }, query: { limit: after ? NEXT : FIRST, after } }, signal })) as Promise<Page<M>>,
    ...merging,
  })

export const fetchNewest = (conversationId: string): Promise<Page<Message>> =>
  data(api.GET('/conversations/{conversation_id}/messages', { params: { path: { conversation_id: conversationId }, query: { limit: NEWEST } } }))

export const fetchMessage = (id: string): Promise<Message> => data(api.GET('/messages/{message_id}', { params: { path: { message_id: id } } }))

/** How long an answer is waited for: a dead connection does not tell of itself. The same key asks again. */
const ANSWER_MS = 30_000

/** `body`: a type, and under the type's key WhatsApp's own form, which the server checks: no type here follows all of it. */
export const sendReply = (conversationId: string, body: Record<string, unknown>, idempotencyKey: string, tenant: string): Promise<Message> =>
  data(
    api.POST('/conversations/{conversation_id}/messages', {
      params: { path: { conversation_id: conversationId } },
      body: body as unknown as ReplyIn,
      headers: { 'Idempotency-Key': idempotencyKey, 'X-Tenant-Id': tenant },
      signal: AbortSignal.timeout(ANSWER_MS),
    }),
  )

/** Sends again what failed or is in doubt: the same content goes out as a new message, which is the answer. */
export const resendMessage = (id: string): Promise<Message> =>
  data(api.POST('/messages/{message_id}/resend', { params: { path: { message_id: id }, header: { 'Idempotency-Key': crypto.randomUUID() } } }))
