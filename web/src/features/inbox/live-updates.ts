import type { QueryClient } from '@tanstack/react-query'
import { type Conversation, type ConversationFilter, conversationKeys, fetchConversation, setUnreadTotal } from '@/api/conversations'
import { type Feed, indexOf, pageOf, withPage, without } from '@/api/feed'
import { eventItems } from '@/api/live'
import { fetchMessage, fetchNewest, type MessageStatus } from '@/api/messages'
import type { Page } from '@/api/page'
import { signedInAs } from '@/api/person'
import type { LiveHandlers } from '@/lib/feature'
import type { Watcher } from '@/lib/outbox/outbox'
import { isStatus, laterStatus } from '@/lib/status'
import { cachedThread, isLoaded, isSending, mergeIntoThread, newestOf, replaceMessage, setStatus, settle, startSending, stopSending } from './thread-cache'

type List = Feed<Conversation>

/** Events come in bursts: gather what they touch for a moment, then fetch each thing once. */
const GATHER_MS = 60
const MANY = 12
/** A burst of edits reads the last of them; the rest come with the thread. */
const AMENDED_AT_ONCE = 20
const touched = new Set<string>()
let timer: ReturnType<typeof setTimeout> | undefined
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
  unread_changed(client, payload) {
    const total = (payload as { items?: { unread?: unknown }[] } | undefined)?.items?.at(-1)?.unread
    if (typeof total === 'number') setUnreadTotal(client, total)
  },
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
  const loaded = items.filter((item) => isLoaded(client, item.conversation_id, item.message_id))
  await Promise.allSettled(loaded.slice(-AMENDED_AT_ONCE).map(async (item) => replaceMessage(client, await fetchMessage(item.message_id))))
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
  if (ids.length > MANY) {
    const open = ids.filter((id) => cachedThread(client, id) && !isSending(id))
    await Promise.allSettled([client.invalidateQueries({ queryKey: conversationKeys.all }), ...open.map(async (id) => mergeIntoThread(client, id, await fetchNewest(id)))])
  } else await Promise.allSettled(ids.map((id) => refreshOne(client, id)))
}

async function refreshOne(client: QueryClient, id: string) {
  const wanted = cachedThread(client, id) && !isSending(id)
  const [conversation, newest] = await Promise.allSettled([fetchConversation(id), wanted ? fetchNewest(id) : undefined])
  // Together: how many are unread and which ones must fit each other.
  if (newest.status === 'fulfilled' && newest.value && !isSending(id)) mergeIntoThread(client, id, newest.value)
  if (conversation.status === 'fulfilled') upsertConversation(client, conversation.value)
}

/** Puts a conversation where its newest activity belongs in each list that shows it, without a refetch. */
export function upsertConversation(client: QueryClient, conversation: Conversation) {
  client.setQueryData(conversationKeys.one(conversation.id), conversation)
  for (const query of client.getQueryCache().findAll({ queryKey: conversationKeys.lists })) {
    const filter = query.queryKey[2] as ConversationFilter
    const list = query.state.data as List | undefined
    if (!list?.pages[0]) continue
    const at = pageOf(list.pages, conversation.id)
    if (!belongs(conversation, filter)) {
      if (at !== -1) client.setQueryData<List>(query.queryKey, { ...list, pages: without(list.pages, new Set([conversation.id])) })
      continue
    }
    // Whether a conversation matches a search only the server knows.
    if (filter.search && at === -1) {
      void client.invalidateQueries({ queryKey: query.queryKey })
      continue
    }
    // A row that was read stays until the list is loaded anew.
    if (filter.unread && at === -1 && conversation.unread === 0) continue
    client.setQueryData<List>(query.queryKey, placed(list, at, conversation))
  }
}

/** Whether a list with this filter has the conversation, as far as its search does not decide. */
function belongs(conversation: Conversation, { channel_id, state, assignee }: ConversationFilter) {
  if (channel_id && channel_id !== conversation.channel_id) return false
  if (state && state !== conversation.state) return false
  if (assignee === 'none') return !conversation.assignee_id
  return assignee !== 'me' || conversation.assignee_id === signedInAs()
}

/** `from`: the page the conversation is on, or -1. Only the pages that change are copied. */
function placed(list: List, from: number, conversation: Conversation): List {
  const old = list.pages[from]
  const known = old && indexOf(old).get(conversation.id)
  if (old && known?.last_at === conversation.last_at) return withPage(list, from, { ...old, items: old.items.map((c) => (c === known ? conversation : c)) })
  const left = old ? withPage(list, from, { ...old, items: old.items.filter((c) => c !== known) }) : list
  const to = left.pages.findIndex((page, i) => i === left.pages.length - 1 || (page.items.length > 0 && lastOf(page) <= conversation.last_at))
  const page = left.pages[to]
  if (!page) return left
  const at = page.items.findIndex((c) => c.last_at <= conversation.last_at)
  // Older than everything loaded: it belongs to a page that is not loaded yet.
  if (at === -1 && page.next) return left
  return withPage(left, to, { ...page, items: page.items.toSpliced(at === -1 ? page.items.length : at, 0, conversation) })
}

const lastOf = (page: Page<Conversation>) => page.items[page.items.length - 1]?.last_at ?? ''

/** The tick in the list belongs to the last message: only the server knows whether this was the last. */
function touchRow(client: QueryClient, conversationId: string, messageId: string, status: MessageStatus) {
  const conversation = client.getQueryData<Conversation>(conversationKeys.one(conversationId))
  if (newestOf(client, conversationId)?.id !== messageId || !conversation || !isStatus(conversation.last_status)) {
    touch(client, [conversationId])
    return
  }
  upsertConversation(client, { ...conversation, last_status: laterStatus(conversation.last_status, status) })
}

/** What the outbox tells of single messages. */
export const outboxWatcher = (client: QueryClient): Watcher => ({
  sending: startSending,
  done(conversationId, id, outcome) {
    stopSending(id)
    if (outcome && 'message' in outcome) settle(client, id, outcome.message)
    // What the stream told meanwhile was not read.
    touch(client, [conversationId])
  },
})

/** A conversation shows its contact's name: the rows of these contacts are read again. */
export function contactsChanged(client: QueryClient, payload: unknown) {
  const contacts = new Set(eventItems(payload, 'contact_id').map((item) => item.contact_id))
  const deleted = eventItems<never>(payload).some((item: Record<string, unknown>) => item.deleted === true)
  if (deleted || contacts.size === 0 || contacts.size > MANY) {
    void client.invalidateQueries({ queryKey: conversationKeys.all })
    return
  }
  const shown = new Set<string>()
  for (const [, list] of client.getQueriesData<List>({ queryKey: conversationKeys.lists })) {
    for (const page of list?.pages ?? []) for (const c of page.items) if (contacts.has(c.contact.id)) shown.add(c.id)
  }
  for (const [, one] of client.getQueriesData<Conversation>({ queryKey: ['conversations', 'one'] })) if (one && contacts.has(one.contact.id)) shown.add(one.id)
  touch(client, [...shown])
}
