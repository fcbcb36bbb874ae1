import { useInfiniteQuery } from '@tanstack/react-query'
import { api, data } from './client'
import { byPages, type Page } from './page'
import type { Schemas } from './schemas'

export type AccountEvent = Schemas['AccountEvent']

interface AccountEventFilter {
  channel_id?: string
  severity?: AccountEvent['severity']
}

export const accountEventKeys = {
  all: ['account-events'] as const,
  list: (filter: AccountEventFilter) => ['account-events', 'list', filter] as const,
}

export const useAccountEvents = (filter: AccountEventFilter) =>
  useInfiniteQuery({
    queryKey: accountEventKeys.list(filter),
    queryFn: ({ pageParam, signal }): Promise<Page<AccountEvent>> => data(api.GET('/account-events', { params: { query: { ...filter, limit: 20, after: pageParam } }, signal })),
    ...byPages,
  })
