import { useTranslation } from 'react-i18next'
import { TimeText } from '@/components/text-bits'
import { Tooltip, TooltipContent, TooltipTrigger } from '@/components/ui/tooltip'
import { formatDateTime, formatTime } from '@/lib/format'
import type { ThreadMessage } from '../thread-cache'

/** The clock in the bubble; the whole journey on hover. */
export function Times({ message }: { message: ThreadMessage }) {
  const { t } = useTranslation()
  const { timestamps } = message
  const steps = (['queued_at', 'sent_at', 'delivered_at', 'read_at', 'failed_at'] as const).flatMap((step) => {
    const at = timestamps[step]
    return at ? [{ step, at }] : []
  })
  const time = <TimeText iso={message.at}>{formatTime(message.at)}</TimeText>
  if (message.direction === 'inbound' || steps.length === 0) return time
  return (
    <Tooltip>
      <TooltipTrigger asChild><button type="button" className="rounded-sm">{time}</button></TooltipTrigger>
      <TooltipContent>
        <dl className="tnum grid grid-cols-[auto_auto] gap-x-3">
          {steps.map(({ step, at }) => (
            <div key={step} className="contents">
              <dt>{t(`thread.${step}`)}</dt>
              <dd>{formatDateTime(at)}</dd>
            </div>
          ))}
        </dl>
      </TooltipContent>
    </Tooltip>
  )
}
