import { useQuery } from '@tanstack/react-query'
import { api, data } from './client'
import { type Conversation, conversationKeys } from './conversations'
import type { Page } from './page'

export const setupKeys = { all: ['setup'] as const, messages: (direction: 'inbound' | 'outbound') => ['setup', 'messages', direction] as const }

/** Whether a message was ever received, or sent. Once true it stays so: it is not asked again. */
export const useAnyMessage = (direction: 'inbound' | 'outbound', enabled: boolean) =>
  useQuery({
    queryKey: setupKeys.messages(direction),
    queryFn: ({ signal }): Promise<{ items: unknown[] }> => data(api.GET('/messages', { params: { query: { direction, limit: 1 } }, signal })),
    select: (page) => page.items.length > 0,
    staleTime: (query) => ((query.state.data?.items.length ?? 0) > 0 ? Infinity : 0),
    enabled,
  })

/** The latest conversations with something unread, for the first page. */
export const useUnreadConversations = (limit: number) =>
  useQuery({
    queryKey: [...conversationKeys.all, 'home', limit],
    queryFn: ({ signal }): Promise<Page<Conversation>> => data(api.GET('/conversations', { params: { query: { unread: true, limit } }, signal })),
    select: (page) => page.items,
  })
