import { useQuery } from '@tanstack/react-query'
import { channelKeys } from './channels'
import { api, data } from './client'
import type { Schemas } from './schemas'

export type Template = Schemas['ChannelTemplate']

const templateKeys = { ofChannel: (channelId: string) => [...channelKeys.all, 'templates', channelId] as const }

export const useTemplates = (channelId: string | undefined) =>
  useQuery({
    queryKey: templateKeys.ofChannel(channelId ?? ''),
    queryFn: ({ signal }) => data(api.GET('/channels/{channel_id}/templates', { params: { path: { channel_id: channelId ?? '' } }, signal })),
    select: (page) => page.items,
    enabled: !!channelId,
    staleTime: 60_000,
  })
