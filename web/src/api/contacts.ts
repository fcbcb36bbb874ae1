import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import { conversationKeys } from './conversations'
import { byPages } from './page'
import type { Schemas } from './schemas'

export type Contact = Schemas['Contact']
export type ContactIn = Schemas['ContactIn']

export interface ContactFilter {
  search?: string
  tag?: string
}

export const contactKeys = {
  all: ['contacts'] as const,
  list: (filter: ContactFilter) => ['contacts', 'list', filter] as const,
  found: (search: string, limit: number) => ['contacts', 'found', search, limit] as const,
  one: (id: string) => ['contacts', 'one', id] as const,
}

export const useContacts = (filter: ContactFilter) =>
  useInfiniteQuery({
    queryKey: contactKeys.list(filter),
    queryFn: ({ pageParam, signal }) => data(api.GET('/contacts', { params: { query: { ...filter, limit: 50, after: pageParam } }, signal })),
    ...byPages,
    placeholderData: keepPreviousData,
  })

export type ExportFormat = Schemas['ExportFormat']

/** Downloads what a list shows, under the name that the server gives it. */
export const useExportContacts = () =>
  useMutation({
    mutationFn: async (query: ContactFilter & { format: ExportFormat }) => {
      const file = await data(api.GET('/contacts/export', { params: { query }, parseAs: 'blob' }))
      const url = URL.createObjectURL(file as unknown as Blob)
      const link = Object.assign(document.createElement('a'), { href: url, download: ['contacts', query.format].join('.') })
      link.click()
      URL.revokeObjectURL(url)
    },
  })

export const useContact = (id: string | undefined) =>
  useQuery({
    queryKey: contactKeys.one(id ?? ''),
    queryFn: ({ signal }) => data(api.GET('/contacts/{contact_id}', { params: { path: { contact_id: id ?? '' } }, signal })),
    enabled: !!id,
  })

/** The newest few that fit; without words, the newest of all. */
const foundContacts = (search: string, limit: number) => ({
  queryKey: contactKeys.found(search, limit),
  queryFn: ({ signal }: { signal: AbortSignal }) => data(api.GET('/contacts', { params: { query: { search: search || undefined, limit } }, signal })),
})

export const useContactSearch = (search: string, enabled: boolean) => useQuery({ ...foundContacts(search, 6), select: (page) => page.items, enabled })

/** Like a search, but the last ones stay until the next are there. */
export const useContactSuggestions = (search: string) => useQuery({ ...foundContacts(search, 8), select: (page) => page.items, placeholderData: keepPreviousData })

export function useSaveContact() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, body }: { id?: string; body: ContactIn }): Promise<Contact> =>
      id
        ? data(api.PATCH('/contacts/{contact_id}', { params: { path: { contact_id: id } }, body }))
        : data(api.POST('/contacts', { body })),
    onSuccess: (contact) => {
      client.setQueryData(contactKeys.one(contact.id), contact)
      return client.invalidateQueries({ queryKey: contactKeys.all })
    },
  })
}

export function useDeleteContact() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/contacts/{contact_id}', { params: { path: { contact_id: id } } })),
    onSuccess: (_nothing, id) => {
      client.removeQueries({ queryKey: contactKeys.one(id) })
      return Promise.all([contactKeys.all, conversationKeys.all].map((queryKey) => client.invalidateQueries({ queryKey })))
    },
  })
}
