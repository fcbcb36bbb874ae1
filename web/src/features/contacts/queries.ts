import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from '@/api/client'
import { keys } from '@/api/keys'
import type { Contact, ContactIn } from '@/api/types'

export const useContacts = (filter: { search?: string; tag?: string }) =>
  useInfiniteQuery({
    queryKey: keys.contactList(filter),
    queryFn: ({ pageParam, signal }) => data(api.GET('/contacts', { params: { query: { ...filter, limit: 50, after: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })

export const useContact = (id: string | undefined) =>
  useQuery({
    queryKey: keys.contact(id ?? ''),
    queryFn: ({ signal }) => data(api.GET('/contacts/{contact_id}', { params: { path: { contact_id: id ?? '' } }, signal })),
    enabled: !!id,
  })

export const useContactSearch = (search: string, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.contacts, 'search', search],
    queryFn: ({ signal }) => data(api.GET('/contacts', { params: { query: { search, limit: 6 } }, signal })),
    select: (page) => page.items,
    enabled,
  })

export function useSaveContact() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, body }: { id?: string; body: ContactIn }): Promise<Contact> =>
      id
        ? data(api.PATCH('/contacts/{contact_id}', { params: { path: { contact_id: id } }, body }))
        : data(api.POST('/contacts', { body })),
    onSuccess: (contact) => {
      client.setQueryData(keys.contact(contact.id), contact)
      return Promise.all([client.invalidateQueries({ queryKey: keys.contacts }), client.invalidateQueries({ queryKey: keys.tags })])
    },
  })
}

export function useDeleteContact() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/contacts/{contact_id}', { params: { path: { contact_id: id } } })),
    onSuccess: (_nothing, id) => {
      client.removeQueries({ queryKey: keys.contact(id) })
      return Promise.all([keys.contacts, keys.tags, keys.conversations].map((queryKey) => client.invalidateQueries({ queryKey })))
    },
  })
}

export const useTags = () =>
  useQuery({ queryKey: keys.tags, queryFn: ({ signal }) => data(api.GET('/tags', { params: { query: { limit: 200 } }, signal })) })

export function useCreateTag() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; color?: string }) => data(api.POST('/tags', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tags }),
  })
}

export function useDeleteTag() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/tags/{tag_id}', { params: { path: { tag_id: id } } })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: keys.tags }), client.invalidateQueries({ queryKey: keys.contacts })]),
  })
}
