import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done, fetchJson } from '@/api/client'
import { ApiError } from '@/api/error'
import { keys } from '@/api/keys'
import { setTenantId, tenantId } from '@/api/tenant'
import type { ApiKeyIn, PublicConfig, Session } from '@/api/types'

export const useConfig = () =>
  useQuery({ queryKey: keys.config, queryFn: ({ signal }) => fetchJson<PublicConfig>('/api/config', { signal }), staleTime: Infinity })

/** The session, or null when nobody is signed in. */
async function fetchSession(): Promise<Session | null> {
  try {
    const session = await data(api.GET('/session'))
    setTenantId(session.tenant.id)
    return session
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 401) return null
    if ((error.status === 403 || error.status === 404) && tenantId()) {
      // The remembered tenant is no longer ours: start over with the default one.
      setTenantId(undefined)
      return fetchSession()
    }
    throw error
  }
}

export const useSessionQuery = () => useQuery({ queryKey: keys.session, queryFn: fetchSession, staleTime: 5 * 60_000 })

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (credentials: { email: string; password: string }) => {
      // Another person may sit down here: their tenant is not the last one's.
      setTenantId(undefined)
      return data(api.POST('/session', { body: credentials }))
    },
    onSuccess: (session) => {
      setTenantId(session.tenant.id)
      client.setQueryData(keys.session, session)
    },
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => done(api.DELETE('/session')),
    onSuccess: () => {
      setTenantId(undefined)
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'config' && query.queryKey[0] !== 'session' })
      client.setQueryData(keys.session, null)
    },
  })
}

export function useSwitchTenant() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => data(api.GET('/session', { headers: { 'X-Tenant-Id': id } })),
    onSuccess: (session) => {
      setTenantId(session.tenant.id)
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'config' && query.queryKey[0] !== 'session' })
      client.setQueryData(keys.session, session)
    },
  })
}

export const usePermissions = () =>
  useQuery({ queryKey: keys.permissions, queryFn: ({ signal }) => data(api.GET('/permissions', { signal })), select: (page) => page.items, staleTime: Infinity })

export const useModules = () =>
  useQuery({ queryKey: keys.modules, queryFn: ({ signal }) => data(api.GET('/modules', { signal })), select: (page) => page.items })

export function useSetModule() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ name, enabled }: { name: string; enabled: boolean }) =>
      data(api.PUT('/modules/{module}', { params: { path: { module: name } }, body: { enabled } })),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: keys.modules }), client.invalidateQueries({ queryKey: keys.session })]),
  })
}

export const useApiKeys = () =>
  useInfiniteQuery({
    queryKey: keys.apiKeys,
    queryFn: ({ pageParam, signal }) => data(api.GET('/api-keys', { params: { query: { limit: 50, after: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })

export function useCreateApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ApiKeyIn) => data(api.POST('/api-keys', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  })
}

export function useRevokeApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/api-keys/{api_key_id}', { params: { path: { api_key_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  })
}
