import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import { contactKeys } from './contacts'
import type { Schemas } from './schemas'

export type Tag = Schemas['Tag']

/** Below the contacts' key: a contact that changes may bring a tag, or change how many have it. */
const tagKeys = { all: [...contactKeys.all, 'tags'] } as const

const allTags = {
  queryKey: tagKeys.all,
  queryFn: ({ signal }: { signal: AbortSignal }) => data(api.GET('/tags', { params: { query: { limit: 200 } }, signal })),
}

export const useTags = () => useQuery(allTags)

/** The colour of each tag, by its name. */
export const useTagColors = () => useQuery({ ...allTags, select: (page) => new Map(page.items.map((tag) => [tag.name, tag.color])) })

export function useCreateTag() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; color?: string }) => data(api.POST('/tags', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: tagKeys.all }),
  })
}

export function useDeleteTag() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/tags/{tag_id}', { params: { path: { tag_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: contactKeys.all }),
  })
}
