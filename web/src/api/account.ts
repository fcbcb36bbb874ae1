import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import type { Changes } from './page'
import type { Schemas } from './schemas'
import { sessionKeys } from './session'

export type Profile = Schemas['Profile']
export type ProfilePatch = Schemas['ProfilePatch']
export type OwnSession = Schemas['OwnSession']

const accountKeys = { profile: ['me'] as const, sessions: ['me', 'sessions'] as const }

export const useProfile = () => useQuery({ queryKey: accountKeys.profile, queryFn: ({ signal }): Promise<Profile> => data(api.GET('/me', { signal })) })

export function useSaveProfile() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Changes<ProfilePatch>): Promise<Profile> => data(api.PATCH('/me', { body: body as ProfilePatch })),
    onSuccess: (profile) => {
      client.setQueryData(accountKeys.profile, profile)
      return client.invalidateQueries({ queryKey: sessionKeys.session })
    },
  })
}

export function useChangePassword() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { old_password: string; new_password: string }) => done(api.PUT('/me/password', { body })),
    // Every other session has ended.
    onSuccess: () => client.invalidateQueries({ queryKey: accountKeys.sessions }),
  })
}

/** Where the user is signed in, the last used first. */
export const useOwnSessions = () =>
  useQuery({ queryKey: accountKeys.sessions, queryFn: ({ signal }): Promise<{ items: OwnSession[] }> => data(api.GET('/me/sessions', { signal })), select: (list) => list.items })

export function useEndSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string | 'others') => done(id === 'others' ? api.DELETE('/me/sessions') : api.DELETE('/me/sessions/{session_id}', { params: { path: { session_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: accountKeys.sessions }),
  })
}
