import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data } from './client'
import { byPages, type Page } from './page'
import type { Schemas } from './schemas'

export type WebhookEvent = Schemas['WebhookEvent']
export type WebhookSummary = Schemas['WebhookEventSummary']

const webhookEventKeys = {
  summary: ['webhook-events', 'summary'] as const,
  list: (filter: { field?: string }) => ['webhook-events', 'list', filter] as const,
}

export const useWebhookSummary = () =>
  useQuery({ queryKey: webhookEventKeys.summary, queryFn: ({ signal }): Promise<WebhookSummary> => data(api.GET('/webhook-events/summary', { signal })) })

export const useWebhookEvents = (filter: { field?: string }) =>
  useInfiniteQuery({
    queryKey: webhookEventKeys.list(filter),
    queryFn: ({ pageParam, signal }): Promise<Page<WebhookEvent>> => data(api.GET('/webhook-events', { params: { query: { ...filter, limit: 25, after: pageParam } }, signal })),
    ...byPages,
  })
