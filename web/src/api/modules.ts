import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data } from './client'
import { sessionKeys } from './session'

const moduleKeys = { all: ['modules'] } as const

export const useModules = () =>
  useQuery({ queryKey: moduleKeys.all, queryFn: ({ signal }) => data(api.GET('/modules', { signal })), select: (page) => page.items })

export function useSetModule() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ name, enabled }: { name: string; enabled: boolean }) => data(api.PUT('/modules/{module}', { params: { path: { module: name } }, body: { enabled } })),
    // The session lists the modules that are on.
    onSettled: () => Promise.all([moduleKeys.all, sessionKeys.session].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}
