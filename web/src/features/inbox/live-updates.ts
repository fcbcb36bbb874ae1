import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { type Conversation, type ConversationFilter, conversationKeys, fetchConversation } from '@/api/conversations'
import { eventItems } from '@/api/live'
import { fetchMessage, fetchNewest, type Message, messageKeys, type MessageStatus } from '@/api/messages'
import type { Page } from '@/api/page'
import type { LiveHandlers } from '@/lib/feature'
import { isStatus, laterStatus } from '@/lib/status'

/** A message as the thread holds it: one being sent has a key of its own, so its bubble survives the real id. */
export type ThreadMessage = Message & { client_key?: string; sending?: boolean; failed_to_send?: unknown; local_url?: string }
type Thread = InfiniteData<Page<ThreadMessage>>
type ConversationList = InfiniteData<Page<Conversation>>

/** Events come in bursts: gather what they touch for a moment, then fetch each thing once. */
const GATHER_MS = 60
const MANY = 12
/** A burst of edits reads the last of them; the rest come with the thread. */
const AMENDED_AT_ONCE = 20
const touched = new Set<string>()
let timer: ReturnType<typeof setTimeout> | undefined
const sending = new Map<string, number>()
type Announce = (items: { conversation_id: string; message_id: string; preview: string }[]) => void
const announcers = new Set<Announce>()

/** Tells a screen that messages came in, so that it can say so to a screen reader. */
export function onIncoming(announce: Announce) {
  announcers.add(announce)
  return () => {
    announcers.delete(announce)
  }
}

const touchConversations: LiveHandlers[string] = (client, payload) => touch(client, eventItems(payload, 'conversation_id').map((i) => i.conversation_id))

/** What the stream says about messages and conversations. */
export const messageEvents: LiveHandlers = {
  messages_received(client, payload) {
    const items = eventItems(payload, 'conversation_id', 'message_id')
    touch(client, items.map((i) => i.conversation_id))
    const said = items.map((i) => ({ conversation_id: i.conversation_id, message_id: i.message_id, preview: typeof i.preview === 'string' ? i.preview : '' }))
    announcers.forEach((announce) => announce(said))
  },
  // A file has arrived or will not: the thread's messages carry its state and address.
  media_changed: touchConversations,
  messages_queued: touchConversations,
  messages_echoed: touchConversations,
  conversations_changed: touchConversations,
  messages_amended(client, payload) {
    const items = eventItems(payload, 'conversation_id', 'message_id')
    void amend(client, items)
    touch(client, items.map((i) => i.conversation_id))
  },
  message_statuses_changed(client, payload) {
    for (const item of eventItems(payload, 'conversation_id', 'message_id', 'status')) {
      if (!isStatus(item.status)) continue
      const known = setStatus(client, item.conversation_id, item.message_id, item.status)
      // A failure carries words only the full message has; a stranger has to be fetched.
      if (!known || item.status === 'failed') touch(client, [item.conversation_id])
      else touchRow(client, item.conversation_id, item.message_id, item.status)
    }
  },
}

/** An edit or a reaction may concern a message far above the newest: each that is loaded is read again by itself. */
async function amend(client: QueryClient, items: { conversation_id: string; message_id: string }[]) {
  const loaded = items.filter((item) => client.getQueryData<Thread>(messageKeys.of(item.conversation_id))?.pages.some((page) => page.items.some((m) => m.id === item.message_id)))
  await Promise.allSettled(
    loaded.slice(-AMENDED_AT_ONCE).map(async (item) => {
      const message = await fetchMessage(item.message_id)
      client.setQueryData<Thread>(messageKeys.of(item.conversation_id), (thread) => thread && mapMessages(thread, (m) => (m.id === message.id ? { ...message, status: laterStatus(m.status, message.status), client_key: m.client_key } : m)))
    }),
  )
}

function touch(client: QueryClient, conversationIds: string[]) {
  conversationIds.forEach((id) => touched.add(id))
  if (touched.size === 0 || timer) return
  timer = setTimeout(() => {
    timer = undefined
    const ids = [...touched]
    touched.clear()
    void refresh(client, ids)
  }, GATHER_MS)
}

async function refresh(client: QueryClient, ids: string[]) {
  void client.invalidateQueries({ queryKey: conversationKeys.unread })
  const threads = ids.filter((id) => client.getQueryData(messageKeys.of(id)) && !sending.has(id))
  await Promise.allSettled([
    ...threads.map((id) => mergeNewest(client, id)),
    ids.length > MANY
      ? client.invalidateQueries({ queryKey: conversationKeys.all })
      : Promise.all(ids.map(async (id) => upsertConversation(client, await fetchConversation(id)))),
  ])
}

/** Puts a conversation where its newest activity belongs in each list that shows it, without a refetch. */
export function upsertConversation(client: QueryClient, conversation: Conversation) {
  client.setQueryData(conversationKeys.one(conversation.id), conversation)
  for (const query of client.getQueryCache().findAll({ queryKey: conversationKeys.lists })) {
    const filter = query.queryKey[2] as ConversationFilter
    const lists = query.state.data as ConversationList | undefined
    if (!lists) continue
    const shown = lists.pages.some((page) => page.items.some((c) => c.id === conversation.id))
    if (filter.channel_id && filter.channel_id !== conversation.channel_id) continue
    // Whether a stranger matches a search is the server's to say. An unread row that was read stays until the list is asked again.
    if (filter.search && !shown) {
      void client.invalidateQueries({ queryKey: query.queryKey })
      continue
    }
    if (filter.unread && !shown && conversation.unread === 0) continue
    client.setQueryData<ConversationList>(query.queryKey, { ...lists, pages: place(lists.pages, conversation) })
  }
}

function place(pages: Page<Conversation>[], conversation: Conversation): Page<Conversation>[] {
  const without = pages.map((page) => ({ ...page, items: page.items.filter((c) => c.id !== conversation.id) }))
  let placed = false
  return without.map((page, i) => {
    if (placed) return page
    const at = page.items.findIndex((c) => c.last_at <= conversation.last_at)
    const last = i === without.length - 1
    if (at === -1 && !last) return page
    // Older than everything loaded: it belongs to a page not fetched yet.
    if (at === -1 && page.next) return page
    placed = true
    const items = [...page.items]
    items.splice(at === -1 ? items.length : at, 0, conversation)
    return { ...page, items }
  })
}

export async function mergeNewest(client: QueryClient, conversationId: string) {
  const newest = await fetchNewest(conversationId)
  client.setQueryData<Thread>(messageKeys.of(conversationId), (thread) => {
    const first = thread?.pages[0]
    if (!thread || !first) return thread
    const known = new Map(thread.pages.flatMap((page) => page.items.map((m) => [m.id, m] as const)))
    const fresh = newest.items.filter((m) => !known.has(m.id))
    // More came than one look can hold: the gap is closed by starting the thread anew.
    if (fresh.length === newest.items.length && newest.next && known.size > 0) void client.resetQueries({ queryKey: messageKeys.of(conversationId) })
    // The server's order is the order: its clock and WhatsApp's differ by up to a second, so times alone would not do.
    const merged: ThreadMessage[] = newest.items.map((m) => {
      const before = known.get(m.id)
      return before ? { ...m, status: laterStatus(before.status, m.status), client_key: before.client_key } : m
    })
    const inNewest = new Set(newest.items.map((m) => m.id))
    const rest = first.items.filter((m) => !inNewest.has(m.id))
    const items = [...merged, ...rest.filter((m) => !isLocal(m))]
    for (const local of rest.filter(isLocal)) {
      const at = items.findIndex((m) => Date.parse(m.at) <= Date.parse(local.at))
      items.splice(at === -1 ? items.length : at, 0, local)
    }
    return { ...thread, pages: [{ ...first, items }, ...thread.pages.slice(1).map((page) => ({ ...page, items: page.items.filter((m) => !inNewest.has(m.id)) }))] }
  })
}

/** Known to this browser only: being sent, or never arrived. */
const isLocal = (m: ThreadMessage) => m.client_key === m.id

function setStatus(client: QueryClient, conversationId: string, messageId: string, status: MessageStatus): boolean {
  let known = false
  client.setQueryData<Thread>(messageKeys.of(conversationId), (thread) => {
    if (!thread) {
      known = true
      return thread
    }
    known = thread.pages.some((page) => page.items.some((m) => m.id === messageId))
    return known ? mapMessages(thread, (m) => (m.id === messageId ? { ...m, status: laterStatus(m.status, status) } : m)) : thread
  })
  return known
}

/** The tick in the list belongs to the last message: only the server knows whether this was the last. */
function touchRow(client: QueryClient, conversationId: string, messageId: string, status: MessageStatus) {
  const newest = client.getQueryData<Thread>(messageKeys.of(conversationId))?.pages[0]?.items[0]
  if (newest?.id !== messageId) {
    touch(client, [conversationId])
    return
  }
  const conversation = client.getQueryData<Conversation>(conversationKeys.one(conversationId))
  if (!conversation || !isStatus(conversation.last_status)) {
    touch(client, [conversationId])
    return
  }
  upsertConversation(client, { ...conversation, last_status: laterStatus(conversation.last_status, status) })
}

function mapMessages(thread: Thread, change: (m: ThreadMessage) => ThreadMessage): Thread {
  return { ...thread, pages: thread.pages.map((page) => ({ ...page, items: page.items.map(change) })) }
}

/** A bubble shown before the server has answered. */
export function addOptimistic(client: QueryClient, conversationId: string, message: ThreadMessage) {
  sending.set(conversationId, (sending.get(conversationId) ?? 0) + 1)
  client.setQueryData<Thread>(messageKeys.of(conversationId), (thread) => {
    const head = thread?.pages[0]
    if (!thread || !head) return thread
    return { ...thread, pages: [{ ...head, items: [message, ...head.items] }, ...thread.pages.slice(1)] }
  })
}

export function settleOptimistic(client: QueryClient, conversationId: string, clientKey: string, outcome: { message: Message } | { error: unknown }) {
  const left = (sending.get(conversationId) ?? 1) - 1
  if (left > 0) sending.set(conversationId, left)
  else sending.delete(conversationId)
  client.setQueryData<Thread>(messageKeys.of(conversationId), (thread) => {
    if (!thread) return thread
    if ('error' in outcome) return mapMessages(thread, (m) => (m.client_key === clientKey ? { ...m, sending: false, failed_to_send: outcome.error } : m))
    const real = thread.pages.flatMap((p) => p.items).find((m) => m.id === outcome.message.id)
    const settled: ThreadMessage = { ...outcome.message, status: real ? laterStatus(real.status, outcome.message.status) : outcome.message.status, client_key: clientKey }
    return {
      ...thread,
      pages: thread.pages.map((page) => ({
        ...page,
        items: page.items.filter((m) => m.id !== settled.id || m.client_key === clientKey).map((m) => (m.client_key === clientKey ? settled : m)),
      })),
    }
  })
  if ('message' in outcome) touch(client, [conversationId])
}

export function dropOptimistic(client: QueryClient, conversationId: string, clientKey: string) {
  client.setQueryData<Thread>(messageKeys.of(conversationId), (thread) =>
    thread && { ...thread, pages: thread.pages.map((page) => ({ ...page, items: page.items.filter((m) => m.client_key !== clientKey) })) },
  )
}
