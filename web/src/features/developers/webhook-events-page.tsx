import { Inbox, Webhook } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { rows } from '@/api/page'
import { useWebhookEvents, useWebhookSummary, type WebhookEvent, type WebhookSummary } from '@/api/webhook-events'
import { MoreButton } from '@/components/more-button'
import { SettingsPage } from '@/components/settings-page'
import { EmptyState, ErrorState } from '@/components/states'
import { Code, CopyButton, TimeText } from '@/components/text-bits'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { formatDateTime, formatNumber } from '@/lib/format'
import { cn } from '@/lib/utils'

/** Webhook events that were not processed: counted by field, and each with the JSON that WhatsApp sent. */
export default function WebhookEventsPage() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const field = params.get('field') ?? undefined
  const summary = useWebhookSummary()
  const events = useWebhookEvents({ field })
  const items = rows(events.data)
  const list = useRef<HTMLUListElement>(null)
  const pick = (next?: string) => setParams(next ? { field: next } : {})
  return (
    <SettingsPage title={t('webhooks.title')} description={t('webhooks.lead')}>
      <div className="space-y-6">
        {summary.data && summary.data.total > 0 && <Counts summary={summary.data} field={field} onPick={pick} />}
        {events.isPending ? (
          <div role="status" className="space-y-2"><span className="sr-only">{t('common.loading')}</span>{[1, 2, 3].map((i) => <Skeleton key={i} className="h-14 rounded-xl" />)}</div>
        ) : events.error && !events.data ? (
          <ErrorState error={events.error} onRetry={() => void events.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={field ? Inbox : Webhook} title={t(field ? 'webhooks.noneOf' : 'webhooks.emptyTitle')} body={t('webhooks.emptyBody')} action={field && <Button variant="outline" size="sm" onClick={() => pick()}>{t('common.clearFilters')}</Button>} />
        ) : (
          <Card>
            <ul ref={list} className="divide-y">{items.map((event) => <Kept key={event.id} event={event} />)}</ul>
            <MoreButton query={events} list={list} />
          </Card>
        )}
      </div>
    </SettingsPage>
  )
}

function Counts({ summary, field, onPick }: { summary: WebhookSummary; field?: string; onPick: (field?: string) => void }) {
  const { t } = useTranslation()
  const byField = new Map<string, WebhookSummary['items']>()
  for (const item of summary.items) byField.set(item.field, [...(byField.get(item.field) ?? []), item])
  return (
    <section aria-labelledby="webhook-counts">
      <h2 id="webhook-counts" className="mb-2 text-sm font-semibold">{t('webhooks.kept', { n: formatNumber(summary.total) })}</h2>
      <ul className="grid gap-2 sm:grid-cols-2">
        {[...byField].map(([name, counts]) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={field === name}
              onClick={() => onPick(field === name ? undefined : name)}
              className={cn('flex h-full w-full flex-col gap-1 rounded-xl border bg-card px-3.5 py-2.5 text-start shadow-xs hover:border-ring/60', field === name && 'border-primary ring-1 ring-primary')}
            >
              <span className="flex items-baseline justify-between gap-2">
                <bdi className="min-w-0 truncate font-mono text-xs font-medium">{name}</bdi>
                <span className="tnum text-sm font-semibold">{formatNumber(counts.reduce((sum, c) => sum + c.count, 0))}</span>
              </span>
              {counts.map((c) => <span key={c.reason} className="flex justify-between gap-2 text-xs text-muted-foreground"><span>{t(`webhooks.reasons.${c.reason}`, { defaultValue: c.reason })}</span>{counts.length > 1 && <span className="tnum">{formatNumber(c.count)}</span>}</span>)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Kept({ event }: { event: WebhookEvent }) {
  const { t } = useTranslation()
  const body = typeof event.payload === 'string' ? event.payload : JSON.stringify(event.payload, null, 2)
  return (
    <li>
      <details data-webhook-event={event.field}>
        <summary className="flex list-none flex-wrap items-center gap-x-3 gap-y-1 px-5 py-3 hover:bg-accent/50 [&::-webkit-details-marker]:hidden">
          <Code>{event.field}</Code>
          <Badge variant={event.reason === 'failed' || event.reason === 'malformed' ? 'warning' : 'secondary'}>{t(`webhooks.reasons.${event.reason}`, { defaultValue: event.reason })}</Badge>
          <TimeText iso={event.received_at} className="ms-auto text-xs text-muted-foreground">{formatDateTime(event.received_at)}</TimeText>
        </summary>
        <div className="space-y-3 border-t bg-muted/40 px-5 py-4 text-[0.8125rem]">
          <p>{t(`webhooks.why.${event.reason}`, { defaultValue: '' })}</p>
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
            {event.phone_number_id && <><dt className="text-muted-foreground">{t('webhooks.phoneNumberId')}</dt><dd><Code>{event.phone_number_id}</Code></dd></>}
            {event.waba_id && <><dt className="text-muted-foreground">{t('webhooks.account')}</dt><dd><Code>{event.waba_id}</Code></dd></>}
          </dl>
          <div className="relative">
            <pre dir="ltr" tabIndex={0} aria-label={t('webhooks.asItCame')} className="thin-scroll max-h-96 overflow-auto rounded-lg border bg-card p-3 pe-12 text-start font-mono text-xs leading-snug whitespace-pre-wrap break-all">{body}</pre>
            <CopyButton value={body} className="absolute end-1.5 top-1.5" />
          </div>
        </div>
      </details>
    </li>
  )
}
