import { Reply, RotateCw, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { MessageContent } from '@/components/message-content'
import { TimeText } from '@/components/text-bits'
import { Ticks } from '@/components/ticks'
import { Button } from '@/components/ui/button'
import { Tooltip, TooltipContent, TooltipTrigger } from '@/components/ui/tooltip'
import { bodyOf } from '@/lib/content'
import { describeError } from '@/lib/errors'
import { formatDateTime, formatTime } from '@/lib/format'
import { cn } from '@/lib/utils'
import type { ThreadMessage } from './live-updates'
import { replyFrom } from './use-send'

interface BubbleProps {
  message: ThreadMessage
  contactName: string
  first: boolean
  last: boolean
  quoted?: ThreadMessage
  reactions?: string[]
  onReply: (message: ThreadMessage) => void
  onResend: (message: ThreadMessage) => void
  onDiscard: (message: ThreadMessage) => void
  onJump: (id: string) => void
}

export function usePreview() {
  const { t } = useTranslation()
  return (message: ThreadMessage) => bodyOf(message) ?? t(`kinds.${message.type}`, { defaultValue: t('kinds.unsupported') })
}

export function Bubble({ message, contactName, first, last, quoted, reactions, onReply, onResend, onDiscard, onJump }: BubbleProps) {
  const { t } = useTranslation()
  const preview = usePreview()
  const out = message.direction === 'outbound'
  const failed = message.status === 'failed' || !!message.failed_to_send
  const who = out ? (message.sent_by?.name ?? t('thread.you')) : contactName
  const resendable = replyFrom(message) !== undefined
  const wanted = message.reply_to

  return (
    <div className={cn('group/bubble flex items-center gap-1.5', out ? 'justify-end' : 'justify-start', last ? 'mb-2.5' : 'mb-0.5')}>
      {out && <ReplyAction message={message} onReply={onReply} />}
      <div
        data-message={message.id}
        data-direction={message.direction}
        tabIndex={-1}
        className={cn('relative max-w-[min(34rem,82%)] min-w-0 rounded-2xl text-sm outline-offset-2', reactions && 'mb-3')}
      >
        <div
          className={cn(
            'rounded-2xl px-3 py-1.5 shadow-xs',
            out ? 'bg-bubble-out text-bubble-out-foreground' : 'border bg-bubble-in',
            failed && 'bg-destructive-soft text-foreground ring-1 ring-destructive/30',
            message.sending && 'opacity-85',
            reactions && 'pb-3.5',
            first && (out ? 'rounded-se-md' : 'rounded-ss-md'),
          )}
        >
          <span className="sr-only">{t('thread.saidBy', { name: who })}</span>
          {out && first && message.sent_by && (
            <p aria-hidden className="mb-0.5 text-[0.6875rem] font-medium opacity-65">
              {message.sent_by.kind === 'api_key' ? t('thread.viaApi', { name: message.sent_by.name }) : message.sent_by.name}
            </p>
          )}
          {wanted && (
            <button
              type="button"
              disabled={!quoted}
              onClick={() => quoted && onJump(quoted.id)}
              className="mb-1 block w-full rounded-md border-s-3 border-primary bg-foreground/6 px-2 py-1 text-start text-xs"
            >
              <span className="block font-medium">{quoted ? (quoted.direction === 'outbound' ? t('thread.you') : contactName) : t('thread.quoted')}</span>
              <span dir="auto" className="line-clamp-2 opacity-80">{quoted ? preview(quoted) : t('thread.quotedOlder')}</span>
            </button>
          )}
          <MessageContent message={message} />
          <p className="-mb-0.5 mt-0.5 flex items-center justify-end gap-1 text-[0.6875rem] leading-none opacity-75">
            <Times message={message} />
            {out && <Ticks status={message.failed_to_send ? 'failed' : message.status} className="opacity-100" />}
          </p>
        </div>
        {reactions && (
          <span className="absolute -bottom-3 start-2 rounded-full border bg-card px-1.5 text-sm leading-5 shadow-xs" role="img" aria-label={t('kinds.reacted', { emoji: reactions.join(' ') })}>
            {reactions.join('')}
          </span>
        )}
        {failed && (
          <div className="mt-1.5 flex items-start gap-2 text-xs">
            <TriangleAlert className="mt-0.5 size-3.5 shrink-0 text-destructive" aria-hidden />
            <div className="min-w-0 space-y-1">
              <p>
                <strong dir="auto" className="font-semibold">{message.error?.title ?? (message.failed_to_send ? describeError(message.failed_to_send) : t('thread.failed'))}</strong>
                {message.error && <span className="tnum ms-1.5 text-muted-foreground">{t('thread.errorCode', { code: message.error.code })}</span>}
              </p>
              {message.error?.advice && <p dir="auto" className="text-muted-foreground">{message.error.advice}</p>}
              <div className="flex gap-1">
                {resendable && (
                  <Button variant="outline" size="sm" className="h-7 px-2 text-xs" onClick={() => onResend(message)}>
                    <RotateCw aria-hidden />
                    {t('thread.resend')}
                  </Button>
                )}
                {message.failed_to_send !== undefined && (
                  <Button variant="ghost" size="sm" className="h-7 px-2 text-xs" onClick={() => onDiscard(message)}>{t('thread.discard')}</Button>
                )}
              </div>
            </div>
          </div>
        )}
      </div>
      {!out && <ReplyAction message={message} onReply={onReply} />}
    </div>
  )
}

function ReplyAction({ message, onReply }: { message: ThreadMessage; onReply: (message: ThreadMessage) => void }) {
  const { t } = useTranslation()
  if (!message.wamid) return null
  return (
    <button
      type="button"
      onClick={() => onReply(message)}
      aria-label={t('thread.reply')}
      title={t('thread.reply')}
      className="grid size-7 shrink-0 place-items-center rounded-full text-muted-foreground opacity-0 transition-opacity group-focus-within/bubble:opacity-100 group-hover/bubble:opacity-100 hover:bg-accent focus-visible:opacity-100 pointer-coarse:opacity-60"
    >
      <Reply className="flip-rtl size-4" aria-hidden />
    </button>
  )
}

/** The clock in the bubble; the whole journey on hover. */
function Times({ message }: { message: ThreadMessage }) {
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
      <TooltipTrigger asChild><span>{time}</span></TooltipTrigger>
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
