import { keepPreviousData, type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import type { MessageIn } from './messages'
import { byPages, type Page } from './page'
import type { Schemas } from './schemas'

export type Conversation = Schemas['Conversation']

export interface ConversationFilter {
  search?: string
  unread?: boolean
  channel_id?: string
}

export const conversationKeys = {
  all: ['conversations'] as const,
  lists: ['conversations', 'list'] as const,
  list: (filter: ConversationFilter) => ['conversations', 'list', filter] as const,
  unread: ['conversations', 'unread'] as const,
  one: (id: string) => ['conversations', 'one', id] as const,
}

export const useConversations = (filter: ConversationFilter) =>
  useInfiniteQuery({
    queryKey: conversationKeys.list(filter),
    queryFn: ({ pageParam, signal }) => data(api.GET('/conversations', { params: { query: { ...filter, limit: 40, after: pageParam } }, signal })),
    ...byPages,
    placeholderData: keepPreviousData,
  })

/** Unread messages over all conversations, for the title and the navigation. */
export const useUnreadTotal = (enabled: boolean) =>
  useQuery({
    queryKey: conversationKeys.unread,
    queryFn: ({ signal }) => data(api.GET('/conversations', { params: { query: { unread: true, limit: 100 } }, signal })),
    select: (page) => page.items.reduce((sum, c) => sum + c.unread, 0),
    enabled,
  })

export const useConversation = (id: string) =>
  useQuery({ queryKey: conversationKeys.one(id), queryFn: ({ signal }) => fetchConversation(id, signal) })

export const fetchConversation = (id: string, signal?: AbortSignal): Promise<Conversation> =>
  data(api.GET('/conversations/{conversation_id}', { params: { path: { conversation_id: id } }, signal }))

export function useStartConversation() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: MessageIn) => data(api.POST('/messages', { body, headers: { 'Idempotency-Key': crypto.randomUUID() } })),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationKeys.all }),
  })
}

export function useMarkRead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.POST('/conversations/{conversation_id}/read', { params: { path: { conversation_id: id } } })),
    onMutate: (id) => zeroUnread(client, id),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationKeys.unread }),
  })
}

function zeroUnread(client: QueryClient, id: string) {
  client.setQueryData<Conversation>(conversationKeys.one(id), (c) => c && { ...c, unread: 0 })
  client.setQueriesData<{ pages: Page<Conversation>[]; pageParams: unknown[] }>({ queryKey: conversationKeys.lists }, (lists) =>
    lists && { ...lists, pages: lists.pages.map((page) => ({ ...page, items: page.items.map((c) => (c.id === id ? { ...c, unread: 0 } : c)) })) },
  )
}

/** The customer's phone shows "typing…" for up to 25 seconds. */
export const tellTyping = (conversationId: string): Promise<void> => done(api.POST('/conversations/{conversation_id}/typing', { params: { path: { conversation_id: conversationId } } }))
