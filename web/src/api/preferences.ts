import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import type { Schemas } from './schemas'

export type Preference = Schemas['Preference']
export type PreferenceIn = Schemas['PreferenceIn']

const keyOf = (feature: string) => ['preferences', feature] as const

/** The user's own of a feature, and those shared in the business. */
export const usePreferences = (feature: string, enabled: boolean) =>
  useQuery({
    queryKey: keyOf(feature),
    queryFn: ({ signal }): Promise<{ items: Preference[] }> => data(api.GET('/preferences/{feature}', { params: { path: { feature } }, signal })),
    select: (list) => list.items,
    enabled,
  })

export function useSavePreference(feature: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: PreferenceIn): Promise<Preference> => data(api.PUT('/preferences/{feature}', { params: { path: { feature } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(feature) }),
  })
}

export function useDeletePreference(feature: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/preferences/{feature}/{preference_id}', { params: { path: { feature, preference_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(feature) }),
  })
}
