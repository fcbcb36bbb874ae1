import { faMeta, faWhatsapp } from '@fortawesome/free-brands-svg-icons'
import { FontAwesomeIcon } from '@fortawesome/react-fontawesome'
import { CircleCheck, CircleDashed, CircleX, Ellipsis, FlaskConical, Pencil, Stethoscope, Trash2, TriangleAlert } from 'lucide-react'
import type { TFunction } from 'i18next'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Channel, type ChannelTest, useTestChannel } from '@/api/channels'
import { Code, CopyButton, PhoneText } from '@/components/text-bits'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { toastError } from '@/lib/errors'
import { formatNumber } from '@/lib/format'
import { say } from '@/lib/said'
import { cn } from '@/lib/utils'
import { HeldNotice } from '@/components/held-notice'

const STATUS = {
  connected: { variant: 'success', icon: CircleCheck },
  attention: { variant: 'warning', icon: TriangleAlert },
  untested: { variant: 'secondary', icon: CircleDashed },
} as const

export function ChannelCard({ channel, onEdit, onDelete }: { channel: Channel; onEdit?: () => void; onDelete?: () => void }) {
  const { t } = useTranslation()
  const test = useTestChannel()
  const testButton = useRef<HTMLButtonElement>(null)
  const { variant, icon: StatusIcon } = STATUS[channel.status]
  return (
    <Card className="flex h-full flex-col" aria-label={channel.name}>
      <div className="flex items-start gap-3.5 p-5 pb-4">
        <span className="grid size-10 shrink-0 place-items-center rounded-xl bg-primary-soft text-primary-soft-foreground">
          <FontAwesomeIcon icon={faWhatsapp} className="text-[1.25rem]" aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <h2 dir="auto" className="align-ui line-clamp-2 text-[0.9375rem] leading-snug font-semibold tracking-tight wrap-anywhere">{channel.name}</h2>
          <p className="text-sm text-muted-foreground">
            {channel.display_phone_number ? <PhoneText phone={channel.display_phone_number} /> : t('numbers.phoneUnknown')}
          </p>
        </div>
        <Badge variant={variant} data-status={channel.status}>
          <StatusIcon aria-hidden />
          {t(`numbers.status.${channel.status}`)}
        </Badge>
        {(onEdit ?? onDelete) && (
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="ghost" size="icon-sm" className="-me-2 -mt-1.5 text-muted-foreground" aria-label={t('numbers.actions', { name: channel.name })}><Ellipsis aria-hidden /></Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end">
              <DropdownMenuItem onSelect={onEdit}><Pencil aria-hidden />{t('common.edit')}</DropdownMenuItem>
              <DropdownMenuItem variant="destructive" onSelect={onDelete}><Trash2 aria-hidden />{t('numbers.delete')}</DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        )}
      </div>
      {channel.status_reason && channel.status !== 'connected' && channel.status_reason !== (channel.held ?? channel.restricted)?.reason && (
        <p className="mx-5 mb-4 rounded-lg bg-warning-soft px-3 py-2 text-[0.8125rem] text-warning-soft-foreground">{say(channel.status_terms, channel.status_reason)}</p>
      )}
      <HeldNotice channel={channel} className="mx-5 mb-4" onResumed={() => testButton.current?.focus()} />
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 border-t px-5 py-4 text-[0.8125rem]">
        <Fact label={t('numbers.kind')}>
          <span className="inline-flex items-center gap-1.5">
            {channel.kind === 'simulated' ? <FlaskConical className="size-3.5 text-muted-foreground" aria-hidden /> : <FontAwesomeIcon icon={faMeta} className="text-muted-foreground" aria-hidden />}
            {t(`numbers.kinds.${channel.kind}`)}
          </span>
        </Fact>
        <Fact label={t('numbers.verifiedName')}>
          <bdi>{channel.verified_name ?? '—'}</bdi>
          {channel.name_status && <Word of="nameStatus" word={channel.name_status} />}
        </Fact>
        <Fact label={t('numbers.quality')}><Quality rating={channel.quality_rating} /></Fact>
        <Fact label={t('numbers.limit')}>{limitWords(channel.messaging_limit, t)}</Fact>
        <Fact label={t('numbers.throughput')}>{channel.throughput ? t('numbers.perSecond', { n: formatNumber(channel.throughput) }) : '—'}</Fact>
        <Fact label={t('numbers.phoneStatus')}>{channel.phone_status ? t(`numbers.phoneStatuses.${channel.phone_status.toLowerCase()}`, { defaultValue: sentenceCase(channel.phone_status) }) : '—'}</Fact>
        <Fact label={t('numbers.phoneNumberId')}><Code className="px-1">{channel.phone_number_id}</Code></Fact>
        <div className="col-span-2 min-w-0">
          <dt className="mb-0.5 text-xs text-muted-foreground">{t('numbers.webhook')}</dt>
          <dd className="flex min-w-0 items-center gap-1">
            <span dir="ltr" className="min-w-0 flex-1 truncate font-mono text-xs text-start rtl:text-end">{channel.webhook_url}</span>
            <CopyButton value={channel.webhook_url} label={t('numbers.copyWebhook')} />
          </dd>
        </div>
      </dl>
      <div className="mt-auto flex flex-wrap items-center gap-2 border-t px-5 py-3">
        <Button ref={testButton} variant="outline" size="sm" loading={test.isPending} onClick={() => test.mutate(channel.id, { onError: toastError })}>
          {!test.isPending && <Stethoscope aria-hidden />}
          {t('numbers.test')}
        </Button>
        {onEdit && <Button variant="ghost" size="sm" onClick={onEdit}>{t('common.edit')}</Button>}
      </div>
      {test.data && <div className="border-t px-5 py-4"><Checks result={test.data} /></div>}
    </Card>
  )
}

/** Colour and word: red alone would say nothing to some. */
function Quality({ rating }: { rating?: string }) {
  const { t } = useTranslation()
  if (!rating) return <>—</>
  const tone = { green: 'bg-primary', yellow: 'bg-warning', red: 'bg-destructive' }[rating.toLowerCase()] ?? 'bg-muted-foreground'
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className={cn('size-2 rounded-full', tone)} aria-hidden />
      {t(`numbers.ratings.${rating.toLowerCase()}`, { defaultValue: sentenceCase(rating) })}
    </span>
  )
}

function Word({ of, word }: { of: 'nameStatus'; word: string }) {
  const { t } = useTranslation()
  return <span className="block text-xs text-muted-foreground">{t(`numbers.${of}.${word.toLowerCase()}`, { defaultValue: sentenceCase(word) })}</span>
}

/** WhatsApp's limit is of people written to first, in a day, by all numbers of the business together. */
const limitWords = (limit: number | undefined, t: TFunction) => (limit === undefined ? '—' : limit < 0 ? t('numbers.noLimit') : t('numbers.peopleADay', { n: formatNumber(limit) }))

/** A word of WhatsApp's that is not known here, at least not shouted: PENDING_REVIEW is "Pending review". */
const sentenceCase = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase().replace(/_/g, ' ')

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="mb-0.5 text-xs text-muted-foreground">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

/** What was looked at, what was found, what to do about it. */
export function Checks({ result }: { result: ChannelTest }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="space-y-3">
      <p className="text-[0.8125rem] font-medium">{t(result.ok ? 'numbers.testOk' : 'numbers.testFailed')}</p>
      <ul className="space-y-2.5">
        {result.checks.map((check) => (
          <li key={check.name} className="flex gap-2.5 text-[0.8125rem]">
            {check.ok ? <CircleCheck className="mt-0.5 size-4 shrink-0 text-primary" aria-hidden /> : <CircleX className="mt-0.5 size-4 shrink-0 text-destructive" aria-hidden />}
            <div className="min-w-0 wrap-anywhere">
              <p>
                <span className="font-medium">{t(`numbers.checks.${check.name}`, { defaultValue: check.name })}</span>
                <span className="sr-only">: {t(check.ok ? 'numbers.passed' : 'numbers.failed')}</span>
                <span className="text-muted-foreground"> {say(check.message_terms, check.message)}</span>
              </p>
              {check.remedy && <p className="mt-0.5">{say(check.remedy_terms, check.remedy)}</p>}
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}
