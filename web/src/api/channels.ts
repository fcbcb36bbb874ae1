import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import { conversationKeys } from './conversations'
import type { Page } from './page'
import type { Schemas } from './schemas'

export type Channel = Schemas['Channel']
export type ChannelIn = Schemas['ChannelIn']
export type ChannelPatch = Schemas['ChannelPatch']
export type ChannelTest = Schemas['ConnectionTest']

export const channelKeys = { all: ['channels'] } as const

export const useChannels = (enabled = true) =>
  useQuery({
    queryKey: channelKeys.all,
    queryFn: ({ signal }): Promise<Page<Channel>> => data(api.GET('/channels', { params: { query: { limit: 200 } }, signal })),
    select: (page) => page.items,
    enabled,
  })

export function useSaveChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: { id: string; body: ChannelPatch } | { body: ChannelIn }): Promise<Channel> =>
      'id' in input
        ? data(api.PATCH('/channels/{channel_id}', { params: { path: { channel_id: input.id } }, body: input.body }))
        : data(api.POST('/channels', { body: input.body })),
    onSuccess: () => client.invalidateQueries({ queryKey: channelKeys.all }),
  })
}

export function useDeleteChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/channels/{channel_id}', { params: { path: { channel_id: id } } })),
    onSuccess: () => Promise.all([channelKeys.all, conversationKeys.all].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}

export function useTestChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => data(api.POST('/channels/{channel_id}/test', { params: { path: { channel_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: channelKeys.all }),
  })
}

/** Lets a held number send again. */
export function useResumeChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string): Promise<unknown> => data(api.POST('/channels/{channel_id}/resume', { params: { path: { channel_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: channelKeys.all }),
  })
}
