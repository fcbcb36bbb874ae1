import { CircleAlert, History, Info, type LucideIcon, TriangleAlert } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AccountEvent, useAccountEvents } from '@/api/account-events'
import type { Channel } from '@/api/channels'
import { ApiError } from '@/api/error'
import { rows } from '@/api/page'
import { RawDetails } from '@/components/message/bits'
import { MoreButton } from '@/components/more-button'
import { EmptyState, ErrorState } from '@/components/states'
import { TimeText } from '@/components/text-bits'
import { Card, CardDescription, CardTitle } from '@/components/ui/card'
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select'
import { Skeleton } from '@/components/ui/skeleton'
import { formatDateTime } from '@/lib/format'
import { say } from '@/lib/said'
import { cn } from '@/lib/utils'

const TONES: Record<AccountEvent['severity'], [LucideIcon, string]> = {
  info: [Info, 'bg-info-soft text-info-soft-foreground'],
  warning: [TriangleAlert, 'bg-warning-soft text-warning-soft-foreground'],
  critical: [CircleAlert, 'bg-destructive-soft text-destructive-soft-foreground'],
}

const ALL = 'all'

/** What WhatsApp reported about the account and its numbers, newest first, in words. `only`: about this number. */
export function AccountTimeline({ channels, only }: { channels: Channel[]; only?: Channel }) {
  const { t } = useTranslation()
  const [chosen, setChannel] = useState(ALL)
  const channel = only?.id ?? chosen
  const query = useAccountEvents(channel === ALL ? {} : { channel_id: channel })
  const events = rows(query.data)
  const list = useRef<HTMLOListElement>(null)
  const names = new Map(channels.map((c) => [c.id, c.name]))
  // A server that does not keep them yet.
  if (query.error instanceof ApiError && query.error.code === 'no_such_path') return null
  return (
    <Card role="region" aria-labelledby="activity" className={only ? 'mt-4' : 'mt-6'}>
      <div className="flex flex-wrap items-start justify-between gap-3 px-5 py-4">
        <div className="min-w-0 space-y-0.5">
          <CardTitle id="activity">{t('activity.title')}</CardTitle>
          <CardDescription>{t('activity.lead')}</CardDescription>
        </div>
        {channels.length > 1 && !only && (
          <Select value={channel} onValueChange={setChannel}>
            <SelectTrigger aria-label={t('activity.of')} className="w-56"><SelectValue /></SelectTrigger>
            <SelectContent>
              <SelectItem value={ALL}>{t('common.allNumbers')}</SelectItem>
              {channels.map((c) => <SelectItem key={c.id} value={c.id}><bdi>{c.name}</bdi></SelectItem>)}
            </SelectContent>
          </Select>
        )}
      </div>
      <div className="border-t">
        {query.isPending ? (
          <div role="status" className="space-y-3 p-5"><span className="sr-only">{t('common.loading')}</span>{[1, 2, 3].map((i) => <Skeleton key={i} className="h-10" />)}</div>
        ) : query.error && !query.data ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : events.length === 0 ? (
          <EmptyState icon={History} title={t('activity.emptyTitle')} body={t('activity.emptyBody')} className="py-10" />
        ) : (
          <ol ref={list} className="divide-y">
            {events.map((event) => {
              const [Icon, tone] = TONES[event.severity]
              return (
                <li key={event.id} data-account-event={event.severity} className="flex gap-3 px-5 py-3.5">
                  <span className={cn('grid size-8 shrink-0 place-items-center rounded-full', tone)}><Icon className="size-4" aria-hidden /></span>
                  <div className="min-w-0 flex-1 text-[0.8125rem]">
                    <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                      <span className="min-w-0">
                        <span className="sr-only">{t(`activity.severity.${event.severity}`)}: </span>
                        <span className="font-medium">{say(event.title_terms, event.title)}</span>
                      </span>
                      <TimeText iso={event.at} className="text-xs text-muted-foreground">{formatDateTime(event.at)}</TimeText>
                    </p>
                    {event.detail && <p className="mt-0.5 text-muted-foreground">{say(event.detail_terms, event.detail)}</p>}
                    <p className="mt-0.5 text-xs text-muted-foreground">{event.channel_id ? <bdi>{names.get(event.channel_id) ?? t('activity.removedNumber')}</bdi> : t('activity.wholeAccount')}</p>
                    <RawDetails value={event.payload} />
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
