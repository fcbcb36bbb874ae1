import { keepPreviousData, type QueryClient, useInfiniteQuery, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Sentence } from '@/lib/said'
import type { Shown } from '@/lib/shown'
import { api as typed, data, done } from './client'
import type { Message } from './messages'
import { byPages, type Page } from './page'

// Until the API document has them.
interface Loose {
  GET: <T>(path: string, init?: object) => Promise<{ data?: T }>
  POST: <T>(path: string, init?: object) => Promise<{ data?: T }>
  PUT: <T>(path: string, init?: object) => Promise<{ data?: T }>
  DELETE: <T>(path: string, init?: object) => Promise<{ data?: T }>
}
const api = typed as unknown as Loose

export type TemplateStatus =
  | 'SUBMITTING' | 'PENDING' | 'APPROVED' | 'REJECTED' | 'PAUSED' | 'DISABLED' | 'IN_APPEAL' | 'PENDING_DELETION' | 'DELETED' | 'LIMIT_EXCEEDED' | 'ARCHIVED' | 'LOCKED' | 'UNKNOWN'
export type TemplateCategory = 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'
export type TemplateQuality = 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN'

/** What a slot is filled with, where nothing was said for this send. */
export type MappingEntry =
  | { from: 'contact'; field: string; fallback?: string }
  | { from: 'text'; text: string }
  | { from: 'fixed'; value: Record<string, unknown> }
  | { from: 'ask'; fallback?: string }

/** By slot: `body_1`, `header_media`, `button_0`. */
export type Mapping = Record<string, MappingEntry>

export interface TemplateSubmission {
  kind: 'create' | 'edit' | 'delete'
  state: 'waiting' | 'sent' | 'refused'
  problem?: string
  problem_terms?: Sentence[]
  submitted_by?: string
  updated_at: string
}

export interface TemplateEditing {
  possible: boolean
  why_terms?: Sentence[]
  today_left?: number
  month_left?: number
  next_at?: string
}

export interface Template {
  id: string
  waba_id: string
  whatsapp_id?: string
  name: string
  language: string
  status: TemplateStatus
  category?: TemplateCategory
  quality: TemplateQuality
  named: boolean
  components: Record<string, unknown>[]
  /** What WhatsApp sends while a change is in review: the version before. */
  live?: { named: boolean; components: Record<string, unknown>[] }
  ttl_seconds?: number
  /** WhatsApp's word. */
  reason?: string
  reason_terms?: Sentence[]
  recommendation?: string
  previous_category?: TemplateCategory
  pending_category?: TemplateCategory
  pending_category_at?: string
  mapping: Mapping
  submission?: TemplateSubmission
  editing?: TemplateEditing
  gone_at?: string
  created_at: string
  updated_at: string
}

export interface TemplateEvent {
  id: string
  kind: string
  severity: 'info' | 'warning' | 'critical'
  title: string
  title_terms: Sentence[]
  detail?: string
  detail_terms: Sentence[]
  actor?: string
  at: string
}

export interface TemplateUse {
  kind: string
  id: string
  name: string
}

export interface TemplateAccount {
  waba_id: string
  channel_ids: string[]
  templates: number
  synced_at?: string
  syncing: boolean
  problem?: string
  problem_terms?: Sentence[]
}

export interface PreviewSlot {
  key: string
  kind: string
  variable?: string
  label?: string
  card?: number
  example?: string
  value?: unknown
  from?: string
}

export interface TemplatePreview {
  shown: Shown
  components: unknown[]
  slots: PreviewSlot[]
  missing: { path?: string; slot?: string; code: string; parameters?: unknown; message: string }[]
}

/** What changed about one template, and how it is now: an item of the live event `templates_changed`. */
export interface TemplateChange {
  template_id: string
  waba_id: string
  name: string
  language: string
  changed: ('added' | 'removed' | 'status' | 'quality' | 'category' | 'pending_category' | 'components' | 'variables' | 'mapping' | 'submission')[]
  status: TemplateStatus
  previous_category?: TemplateCategory
  category?: TemplateCategory
  pending_category?: TemplateCategory
  pending_category_at?: string
  quality?: TemplateQuality
  at: string
}

export interface TemplateFilter {
  channel_id?: string
  status?: string
  category?: string
  language?: string
  quality?: string
  name?: string
  search?: string
}

export const templateKeys = {
  all: ['templates'] as const,
  list: (filter: TemplateFilter) => ['templates', 'list', filter] as const,
  some: (filter: TemplateFilter, limit: number) => ['templates', 'some', filter, limit] as const,
  named: (channelId: string, name: string) => ['templates', 'named', channelId, name] as const,
  languages: (wabaId: string, name: string) => ['templates', 'languages', wabaId, name] as const,
  one: (id: string) => ['templates', 'one', id] as const,
  events: (id: string) => ['templates', 'events', id] as const,
  uses: (id: string) => ['templates', 'uses', id] as const,
  accounts: ['templates', 'accounts'] as const,
  preview: (id: string, values: Values, contactId?: string) => ['template-previews', id, contactId, values] as const,
}

export const useTemplates = (filter: TemplateFilter) =>
  useInfiniteQuery({
    queryKey: templateKeys.list(filter),
    queryFn: ({ pageParam, signal }): Promise<Page<Template>> => data(api.GET('/templates', { params: { query: { ...filter, limit: 50, after: pageParam } }, signal })),
    ...byPages,
    placeholderData: keepPreviousData,
  })

/** The newest few that fit. */
export const useSomeTemplates = (filter: TemplateFilter, limit: number, enabled = true) =>
  useQuery({
    queryKey: templateKeys.some(filter, limit),
    queryFn: ({ signal }): Promise<Page<Template>> => data(api.GET('/templates', { params: { query: { ...filter, limit } }, signal })),
    select: (page) => page.items,
    placeholderData: keepPreviousData,
    enabled,
  })

const allItems = (results: { data?: Page<Template> }[]) => results.flatMap((result) => result.data?.items ?? [])

/** The newest few in each of these states. */
export const useTemplatesIn = (statuses: readonly TemplateStatus[], limit: number, enabled: boolean) =>
  useQueries({
    queries: statuses.map((status) => ({
      queryKey: templateKeys.some({ status }, limit),
      queryFn: ({ signal }: { signal: AbortSignal }): Promise<Page<Template>> => data(api.GET('/templates', { params: { query: { status, limit } }, signal })),
      enabled,
    })),
    combine: allItems,
  })

/** Asking for one name more than this is not worth it: what was sent still says its values. */
const NAMES = 20

/** What sent templates are drawn from: those of a number with these names. */
export const useTemplatesNamed = (channelId: string | undefined, names: string[]) =>
  useQueries({
    queries: names.slice(0, NAMES).map((name) => ({
      queryKey: templateKeys.named(channelId ?? '', name),
      queryFn: ({ signal }: { signal: AbortSignal }): Promise<Page<Template>> => data(api.GET('/templates', { params: { query: { channel_id: channelId, name, limit: 200 } }, signal })),
      enabled: !!channelId,
      staleTime: 60_000,
    })),
    combine: allItems,
  })

export const useTemplate = (id: string | undefined) =>
  useQuery({
    queryKey: templateKeys.one(id ?? ''),
    queryFn: ({ signal }): Promise<Template> => data(api.GET('/templates/{template_id}', { params: { path: { template_id: id ?? '' } }, signal })),
    enabled: !!id,
  })

/** The languages of one name in one account, by language. */
export const useTemplatesOfName = (template: Pick<Template, 'waba_id' | 'name'> | undefined) =>
  useQuery({
    queryKey: templateKeys.languages(template?.waba_id ?? '', template?.name ?? ''),
    queryFn: ({ signal }): Promise<Page<Template>> => data(api.GET('/templates', { params: { query: { waba_id: template?.waba_id, name: template?.name, limit: 200 } }, signal })),
    select: (page) => page.items.toSorted((a, b) => a.language.localeCompare(b.language)),
    enabled: !!template,
  })

export const useTemplateEvents = (id: string) =>
  useInfiniteQuery({
    queryKey: templateKeys.events(id),
    queryFn: ({ pageParam, signal }): Promise<Page<TemplateEvent>> => data(api.GET('/templates/{template_id}/events', { params: { path: { template_id: id }, query: { limit: 20, after: pageParam } }, signal })),
    ...byPages,
  })

export const useTemplateUses = (id: string, enabled = true) =>
  useQuery({
    queryKey: templateKeys.uses(id),
    queryFn: ({ signal }): Promise<{ items: TemplateUse[] }> => data(api.GET('/templates/{template_id}/uses', { params: { path: { template_id: id } }, signal })),
    select: (uses) => uses.items,
    enabled,
  })

/** While a sync runs it is asked again: a sync that finds nothing new tells no event. */
const SYNC_MS = 2_000

export const useTemplateAccounts = () =>
  useQuery({
    queryKey: templateKeys.accounts,
    queryFn: ({ signal }): Promise<{ items: TemplateAccount[] }> => data(api.GET('/templates/accounts', { signal })),
    select: (accounts) => accounts.items,
    refetchInterval: ({ state }) => (state.data?.items.some((account) => account.syncing) ? SYNC_MS : false),
  })

const changed = (client: QueryClient) => client.invalidateQueries({ queryKey: templateKeys.all })

/** Brings the copy up to date, of one number's account or of all. */
export function useSyncTemplates() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (channelId?: string): Promise<unknown> => data(api.POST('/templates/sync', { body: channelId ? { channel_id: channelId } : {} })),
    onSuccess: () => changed(client),
  })
}

/** What answers with the template as it is afterwards. */
function useTemplateAction<I extends { id: string }>(act: (input: I) => Promise<Template>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (template) => {
      client.setQueryData(templateKeys.one(template.id), template)
      return changed(client)
    },
  })
}

const path = (id: string) => ({ path: { template_id: id } })

export const useDeleteTemplate = () =>
  useTemplateAction(({ id, allLanguages }: { id: string; allLanguages: boolean }) => data(api.DELETE('/templates/{template_id}', { params: { ...path(id), query: { all_languages: allLanguages } } })))

export const useUnpauseTemplate = () => useTemplateAction(({ id }: { id: string }) => data(api.POST('/templates/{template_id}/unpause', { params: path(id) })))

/** Hands in again what WhatsApp refused. */
export const useRetrySubmission = () => useTemplateAction(({ id }: { id: string }) => data(api.POST('/templates/{template_id}/submission/retry', { params: path(id) })))

/** Gives up what WhatsApp refused: a new template goes and its content becomes a draft. */
export function useGiveUpSubmission() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/templates/{template_id}/submission', { params: path(id) })),
    onSuccess: () => changed(client),
  })
}

export const useSaveMapping = () =>
  useTemplateAction(({ id, mapping }: { id: string; mapping: Mapping }) => data(api.PUT('/templates/{template_id}/mapping', { params: path(id), body: { mapping } })))

/** Values by slot: a text, or an object for files and places. */
export type Values = Record<string, unknown>

/** A template as it would be sent: values said here, then what it is filled with, from this person. */
export const useTemplatePreview = (id: string | undefined, values: Values, contactId?: string) =>
  useQuery({
    queryKey: templateKeys.preview(id ?? '', values, contactId),
    queryFn: ({ signal }): Promise<TemplatePreview> => data(api.POST('/templates/{template_id}/preview', { params: path(id ?? ''), body: { values, contact_id: contactId }, signal })),
    placeholderData: (before: TemplatePreview | undefined, query) => (query?.queryKey[1] === id ? before : undefined),
    enabled: !!id,
    gcTime: 60_000,
  })

export interface TestSend {
  channelId: string
  phone: string
  templateId: string
  values: Values
}

/** Sends a template to a phone of one's own; a test counts in no figures of people written to. */
export const useSendTest = () =>
  useMutation({
    mutationFn: ({ channelId, phone, templateId, values }: TestSend): Promise<Message> =>
      data(api.POST('/messages', { body: { channel_id: channelId, to: { phone }, type: 'template', template_id: templateId, values, test: true }, headers: { 'Idempotency-Key': crypto.randomUUID() } })),
  })
