import { CircleAlert, History, Info, type LucideIcon, TriangleAlert } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { rows } from '@/api/page'
import { type TemplateEvent, useTemplateEvents } from '@/api/templates'
import { MoreButton } from '@/components/more-button'
import { EmptyState, ErrorState } from '@/components/states'
import { TimeText } from '@/components/text-bits'
import { Card, CardTitle } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { formatDateTime } from '@/lib/format'
import { details, say } from '@/lib/said'
import { cn } from '@/lib/utils'

const TONES: Record<TemplateEvent['severity'], [LucideIcon, string]> = {
  info: [Info, 'bg-info-soft text-info-soft-foreground'],
  warning: [TriangleAlert, 'bg-warning-soft text-warning-soft-foreground'],
  critical: [CircleAlert, 'bg-destructive-soft text-destructive-soft-foreground'],
}

/** Everything that happened to a template, newest first. */
export function Timeline({ templateId }: { templateId: string }) {
  const { t } = useTranslation()
  const query = useTemplateEvents(templateId)
  const events = rows(query.data)
  const list = useRef<HTMLOListElement>(null)
  return (
    <Card role="region" aria-labelledby="template-timeline">
      <CardTitle id="template-timeline" className="px-5 py-4">{t('templates.timeline.title')}</CardTitle>
      <div className="border-t">
        {query.isPending ? (
          <div role="status" className="space-y-3 p-5"><span className="sr-only">{t('common.loading')}</span>{[1, 2, 3].map((i) => <Skeleton key={i} className="h-10" />)}</div>
        ) : query.error && !query.data ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : events.length === 0 ? (
          <EmptyState icon={History} title={t('templates.timeline.emptyTitle')} body={t('templates.timeline.emptyBody')} className="py-8" />
        ) : (
          <ol ref={list} className="divide-y">
            {events.map((event) => {
              const [Icon, tone] = TONES[event.severity] ?? TONES.info
              const more = details(event.detail_terms)
              return (
                <li key={event.id} data-template-event={event.kind} className="flex gap-3 px-5 py-3.5">
                  <span className={cn('grid size-8 shrink-0 place-items-center rounded-full', tone)}><Icon className="size-4" aria-hidden /></span>
                  <div className="min-w-0 flex-1 text-[0.8125rem]">
                    <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                      <span className="min-w-0 font-medium">{say(event.title_terms, event.title)}</span>
                      <TimeText iso={event.at} className="text-xs text-muted-foreground">{formatDateTime(event.at)}</TimeText>
                    </p>
                    {event.detail && <p className="mt-0.5 text-muted-foreground wrap-anywhere">{say(event.detail_terms, event.detail)}</p>}
                    {more && <p className="mt-0.5 text-muted-foreground wrap-anywhere"><bdi>{more}</bdi></p>}
                    {event.actor && <p className="mt-0.5 text-xs text-muted-foreground">{t('templates.timeline.by', { name: event.actor })}</p>}
                  </div>
                </li>
              )
            })}
          </ol>
        )}
        <MoreButton query={query} list={list} />
      </div>
    </Card>
  )
}
