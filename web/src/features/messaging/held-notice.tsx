import { OctagonPause, Play } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import type { Channel } from '@/api/types'
import { Button } from '@/components/ui/button'
import { toastError } from '@/lib/errors'
import { formatDateTime } from '@/lib/format'
import { P } from '@/lib/permissions'
import { useCan } from '@/lib/session'
import { cn } from '@/lib/utils'
import { useResumeChannel } from './queries'

/** A number that sends nothing, or that may only answer: why, until when, and the way to let it go on. */
export function HeldNotice({ channel, className, named }: { channel: Channel; className?: string; named?: boolean }) {
  const { t } = useTranslation()
  const { can } = useCan()
  const resume = useResumeChannel()
  const kind = channel.held ? 'held' : 'restricted'
  const stop = channel.held ?? channel.restricted
  if (!stop) return null
  const { reason, until } = stop
  return (
    <div role="status" data-held={kind} className={cn('flex items-start gap-2.5 rounded-lg bg-warning-soft px-3 py-2.5 text-[0.8125rem] text-warning-soft-foreground', className)}>
      <OctagonPause className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 space-y-0.5">
        <p className="font-semibold">{named ? t(`${kind}.titleOf`, { name: channel.name }) : t(`${kind}.title`)}</p>
        <p dir="auto" className="align-ui">{reason}</p>
        <p>{until ? t(`${kind}.until`, { when: formatDateTime(until) }) : t(`${kind}.untilActed`)} {t(`${kind}.waits`)}</p>
        {can(P.channelsManage) ? (
          <Button
            variant="outline"
            size="sm"
            className="mt-1.5"
            loading={resume.isPending}
            onClick={() => resume.mutate(channel.id, { onSuccess: () => toast.success(t('held.resumed', { name: channel.name })), onError: toastError })}
          >
            {!resume.isPending && <Play aria-hidden />}
            {t(`${kind}.resume`)}
          </Button>
        ) : (
          <p>{t('held.askAdmin')}</p>
        )}
      </div>
    </div>
  )
}
