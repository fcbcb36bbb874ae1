import { Ban, Check, CheckCheck, CircleAlert, CircleHelp, Clock3 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { isStatus } from '@/lib/status'
import { cn } from '@/lib/utils'

/** Where an outgoing message stands. Shape and label carry it; colour only adds. */
export function Ticks({ status, className }: { status: string | undefined; className?: string }) {
  const { t } = useTranslation()
  if (!isStatus(status) || status === 'received') return null
  const Icon = { unknown: CircleHelp, queued: Clock3, cancelled: Ban, sending: Clock3, accepted: Clock3, sent: Check, delivered: CheckCheck, read: CheckCheck, played: CheckCheck, failed: CircleAlert }[status]
  const seen = status === 'read' || status === 'played'
  return (
    <span className={cn('inline-flex shrink-0', className)} role="img" aria-label={t(`status.${status}`)} title={t(`status.${status}`)} data-status={status}>
      <Icon className={cn('size-3.5', seen && 'text-tick-read', status === 'failed' && 'text-destructive')} strokeWidth={2.25} aria-hidden />
    </span>
  )
}
