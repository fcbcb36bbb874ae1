import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import { begin, changeItem, type Feed, indexOf, keepEqual, pageOf, useFeed, without } from './feed'
import type { MessageIn } from './messages'
import type { Changes, Page } from './page'
import type { Schemas } from './schemas'

export type Conversation = Schemas['Conversation']

export type ConversationState = Conversation['state']
export type ConversationChange = Changes<Schemas['ConversationUpdate']>

export interface ConversationFilter {
  search?: string
  unread?: boolean
  channel_id?: string
  state?: ConversationState
  /** One's own, or nobody's. */
  assignee?: 'me' | 'none'
}

export const conversationKeys = {
  all: ['conversations'] as const,
  lists: ['conversations', 'list'] as const,
  list: (filter: ConversationFilter) => ['conversations', 'list', filter] as const,
  unread: ['conversations', 'unread'] as const,
  one: (id: string) => ['conversations', 'one', id] as const,
  of: (contactId: string) => ['conversations', 'of', contactId] as const,
}

/** The first page is what is seen at once; the next are read while scrolling. */
const FIRST = 40
const NEXT = 100

export const useConversations = (filter: ConversationFilter) =>
  useFeed<Conversation>({
    queryKey: conversationKeys.list(filter),
    fetchPage: (after, signal) => data(api.GET('/conversations', { params: { query: { ...filter, limit: after ? NEXT : FIRST, after } }, signal })),
    renew: renewConversations,
    keepPrevious: true,
  })

/** The newest conversations above those that are known; undefined when there may be others between the two. */
export function renewConversations(known: Feed<Conversation>, newest: Page<Conversation>): Feed<Conversation> | undefined {
  const head: Page<Conversation> = { ...newest, items: keepEqual(known, newest.items) }
  const last = head.items[head.items.length - 1]
  if (!newest.next || !last) return begin(head)
  const fresh = indexOf(head)
  const above = known.pages[0]
  if (!above || !newest.items.some((c) => pageOf(known.pages, c.id) !== -1)) return undefined
  // What would have to be among the newest and is not there is not in this list any more.
  const below = above.items.filter((c) => !fresh.has(c.id) && c.last_at <= last.last_at)
  const rest = without(known.pages.slice(1), new Set(fresh.keys())).map((page) => ({ ...page, stale: true }))
  return { ...known, pages: [{ items: [...head.items, ...below], next: above.next }, ...rest] }
}

/** The newest conversation with this contact that can be answered freely now. */
export const useConversationOf = (contactId: string | undefined) =>
  useQuery({
    queryKey: conversationKeys.of(contactId ?? ''),
    queryFn: ({ signal }) => data(api.GET('/conversations', { params: { query: { contact_id: contactId, limit: 20 } }, signal })),
    select: (page) => page.items.find((c) => c.window_closes_at && Date.parse(c.window_closes_at) > Date.now()),
    // Windows close by themselves.
    staleTime: 0,
    enabled: !!contactId,
  })

/** Unread messages over all conversations, for the title and the navigation. The server keeps the total and tells it live. */
export const useUnreadTotal = (enabled: boolean) =>
  useQuery({
    queryKey: conversationKeys.unread,
    queryFn: ({ signal }) => data(api.GET('/conversations/unread', { signal })),
    select: (total) => total.unread,
    enabled,
  })

/** Shows a total that the stream told; an answer that is on its way is older. */
export function setUnreadTotal(client: QueryClient, unread: number) {
  void client.cancelQueries({ queryKey: conversationKeys.unread })
  client.setQueryData<Schemas['UnreadTotal']>(conversationKeys.unread, { unread })
}

export const useConversation = (id: string) =>
  useQuery({ queryKey: conversationKeys.one(id), queryFn: ({ signal }) => fetchConversation(id, signal) })

export const fetchConversation = (id: string, signal?: AbortSignal): Promise<Conversation> =>
  data(api.GET('/conversations/{conversation_id}', { params: { path: { conversation_id: id } }, signal }))

export const updateConversation = (id: string, change: ConversationChange): Promise<Conversation> =>
  data(api.PATCH('/conversations/{conversation_id}', { params: { path: { conversation_id: id } }, body: change as Schemas['ConversationUpdate'] }))

export function useStartConversation() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: MessageIn) => data(api.POST('/messages', { body, headers: { 'Idempotency-Key': crypto.randomUUID() } })),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationKeys.all }),
  })
}

interface Seen {
  conversationId: string
  /** The last message that was seen. */
  upTo: string
  /** Whether it is the newest of the customer's: nothing is left unread. */
  all: boolean
}

/** What came after the last message that was seen stays unread: the server counts. */
export function useMarkRead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ conversationId, upTo }: Seen) => done(api.POST('/conversations/{conversation_id}/read', { params: { path: { conversation_id: conversationId }, query: { up_to: upTo } } })),
    onMutate: ({ conversationId, all }) => all && zeroUnread(client, conversationId),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationKeys.unread }),
  })
}

function zeroUnread(client: QueryClient, id: string) {
  client.setQueryData<Conversation>(conversationKeys.one(id), (c) => c && { ...c, unread: 0 })
  client.setQueriesData<Feed<Conversation>>({ queryKey: conversationKeys.lists }, (list) => list && changeItem(list, id, (c) => (c.unread === 0 ? c : { ...c, unread: 0 })))
}

/** The customer's phone shows "typing…" for up to 25 seconds. */
export const tellTyping = (conversationId: string): Promise<void> => done(api.POST('/conversations/{conversation_id}/typing', { params: { path: { conversation_id: conversationId } } }))
