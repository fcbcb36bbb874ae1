import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import { byPages } from './page'
import type { Schemas } from './schemas'

export type ApiKey = Schemas['ApiKey']
export type ApiKeyCreated = Schemas['ApiKeyCreated']
export type ApiKeyIn = Schemas['ApiKeyIn']
export type Permission = Schemas['Permission']

const apiKeyKeys = { all: ['api-keys'], permissions: ['permissions'] } as const

/** What a key may be allowed. */
export const usePermissions = () =>
  useQuery({ queryKey: apiKeyKeys.permissions, queryFn: ({ signal }) => data(api.GET('/permissions', { signal })), select: (page) => page.items, staleTime: Infinity })

export const useApiKeys = () =>
  useInfiniteQuery({
    queryKey: apiKeyKeys.all,
    queryFn: ({ pageParam, signal }) => data(api.GET('/api-keys', { params: { query: { limit: 50, after: pageParam } }, signal })),
    ...byPages,
  })

export function useCreateApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ApiKeyIn) => data(api.POST('/api-keys', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeyKeys.all }),
  })
}

export function useRevokeApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/api-keys/{api_key_id}', { params: { path: { api_key_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeyKeys.all }),
  })
}
