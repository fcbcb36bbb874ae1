import { ChevronDown, ChevronRight, OctagonPause, Play } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Link } from 'wouter'
import { type Channel, useResumeChannel } from '@/api/channels'
import { Button } from '@/components/ui/button'
import { toastError } from '@/lib/errors'
import { formatDateTime, isolated } from '@/lib/format'
import { details, say, tellsTime } from '@/lib/said'
import { useCan } from '@/lib/session'
import { cn } from '@/lib/utils'

interface HeldNoticeProps {
  channel: Channel
  /** Names the number, where more than one is on the screen. */
  named?: boolean
  className?: string
  /** The button goes with the notice: where the keyboard goes on from. */
  onResumed?: () => void
}

/** A number that sends nothing, or that may only answer: why, until when, and the way to let it go on. */
export function HeldNotice({ channel, named, className, onResumed }: HeldNoticeProps) {
  const { t } = useTranslation()
  const { can } = useCan()
  const resume = useResumeChannel()
  const kind = channel.held ? 'held' : 'restricted'
  const stop = channel.held ?? channel.restricted
  if (!stop) return null
  const { reason, terms, until } = stop
  const more = details(terms)
  // Another account's number is won back by the connection test, not by a word.
  const lost = terms.some(({ term }) => term === 'held_lost')
  return (
    <div role="status" data-held={kind} className={cn('flex items-start gap-2.5 rounded-lg bg-warning-soft px-3 py-2.5 text-[0.8125rem] text-warning-soft-foreground', className)}>
      <OctagonPause className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 space-y-0.5">
        <p className="font-semibold">{named ? t(`stopped.${kind}.titleOf`, { name: isolated(channel.name) }) : t(`stopped.${kind}.title`)}</p>
        <p>{say(terms, reason)}</p>
        <p>
          {/* A restriction says its own end. */}
          {!tellsTime(terms) && `${until ? t(`stopped.${kind}.until`, { when: formatDateTime(until) }) : t(`stopped.${kind}.untilActed`)} `}
          {t(`stopped.${kind}.waits`)}
        </p>
        {lost ? null : can('channels:manage') ? (
          <Button
            variant="outline"
            size="sm"
            className="mt-1.5"
            loading={resume.isPending}
            onClick={() => {
              // Told here and not to the mutation: by then this notice has gone.
              resume.mutateAsync(channel.id).then(() => {
                toast.success(t('stopped.held.resumed', { name: isolated(channel.name) }))
                onResumed?.()
              }, toastError)
            }}
          >
            {!resume.isPending && <Play aria-hidden />}
            {t(`stopped.${kind}.resume`)}
          </Button>
        ) : (
          <p>{t('stopped.held.askAdmin')}</p>
        )}
        {more && (
          <details className="group/why pt-1 text-xs">
            <summary className="inline-flex list-none items-center gap-1 rounded-md underline-offset-2 hover:underline [&::-webkit-details-marker]:hidden">
              {t('failure.details')}
              <ChevronDown className="size-3 transition-transform group-open/why:rotate-180" aria-hidden />
            </summary>
            <p className="mt-1 wrap-anywhere">{more}</p>
          </details>
        )}
      </div>
    </div>
  )
}

/** More of them say nothing new: the page of numbers lists all. */
const LINES = 3

/** Above the conversations: which numbers send nothing or may only answer, and the way to where it says why. */
export function HeldLines({ channels }: { channels: Channel[] }) {
  const { t } = useTranslation()
  return channels.filter((channel) => channel.held ?? channel.restricted).slice(0, LINES).map((channel) => (
    <Link key={channel.id} href={`/settings/numbers/${channel.id}`} data-held-line className="flex items-center gap-2 border-b bg-warning-soft px-4 py-2 text-xs pointer-coarse:min-h-11 font-medium text-warning-soft-foreground outline-offset-[-2px] hover:underline">
      <OctagonPause className="size-3.5 shrink-0" aria-hidden />
      <span className="min-w-0 flex-1">{t(channel.held ? 'stopped.held.titleOf' : 'stopped.restricted.titleOf', { name: isolated(channel.name) })}</span>
      <ChevronRight className="flip-rtl size-3.5 shrink-0" aria-hidden />
    </Link>
  ))
}
