import { useQuery } from '@tanstack/react-query'
import { api, data } from './client'
import type { Schemas } from './schemas'

export type Member = Schemas['Member']

/** How many people can be chosen from: a page of the server's. */
const MOST = 200

const memberKeys = { all: ['members'] as const }

export const useMembers = (enabled: boolean) =>
  useQuery({
    queryKey: memberKeys.all,
    queryFn: ({ signal }) => data(api.GET('/members', { params: { query: { limit: MOST } }, signal })),
    select: (page) => page.items,
    staleTime: 5 * 60_000,
    enabled,
  })
