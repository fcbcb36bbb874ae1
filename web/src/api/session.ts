import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { api, data, done, fetchJson } from './client'
import { ApiError } from './error'
import type { Schemas } from './schemas'
import { setSignedInAs } from './person'
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
    setSignedInAs(session.user.id)
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

export const useSessionQuery = () => useQuery({
    queryKey: sessionKeys.session,
    queryFn: fetchSession,
    staleTime: 5 * 60_000,
    // A session that has ended may go on in another tab.
    refetchOnWindowFocus: (query) => (query.state.data === null ? 'always' : true),
  })

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
      setSignedInAs(session.user.id)
      client.setQueryData(sessionKeys.session, session)
    },
  })
}

/** The same person after the session has ended: in the same business, and what is on the screen stays. */
export function useSignInAgain() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (credentials: { email: string; password: string }) => {
      const fresh = await data(api.POST('/session', { body: credentials }))
      return tenantId() && tenantId() !== fresh.tenant.id ? data(api.GET('/session')) : fresh
    },
    onSuccess: (session) => {
      setTenantId(session.tenant.id)
      setSignedInAs(session.user.id)
      client.setQueryData(sessionKeys.session, session)
      // What failed or was missed meanwhile.
      return client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== sessionKeys.session[0] })
    },
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => done(api.DELETE('/session')),
    onSuccess: () => {
      setTenantId(undefined)
      setSignedInAs(undefined)
      forgetTenant(client)
      client.setQueryData(sessionKeys.session, null)
    },
  })
}

/** For a session that has ended: nobody is signed in, as after signing out. */
export function leaveEnded(client: QueryClient) {
  setTenantId(undefined)
  setSignedInAs(undefined)
  forgetTenant(client)
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
export function forgetTenant(client: QueryClient) {
  const kept: unknown[] = [sessionKeys.config[0], sessionKeys.session[0]]
  client.removeQueries({ predicate: (query) => !kept.includes(query.queryKey[0]) })
}
