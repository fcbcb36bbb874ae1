import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { api, data, done, fetchJson } from '@/api/client'
import { keys } from '@/api/keys'
import type { AccountEvent, Channel, ChannelIn, ChannelPatch, Conversation, Media, Message, MessageIn, Page, ReplyIn, WebhookEvent, WebhookSummary } from '@/api/types'
import { upload } from '@/api/upload'
import type { MediaKind } from '@/lib/files'
import { bodyFor, type Outgoing } from './outgoing'

export interface ConversationFilter {
  search?: string
  unread?: boolean
  channel_id?: string
}

const FIRST = undefined as string | undefined
/** How many of the newest messages are asked for when the stream says something changed. */
const NEWEST = 20

export const useConversations = (filter: ConversationFilter) =>
  useInfiniteQuery({
    queryKey: keys.conversationList(filter),
    queryFn: ({ pageParam, signal }) =>
      data(api.GET('/conversations', { params: { query: { ...filter, limit: 40, after: pageParam } }, signal })),
    initialPageParam: FIRST,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })

/** Unread messages over all conversations, for the title and the navigation. */
export const useUnreadTotal = (enabled: boolean) =>
  useQuery({
    queryKey: keys.unread,
    queryFn: ({ signal }) => data(api.GET('/conversations', { params: { query: { unread: true, limit: 100 } }, signal })),
    select: (page) => page.items.reduce((sum, c) => sum + c.unread, 0),
    enabled,
  })

export const useConversation = (id: string) =>
  useQuery({ queryKey: keys.conversation(id), queryFn: ({ signal }) => fetchConversation(id, signal) })

export const fetchConversation = (id: string, signal?: AbortSignal): Promise<Conversation> =>
  data(api.GET('/conversations/{conversation_id}', { params: { path: { conversation_id: id } }, signal }))

export const useMessages = (conversationId: string) =>
  useInfiniteQuery({
    queryKey: keys.messages(conversationId),
    queryFn: ({ pageParam, signal }): Promise<Page<Message>> =>
      data(api.GET('/conversations/{conversation_id}/messages', { params: { path: { conversation_id: conversationId }, query: { limit: 40, after: pageParam } }, signal })),
    initialPageParam: FIRST,
    getNextPageParam: (page) => page.next,
  })

export const fetchNewest = (conversationId: string): Promise<Page<Message>> =>
  data(api.GET('/conversations/{conversation_id}/messages', { params: { path: { conversation_id: conversationId }, query: { limit: NEWEST } } }))

export const sendReply = (conversationId: string, out: Outgoing, idempotencyKey: string): Promise<Message> =>
  // The object under the type's key is WhatsApp's own form, checked by the server: no type here follows all of it.
  data(api.POST('/conversations/{conversation_id}/messages', { params: { path: { conversation_id: conversationId } }, body: bodyFor(out) as unknown as ReplyIn, headers: { 'Idempotency-Key': idempotencyKey } }))

export const fetchMedia = (id: string): Promise<Media> => data(api.GET('/media/{media_id}', { params: { path: { media_id: id } } }))
export const fetchMediaAgain = (id: string): Promise<Media> => data(api.POST('/media/{media_id}/fetch', { params: { path: { media_id: id } } }))

/** Takes a file to the server; `onProgress` from 0 to 1. */
export const uploadMedia = (file: Blob, kind: MediaKind, name: string | undefined, onProgress?: (done: number) => void, signal?: AbortSignal): Promise<Media> =>
  upload<Media>(`/media?kind=${kind}${name ? `&file_name=${encodeURIComponent(name.slice(-255))}` : ''}`, file, onProgress, signal)

/** The customer's phone shows "typing…" for up to 25 seconds. */
export const tellTyping = (conversationId: string): Promise<void> => done(api.POST('/conversations/{conversation_id}/typing', { params: { path: { conversation_id: conversationId } } }))

export const fetchMessage = (id: string): Promise<Message> => data(api.GET('/messages/{message_id}', { params: { path: { message_id: id } } }))

/** Sends again what failed or is in doubt: the same content goes out as a new message, which is the answer. */
export const resendMessage = (id: string): Promise<Message> =>
  data(api.POST('/messages/{message_id}/resend', { params: { path: { message_id: id }, header: { 'Idempotency-Key': crypto.randomUUID() } } }))

export function useStartConversation() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: MessageIn) => data(api.POST('/messages', { body, headers: { 'Idempotency-Key': crypto.randomUUID() } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.conversations }),
  })
}

export function useMarkRead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.POST('/conversations/{conversation_id}/read', { params: { path: { conversation_id: id } } })),
    onMutate: (id) => zeroUnread(client, id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.unread }),
  })
}

function zeroUnread(client: QueryClient, id: string) {
  client.setQueryData<Conversation>(keys.conversation(id), (c) => c && { ...c, unread: 0 })
  client.setQueriesData<{ pages: Page<Conversation>[]; pageParams: unknown[] }>({ queryKey: [...keys.conversations, 'list'] }, (lists) =>
    lists && { ...lists, pages: lists.pages.map((page) => ({ ...page, items: page.items.map((c) => (c.id === id ? { ...c, unread: 0 } : c)) })) },
  )
}

export const useContactDetails = (id: string) =>
  useQuery({ queryKey: keys.contact(id), queryFn: ({ signal }) => data(api.GET('/contacts/{contact_id}', { params: { path: { contact_id: id } }, signal })) })

export const useContactSuggestions = (search: string) =>
  useQuery({
    queryKey: [...keys.contacts, 'suggest', search],
    queryFn: ({ signal }) => data(api.GET('/contacts', { params: { query: { search: search || undefined, limit: 8 } }, signal })),
    select: (page) => page.items,
    placeholderData: keepPreviousData,
  })

export const useTagColors = () =>
  useQuery({
    queryKey: keys.tags,
    queryFn: ({ signal }) => data(api.GET('/tags', { params: { query: { limit: 200 } }, signal })),
    select: (page) => new Map(page.items.map((tag) => [tag.name, tag.color])),
  })

export const useChannels = () =>
  useQuery({
    queryKey: keys.channels,
    queryFn: ({ signal }): Promise<Page<Channel>> => data(api.GET('/channels', { params: { query: { limit: 200 } }, signal })),
    select: (page) => page.items,
  })

export const useTemplates = (channelId: string | undefined) =>
  useQuery({
    queryKey: keys.templates(channelId ?? ''),
    queryFn: ({ signal }) => data(api.GET('/channels/{channel_id}/templates', { params: { path: { channel_id: channelId ?? '' } }, signal })),
    select: (page) => page.items,
    enabled: !!channelId,
    staleTime: 60_000,
  })

export function useSaveChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: { id: string; body: ChannelPatch } | { body: ChannelIn }): Promise<Channel> =>
      'id' in input
        ? data(api.PATCH('/channels/{channel_id}', { params: { path: { channel_id: input.id } }, body: input.body }))
        : data(api.POST('/channels', { body: input.body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.channels }),
  })
}

interface Provisioned {
  app_id: string
  phone_number_id: string
  waba_id: string
  display_phone_number: string
  access_token: string
  app_secret: string
  verify_token: string
}

/** A number made in the simulator and connected in one go: nobody has to copy ids between two halves of one program. */
export function useConnectSimulated() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ name, phone }: { name: string; phone?: string }): Promise<Channel> => {
      const { app_id, phone_number_id, waba_id, display_phone_number, access_token, app_secret, verify_token } = await fetchJson<Provisioned>('/_sim/provision', {
        method: 'POST',
        body: { verified_name: name, waba_name: name, ...(phone ? { phone_number: phone } : {}) },
      })
      const channel = await data(api.POST('/channels', { body: { name, kind: 'simulated', phone_number_id, waba_id, display_phone_number, access_token, app_secret, verify_token } }))
      // What WhatsApp has to say of the account goes to the app's own address, as entered in the app's settings.
      await fetchJson(`/_sim/apps/${encodeURIComponent(app_id)}`, { method: 'PATCH', body: { callback_url: channel.webhook_url } })
      return channel
    },
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: keys.channels }), client.invalidateQueries({ queryKey: keys.sim })]),
  })
}

export function useDeleteChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/channels/{channel_id}', { params: { path: { channel_id: id } } })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: keys.channels }), client.invalidateQueries({ queryKey: keys.conversations })]),
  })
}

export function useTestChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => data(api.POST('/channels/{channel_id}/test', { params: { path: { channel_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.channels }),
  })
}

/** Lets a held number send again. */
export function useResumeChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string): Promise<unknown> => data(api.POST('/channels/{channel_id}/resume', { params: { path: { channel_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.channels }),
  })
}

export const useAccountEvents = (filter: { channel_id?: string; severity?: AccountEvent['severity'] }) =>
  useInfiniteQuery({
    queryKey: keys.accountEventList(filter),
    queryFn: ({ pageParam, signal }): Promise<Page<AccountEvent>> => data(api.GET('/account-events', { params: { query: { ...filter, limit: 20, after: pageParam } }, signal })),
    initialPageParam: FIRST,
    getNextPageParam: (page) => page.next,
  })

export const useWebhookSummary = () =>
  useQuery({ queryKey: keys.webhookSummary, queryFn: ({ signal }): Promise<WebhookSummary> => data(api.GET('/webhook-events/summary', { signal })) })

export const useWebhookEvents = (filter: { field?: string }) =>
  useInfiniteQuery({
    queryKey: keys.webhookEvents(filter),
    queryFn: ({ pageParam, signal }): Promise<Page<WebhookEvent>> => data(api.GET('/webhook-events', { params: { query: { ...filter, limit: 25, after: pageParam } }, signal })),
    initialPageParam: FIRST,
    getNextPageParam: (page) => page.next,
  })
