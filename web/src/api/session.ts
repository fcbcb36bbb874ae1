import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { api, data, done, fetchJson } from './client'
import { ApiError } from './error'
import type { Schemas } from './schemas'
import { setTenantId, tenantId } from './tenant'

export type Session = Schemas['Session']

/** GET /api/config: what may be known before anyone has signed in. */
export interface PublicConfig {
  brand: { name: string }
  simulator: boolean
  demo_logins?: { email: string; password: string; label: string }[]
  version: string
}

export const sessionKeys = { config: ['config'], session: ['session'] } as const

export const useConfig = () =>
  useQuery({ queryKey: sessionKeys.config, queryFn: ({ signal }) => fetchJson<PublicConfig>('/api/config', { signal }), staleTime: Infinity })

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

export const useSessionQuery = () => useQuery({ queryKey: sessionKeys.session, queryFn: fetchSession, staleTime: 5 * 60_000 })

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (credentials: { email: string; password: string }) => {
      // Another person may sign in here: the last one's tenant is not theirs.
      setTenantId(undefined)
      return data(api.POST('/session', { body: credentials }))
    },
    onSuccess: (session) => {
      setTenantId(session.tenant.id)
      client.setQueryData(sessionKeys.session, session)
    },
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => done(api.DELETE('/session')),
    onSuccess: () => {
      setTenantId(undefined)
      forgetTenant(client)
      client.setQueryData(sessionKeys.session, null)
    },
  })
}

export function useSwitchTenant() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => data(api.GET('/session', { headers: { 'X-Tenant-Id': id } })),
    onSuccess: (session) => {
      setTenantId(session.tenant.id)
      forgetTenant(client)
      client.setQueryData(sessionKeys.session, session)
    },
  })
}

/** Removes what was read for one tenant: all but the configuration and the session itself. */
function forgetTenant(client: QueryClient) {
  const kept: unknown[] = [sessionKeys.config[0], sessionKeys.session[0]]
  client.removeQueries({ predicate: (query) => !kept.includes(query.queryKey[0]) })
}
