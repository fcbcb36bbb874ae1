import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import type { Changes } from './page'
import type { Schemas } from './schemas'
import { sessionKeys } from './session'
import { upload } from './upload'

export type Settings = Schemas['Settings']
export type SettingsPatch = Schemas['SettingsPatch']
export type Hours = Schemas['Hours']
export type HoursIn = Schemas['HoursIn']
export type Span = Schemas['OpeningSpan']
export type Holiday = Schemas['Holiday']

export const settingsKeys = { all: ['settings'] as const, general: ['settings', 'general'] as const, hours: ['settings', 'hours'] as const }

export const useSettings = () => useQuery({ queryKey: settingsKeys.general, queryFn: ({ signal }): Promise<Settings> => data(api.GET('/settings', { signal })) })

export function useSaveSettings() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Changes<SettingsPatch>): Promise<Settings> => data(api.PATCH('/settings', { body: body as SettingsPatch })),
    onSuccess: (settings) => {
      client.setQueryData(settingsKeys.general, settings)
      // The business's name is part of the session; its time zone, of the hours.
      return Promise.all([sessionKeys.session, settingsKeys.hours].map((queryKey) => client.invalidateQueries({ queryKey })))
    },
  })
}

/** Sets the logo, or removes it. */
export function useSaveLogo() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (file: File | undefined) => {
      if (file) await upload<Settings>('/settings/logo', file, { method: 'PUT' })
      else await done(api.DELETE('/settings/logo'))
    },
    onSuccess: () => client.invalidateQueries({ queryKey: settingsKeys.general }),
  })
}

/** The state "open now" is the server's: it is asked again each minute. */
export const useHours = () => useQuery({ queryKey: settingsKeys.hours, queryFn: ({ signal }): Promise<Hours> => data(api.GET('/settings/hours', { signal })), refetchInterval: 60_000 })

export function useSaveHours() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: HoursIn): Promise<Hours> => data(api.PUT('/settings/hours', { body })),
    onSuccess: (hours) => client.setQueryData(settingsKeys.hours, hours),
  })
}
