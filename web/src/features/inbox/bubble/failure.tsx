import { ChevronDown, CircleHelp, Clock, RotateCw, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { describeError, describeField } from '@/lib/errors'
import { codeOf, details, titled } from '@/lib/said'
import { ApiError, NetworkError } from '@/api/error'
import { record, text } from '@/lib/utils'
import type { ThreadMessage } from '../thread-cache'

interface FailureProps {
  message: ThreadMessage
  busy?: boolean
  onResend?: () => void
  onDiscard?: () => void
}

/** Why a message did not arrive and what to do, under its bubble: words first, the code for those who ask. */
export function Failure({ message, busy, onResend, onDiscard }: FailureProps) {
  const { t } = useTranslation()
  const unsent = message.failed_to_send
  const error = message.error
  const { title, advice } = error
    ? titled(error.terms, t('failure.notSent'), error.advice)
    : { title: unsent ? t(unsent instanceof ApiError && unsent.status > 0 ? 'failure.notAccepted' : 'failure.notSent') : t('thread.failed'), advice: unsent ? describeError(unsent) : undefined }
  const retryable = record(error).retryable
  const fields = unsent instanceof ApiError ? unsent.errors : []
  return (
    <div className="mt-1.5 flex max-w-full items-start gap-2 text-xs" data-failure>
      <TriangleAlert className="mt-0.5 size-3.5 shrink-0 text-destructive" aria-hidden />
      <div className="min-w-0 space-y-1">
        <p>
          <span className="sr-only">{t('status.failed')}: </span>
          <strong className="font-semibold">{title}</strong>
        </p>
        {advice && <p className="text-muted-foreground">{advice}</p>}
        {fields.length > 0 && <ul className="space-y-0.5 text-muted-foreground">{fields.map((f) => <li key={f.field} dir="auto"><bdi className="font-mono">{f.field}</bdi>: {describeField(f)}</li>)}</ul>}
        {retryable === false && <p className="text-muted-foreground">{t('failure.sameAgain')}</p>}
        <div className="flex flex-wrap items-center gap-1">
          {onResend && (
            <Button variant="outline" size="sm" loading={busy} className="h-7 px-2 text-xs" onClick={onResend}>
              {!busy && <RotateCw aria-hidden />}
              {t('thread.resend')}
            </Button>
          )}
          {onDiscard && <Button variant="ghost" size="sm" className="h-7 px-2 text-xs" onClick={onDiscard}>{t('thread.discard')}</Button>}
          {error && <ErrorDetails error={error} />}
        </div>
      </div>
    </div>
  )
}

function ErrorDetails({ error }: { error: NonNullable<ThreadMessage['error']> }) {
  const { t } = useTranslation()
  const more = record(error)
  const code = codeOf(error.terms)
  // WhatsApp's words, or the error itself where the reason is ours.
  const said = code === undefined ? details(error.terms) : error.detail
  return (
    <details className="group/why min-w-0">
      <summary className="inline-flex list-none items-center gap-1 rounded-md px-1.5 py-1 text-muted-foreground hover:bg-accent [&::-webkit-details-marker]:hidden">
        {t('failure.details')}
        <ChevronDown className="size-3 transition-transform group-open/why:rotate-180" aria-hidden />
      </summary>
      <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 rounded-md bg-muted px-2.5 py-2 text-muted-foreground">
        <dt>{t('failure.code')}</dt>
        <dd className="tnum text-start"><bdi>{code ?? t('failure.ownReason')}</bdi></dd>
        {said && (
          <>
            <dt>{t(code === undefined ? 'failure.technical' : 'failure.whatsappSaid')}</dt>
            <dd dir="auto" className="wrap-anywhere"><bdi>{said}</bdi></dd>
          </>
        )}
        {text(more.action) && (
          <>
            <dt>{t('failure.weDo')}</dt>
            <dd dir="auto">{t(`failure.actions.${text(more.action) ?? ''}`, { defaultValue: t('failure.actions.fail') })}</dd>
          </>
        )}
      </dl>
    </details>
  )
}

/** Not sent yet: it goes by itself as soon as it can. */
export function HeldUp({ error, onDiscard }: { error: unknown; onDiscard: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="mt-1.5 flex max-w-full items-start gap-2 text-xs" data-held-up>
      <Clock className="mt-0.5 size-3.5 shrink-0 text-warning-soft-foreground" aria-hidden />
      <div className="min-w-0 space-y-1">
        <p className="font-semibold">{t('thread.notSentYet')}</p>
        <p className="text-muted-foreground">{error instanceof NetworkError ? t('thread.notSentOffline') : t('thread.notSentBusy')}</p>
        <Button variant="ghost" size="sm" className="h-7 px-2 text-xs" onClick={onDiscard}>{t('thread.discard')}</Button>
      </div>
    </div>
  )
}

/** Nobody knows whether it left: WhatsApp gave no answer. Sending again may double it, so a person decides. */
export function Undecided({ busy, onResend }: { busy?: boolean; onResend?: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="mt-1.5 flex max-w-full items-start gap-2 text-xs" data-undecided>
      <CircleHelp className="mt-0.5 size-3.5 shrink-0 text-warning-soft-foreground" aria-hidden />
      <div className="min-w-0 space-y-1">
        <p className="font-semibold">{t('failure.unknownTitle')}</p>
        <p className="text-muted-foreground">{t('failure.unknownBody')}</p>
        {onResend && (
          <Button variant="outline" size="sm" loading={busy} className="h-7 px-2 text-xs" onClick={onResend}>
            {!busy && <RotateCw aria-hidden />}
            {t('failure.resendAnyway')}
          </Button>
        )}
      </div>
    </div>
  )
}
