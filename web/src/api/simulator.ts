import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { TemplateDefinition } from '@/lib/template-view'
import { list, record, text } from '@/lib/utils'
import { type Channel, channelKeys } from './channels'
import { api, data, fetchJson } from './client'

const simulatorKeys = {
  all: ['sim'] as const,
  state: ['sim', 'state'] as const,
  threads: (phoneId: string) => ['sim', 'threads', phoneId] as const,
  templates: ['sim', 'templates'] as const,
  messages: (phoneId: string, user: string) => ['sim', 'messages', phoneId, user] as const,
}

export interface SimPhone {
  id: string
  waba_id?: string
  display_phone_number?: string
  verified_name?: string
}

export interface SimUser {
  wa_id?: string
  user_id: string
  name: string
  username?: string
  persona?: { online?: boolean; reads?: boolean }
}

export interface SimThread {
  phone_id: string
  wa_id?: string
  user_id: string
  name: string
  last_at?: string | number
  preview?: string
}

export interface SimMessage {
  wamid: string
  direction: 'to_user' | 'from_user'
  type: string
  text?: string
  content: unknown
  context?: unknown
  /** A template with its blanks filled, as the phone draws it. */
  rendered?: unknown
  status: string
  at: string | number
}

export interface SimInbound {
  phone_id: string
  from: string
  name?: string
  type: string
  context?: { message_id: string }
  [kind: string]: unknown
}

/** The simulator keeps its own clock: milliseconds or a date, both become a date. */
export const simTime = (at: string | number | undefined) => {
  const date = new Date(typeof at === 'string' && /^\d+$/.test(at) ? Number(at) : (at ?? Date.now()))
  return Number.isNaN(date.getTime()) ? new Date().toISOString() : date.toISOString()
}

/** What names a person in the simulator's addresses: digits when there are any. */
export const simKey = (user: { wa_id?: string; user_id: string }) => user.wa_id ?? user.user_id

const valuesOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : Object.values(record(value)))

export const useSimState = () =>
  useQuery({
    queryKey: simulatorKeys.state,
    queryFn: ({ signal }) => fetchJson<unknown>('/_sim/state', { signal }),
    select: (state) => ({
      phones: valuesOf(record(state).phones) as SimPhone[],
      users: valuesOf(record(state).users) as SimUser[],
    }),
  })

export const useSimThreads = (phoneId: string | undefined) =>
  useQuery({
    queryKey: simulatorKeys.threads(phoneId ?? ''),
    queryFn: ({ signal }) => fetchJson<{ items: SimThread[] }>(`/_sim/threads?phone_id=${encodeURIComponent(phoneId ?? '')}`, { signal }),
    select: (page) => page.items,
    enabled: !!phoneId,
  })

export const useSimMessages = (phoneId: string | undefined, user: string | undefined) =>
  useQuery({
    queryKey: simulatorKeys.messages(phoneId ?? '', user ?? ''),
    queryFn: ({ signal }) => fetchJson<{ items: SimMessage[] }>(`/_sim/threads/${encodeURIComponent(phoneId ?? '')}/${encodeURIComponent(user ?? '')}/messages`, { signal }),
    select: (page) => page.items.map(readable),
    enabled: !!phoneId && !!user,
  })

/** The templates of an account, from which a phone draws what it gets. */
export const useSimTemplates = (wabaId: string | undefined) =>
  useQuery({
    queryKey: simulatorKeys.templates,
    queryFn: ({ signal }) => fetchJson<{ items: unknown[] }>('/_sim/templates', { signal }),
    select: (page) =>
      page.items.map(record).filter((template) => template.waba_id === wabaId).map((template): TemplateDefinition => ({ name: text(template.name) ?? '', language: text(template.language) ?? '', components: list(template.components) })),
    enabled: !!wabaId,
  })

/** The simulator's `text` is a stand-in for kinds that have none; only what the phone would show is kept. */
function readable(message: SimMessage): SimMessage {
  if (message.type === 'text') return message
  if (message.type !== 'template') return { ...message, text: undefined }
  const rendered = record(message.rendered)
  const parts = [text(rendered.header) && `*${text(rendered.header) ?? ''}*`, text(rendered.body), text(rendered.footer) && `_${text(rendered.footer) ?? ''}_`]
  return { ...message, text: parts.filter(Boolean).join('\n') || undefined }
}

export function useSimSend() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SimInbound) => fetchJson<{ wamid: string }>('/_sim/inbound', { method: 'POST', body }),
    onSuccess: (_sent, body) => Promise.all([client.invalidateQueries({ queryKey: simulatorKeys.messages(body.phone_id, body.from) }), client.invalidateQueries({ queryKey: simulatorKeys.threads(body.phone_id) })]),
  })
}

export function useSimAddUser() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (body: { name: string; wa_id?: string; user_id?: string; username?: string }): Promise<SimUser> => {
      const answer = await fetchJson<unknown>('/_sim/users', { method: 'POST', body })
      const user = record(record(answer).user ?? list(record(answer).users)[0] ?? answer)
      return { name: text(user.name) ?? body.name, user_id: text(user.user_id) ?? body.user_id ?? body.wa_id ?? '', wa_id: text(user.wa_id) ?? body.wa_id, username: text(user.username) ?? body.username }
    },
    onSuccess: () => client.invalidateQueries({ queryKey: simulatorKeys.state }),
  })
}

export function useSimPersona() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ user, ...body }: { user: string; online?: boolean; reads?: boolean }) => fetchJson<unknown>(`/_sim/users/${encodeURIComponent(user)}`, { method: 'PATCH', body }),
    onSettled: () => client.invalidateQueries({ queryKey: simulatorKeys.state }),
  })
}

export const markSimRead = (phoneId: string, user: string) => fetchJson<unknown>('/_sim/read', { method: 'POST', body: { phone_id: phoneId, user } })

/** Keeps the phone live: whatever happens in the simulator refreshes what it touches. The browser reconnects by itself. */
export function useSimEvents() {
  const client = useQueryClient()
  const [lost, setLost] = useState(false)
  useEffect(() => {
    const source = new EventSource('/_sim/events')
    let timer: ReturnType<typeof setTimeout> | undefined
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void client.invalidateQueries({ queryKey: simulatorKeys.all })
      }, 60)
    }
    source.onopen = () => {
      setLost(false)
      refresh()
    }
    source.onerror = () => setLost(true)
    // Named or not, an event means: look again.
    source.addEventListener('message', refresh)
    source.addEventListener('status', refresh)
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [client])
  return lost
}

interface Provisioned {
  app_id: string
  phone_number_id: string
  waba_id: string
  display_phone_number: string
  access_token: string
  app_secret: string
  verify_token: string
}

/** A number made in the simulator and connected in one go: nobody has to copy ids between two halves of one program. */
export function useConnectSimulated() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ name, phone }: { name: string; phone?: string }): Promise<Channel> => {
      const { app_id, phone_number_id, waba_id, display_phone_number, access_token, app_secret, verify_token } = await fetchJson<Provisioned>('/_sim/provision', {
        method: 'POST',
        body: { verified_name: name, waba_name: name, ...(phone ? { phone_number: phone } : {}) },
      })
      const channel = await data(api.POST('/channels', { body: { name, kind: 'simulated', phone_number_id, waba_id, display_phone_number, access_token, app_secret, verify_token } }))
      // What WhatsApp has to say of the account goes to the app's own address, as entered in the app's settings.
      await fetchJson(`/_sim/apps/${encodeURIComponent(app_id)}`, { method: 'PATCH', body: { callback_url: channel.webhook_url } })
      return channel
    },
    onSuccess: () => Promise.all([channelKeys.all, simulatorKeys.all].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}
