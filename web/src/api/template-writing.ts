import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data, done } from './client'
import type { Schemas } from './schemas'
import { ApiError, NetworkError } from './error'
import type { Page } from './page'
import { type Mapping, templateKeys } from './templates'
import { record } from '@/lib/utils'
import { tenantId } from './tenant'

/** Meta's own body of a template's creation, as far as it is written. */
export interface MetaTemplate {
  name: string
  language: string
  category: string
  parameter_format?: string
  components: Record<string, unknown>[]
  message_send_ttl_seconds?: number
}

export type Severity = Schemas['TemplateFindingSeverity']

/** What Meta would refuse, or what could be better. `path`: from the body's root, as `components[1].buttons[0].url`. */
export type Finding = Schemas['TemplateFinding'] & { parameters: Record<string, unknown> }

/** Drafts hold Meta's body as far as it is written. */
export type Draft = Schemas['TemplateDraft'] & { template: Partial<MetaTemplate>; mapping: Mapping }
export type DraftIn = Schemas['TemplateDraftIn'] & { template: MetaTemplate }
export type Sample = Schemas['TemplateSample']

export const writingKeys = {
  drafts: ['template-drafts'] as const,
  draft: (id: string) => ['template-drafts', id] as const,
  check: ['template-check'] as const,
}

/** What was found, with the body that it is about. */
export interface Checked {
  findings: Finding[]
  template: MetaTemplate
}

const check = (channelId: string, template: MetaTemplate, templateId?: string) => ({
  queryKey: [...writingKeys.check, channelId, template, templateId],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Checked> => {
    const { findings } = await data(api.POST('/templates/check', { body: { channel_id: channelId, template, template_id: templateId }, signal }))
    return { findings: findings.map((finding) => ({ ...finding, parameters: record(finding.parameters) })), template }
  },
  gcTime: 60_000,
  staleTime: 30_000,
})

/** Findings about what is being written. The last ones stay until the new ones are there. `now`: those of this very moment. */
export function useCheck(channelId: string, template: MetaTemplate, templateId?: string) {
  const client = useQueryClient()
  const query = useQuery({ ...check(channelId, template, templateId), enabled: !!channelId, placeholderData: keepPreviousData })
  const now = useMutation({ mutationFn: (latest: MetaTemplate) => client.fetchQuery(check(channelId, latest, templateId)) })
  return { data: query.data, error: query.error, now }
}

/** What a draft holds is an object; what of it is there is read with care. */
const asDraft = (draft: Schemas['TemplateDraft']): Draft => ({ ...draft, template: record(draft.template), mapping: record(draft.mapping) as Mapping })

/** All drafts of the business: there are 200 at most. A page may have fewer than were asked for. */
async function fetchDrafts(signal: AbortSignal): Promise<Draft[]> {
  const found: Draft[] = []
  let after: string | undefined
  do {
    const page: Page<Schemas['TemplateDraft']> = await data(api.GET('/template-drafts', { params: { query: { limit: 200, after } }, signal }))
    found.push(...page.items.map(asDraft))
    after = page.next
  } while (after)
  return found
}

export const useDrafts = (enabled = true) => useQuery({ queryKey: writingKeys.drafts, queryFn: ({ signal }) => fetchDrafts(signal), enabled })

export const useDraft = (id: string | undefined) =>
  useQuery({
    queryKey: writingKeys.draft(id ?? ''),
    queryFn: ({ signal }) => fetchDraft(id ?? '', signal),
    enabled: !!id,
    // What is being typed is newer than anything that a later answer could say.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    gcTime: 0,
  })

export const fetchDraft = async (id: string, signal?: AbortSignal): Promise<Draft> => asDraft(await data(api.GET('/template-drafts/{draft_id}', { params: { path: { draft_id: id } }, signal })))
export const createDraft = async (body: DraftIn): Promise<Draft> => asDraft(await data(api.POST('/template-drafts', { body })))
export const saveDraft = async (id: string, version: number, body: DraftIn): Promise<Draft> => asDraft(await data(api.PUT('/template-drafts/{draft_id}', { params: { path: { draft_id: id } }, body: { ...body, version } })))

export function useDeleteDraft() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => done(api.DELETE('/template-drafts/{draft_id}', { params: { path: { draft_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: writingKeys.drafts }),
  })
}

/** Hands a template to Meta: a new one, or new content for one. */
export function useSubmit(templateId?: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ channelId, template, mapping, draftId }: { channelId: string; template: MetaTemplate; mapping?: Mapping; draftId?: string }): Promise<{ id: string }> =>
      templateId
        ? data(api.POST('/templates/{template_id}/edit', { params: { path: { template_id: templateId } }, body: { template, mapping, draft_id: draftId } }))
        : data(api.POST('/templates', { body: { channel_id: channelId, template, mapping, draft_id: draftId } })),
    onSuccess: () => Promise.all([templateKeys.all, writingKeys.drafts].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}

/** Takes a sample file to Meta. `appId`: where WhatsApp does not tell the token's app; `onProgress` from 0 to 1. */
export function uploadSample(channelId: string, file: File, appId: string | undefined, onProgress: (done: number) => void, signal: AbortSignal): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const body = new FormData()
    body.append('channel_id', channelId)
    if (appId) body.append('app_id', appId)
    body.append('file', file)
    const request = new XMLHttpRequest()
    request.open('POST', '/api/v1/templates/samples')
    request.withCredentials = true
    request.setRequestHeader('Accept', 'application/json, application/problem+json')
    const tenant = tenantId()
    if (tenant) request.setRequestHeader('X-Tenant-Id', tenant)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(new NetworkError())
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onload = () => {
      const answer = new Response(request.responseText, { status: request.status, headers: { 'Retry-After': request.getResponseHeader('Retry-After') ?? '' } })
      if (request.status >= 200 && request.status < 300) answer.json().then((sample) => resolve(sample as Sample), reject)
      else ApiError.from(answer).then(reject, reject)
    }
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })
}
