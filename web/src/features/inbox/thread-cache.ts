import type { QueryClient } from '@tanstack/react-query'
import { begin, changeItem, type Feed, findItem, keepEqual, pageOf, withPage, without } from '@/api/feed'
import { fetchNewest, type Message, messageKeys, type MessageStatus } from '@/api/messages'
import type { Page } from '@/api/page'
import { laterStatus } from '@/lib/status'

/**
 * A message as the thread holds it. One that was sent from here has a key of its own, so that its bubble survives the real id. Until the
 * server has it, it is in the outbox, not in the cache.
 */
export type ThreadMessage = Message & { client_key?: string; sending?: boolean; held_up?: unknown; failed_to_send?: unknown; local_url?: string }
export type ThreadFeed = Feed<ThreadMessage>

/** Known to this browser only: being sent, or never arrived. */
export const isLocal = (m: ThreadMessage) => m.client_key === m.id

export const cachedThread = (client: QueryClient, conversationId: string) => client.getQueryData<ThreadFeed>(messageKeys.of(conversationId))

function change(client: QueryClient, conversationId: string, by: (thread: ThreadFeed) => ThreadFeed) {
  client.setQueryData<ThreadFeed>(messageKeys.of(conversationId), (thread) => thread && by(thread))
}

/** The server's word on a message that may be known: a tick never goes back. */
const merged = (known: ThreadMessage | undefined, now: Message): ThreadMessage =>
  known ? { ...now, status: laterStatus(known.status, now.status), ...(known.client_key ? { client_key: known.client_key } : {}) } : now

/** The newest messages in front of those that are known; undefined when there may be others between the two. */
export function renewThread(known: ThreadFeed, newest: Page<Message>): ThreadFeed | undefined {
  const first = known.pages[0]
  const fresh = newest.items.filter((m) => pageOf(known.pages, m.id) === -1)
  if (!first || (fresh.length === newest.items.length && newest.next && known.pages.some((page) => page.items.length > 0))) return undefined
  // The server's order is the order: its clock and WhatsApp's differ by up to a second, so times alone would not do.
  const items = keepEqual(known, newest.items.map((m) => merged(findItem(known, m.id), m)))
  const ids = new Set(items.map((m) => m.id))
  const rest = first.items.filter((m) => !ids.has(m.id))
  const head = [...items, ...rest]
  const next = known.pages.length === 1 && rest.length === 0 && !first.next ? newest.next : first.next
  const same = head.length === first.items.length && head.every((m, i) => m === first.items[i])
  return { ...known, pages: [same && next === first.next ? first : { ...first, items: head, next }, ...without(known.pages.slice(1), ids)] }
}

/** As after a refetch: what is not among the newest may have changed too. */
export function refetchedThread(known: ThreadFeed, newest: Page<Message>): ThreadFeed | undefined {
  const thread = renewThread(known, newest)
  return thread && { ...thread, pages: thread.pages.map((page, i) => (i === 0 ? page : { ...page, stale: true })) }
}

/** Too much was missed: the thread begins anew. */
export const restartedThread = (known: ThreadFeed, newest: Page<ThreadMessage>): ThreadFeed => begin({ ...newest, items: keepEqual(known, newest.items) })

export function mergeIntoThread(client: QueryClient, conversationId: string, newest: Page<Message>) {
  const thread = cachedThread(client, conversationId)
  if (!thread?.pages[0]) return
  const merged = renewThread(thread, newest)
  if (merged) client.setQueryData<ThreadFeed>(messageKeys.of(conversationId), merged)
  else void client.invalidateQueries({ queryKey: messageKeys.of(conversationId) })
}

export async function mergeNewest(client: QueryClient, conversationId: string) {
  mergeIntoThread(client, conversationId, await fetchNewest(conversationId))
}

export const isLoaded = (client: QueryClient, conversationId: string, messageId: string) => !!findItem(cachedThread(client, conversationId), messageId)

/** Puts a message as it is now in the place of what is shown of it. */
export const replaceMessage = (client: QueryClient, message: Message) => change(client, message.conversation_id, (thread) => changeItem(thread, message.id, (m) => merged(m, message)))

/** Whether the message is loaded, or its thread is not (then nothing is missing). */
export function setStatus(client: QueryClient, conversationId: string, messageId: string, status: MessageStatus): boolean {
  const thread = cachedThread(client, conversationId)
  if (!thread) return true
  change(client, conversationId, (now) => changeItem(now, messageId, (m) => (laterStatus(m.status, status) === m.status ? m : { ...m, status })))
  return pageOf(thread.pages, messageId) !== -1
}

/** How much of a thread is kept when it is left. */
const KEPT_PAGES = 2

/** Lets go of what was loaded by scrolling far up. */
export function trimThread(client: QueryClient, conversationId: string) {
  change(client, conversationId, (thread) =>
    thread.pages.length <= KEPT_PAGES ? thread : { pages: thread.pages.slice(0, KEPT_PAGES), pageParams: thread.pageParams.slice(0, KEPT_PAGES) },
  )
}

/** A tab that is closed while it sends never says that it is done. */
const SENDING_AT_MOST_MS = 60_000
/** By the entry's id: in which conversation, since when. */
const sending = new Map<string, { conversationId: string; since: number }>()

/** While a reply is on its way, its bubble stands for the message that the stream may already tell of. */
export function isSending(conversationId: string) {
  for (const [id, one] of sending) {
    if (Date.now() - one.since > SENDING_AT_MOST_MS) sending.delete(id)
    else if (one.conversationId === conversationId) return true
  }
  return false
}

export const startSending = (conversationId: string, id: string) => void sending.set(id, { conversationId, since: Date.now() })
export const stopSending = (id: string) => void sending.delete(id)

/** The server has a message that was sent from here: it takes the place of its bubble, whose key is `clientKey`. */
export function settle(client: QueryClient, clientKey: string, message: Message) {
  change(client, message.conversation_id, (thread) => {
    // The stream may have been faster.
    const real = findItem(thread, message.id)
    const settled: ThreadMessage = { ...message, status: real ? laterStatus(real.status, message.status) : message.status, client_key: clientKey }
    if (real) return changeItem(thread, message.id, () => settled)
    const head = thread.pages[0]
    return head ? withPage(thread, 0, { ...head, items: [settled, ...head.items] }) : thread
  })
}

/** The newest message of a loaded thread. */
export const newestOf = (client: QueryClient, conversationId: string) => cachedThread(client, conversationId)?.pages[0]?.items[0]
