import { CircleHelp, Megaphone, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Carried, safeLink } from '@/lib/content'
import { list, record, text } from '@/lib/utils'
import { Labelled, RawDetails } from './bits'

/** What WhatsApp says it cannot pass on: what it was, when it says so, and what to ask for instead. */
export function Unsupported({ message }: { message: Carried }) {
  const { t } = useTranslation()
  const content = record(message.content)
  const why = record(record(message).unsupported)
  const kind = text(why.type) ?? text(record(content.unsupported).type) ?? text(content.type)
  const details = Object.keys(why).length > 0 ? { ...why, advice: undefined } : list(content.errors).length > 0 ? content.errors : undefined
  return (
    <span className="flex items-start gap-2">
      <TriangleAlert className="mt-0.5 size-4 shrink-0 opacity-70" aria-hidden />
      <span className="min-w-0">
        <span className="block">{kind ? t(`kinds.notPassed.${kind}`, { defaultValue: t('kinds.unsupported') }) : t('kinds.unsupported')}</span>
        <span className="block text-xs opacity-75">{t('kinds.unsupportedAdvice')}</span>
        {details !== undefined && <RawDetails value={details} />}
      </span>
    </span>
  )
}

/** A type newer than this program: it says so, and shows what came. */
export function UnknownKind({ message }: { message: Carried }) {
  const { t } = useTranslation()
  return (
    <span className="block">
      <Labelled icon={CircleHelp} label={t('kinds.unknown')} hint={t('kinds.unknownHint', { type: message.type })} />
      <RawDetails value={message.content} />
    </span>
  )
}

/** The ad or post that brought the customer here. */
export function ReferralCard({ referral }: { referral: Record<string, unknown> }) {
  const { t } = useTranslation()
  const link = safeLink(referral.source_url)
  const picture = safeLink(referral.image_url) ?? safeLink(referral.thumbnail_url)
  const inside = (
    <>
      {picture && <img src={picture} alt="" loading="lazy" referrerPolicy="no-referrer" onError={(e) => (e.currentTarget.hidden = true)} className="size-16 shrink-0 object-cover" />}
      <span className="min-w-0 px-2.5 py-1.5 text-xs">
        <span className="flex items-center gap-1 opacity-75"><Megaphone className="flip-rtl size-3" aria-hidden />{t(referral.source_type === 'post' ? 'kinds.fromPost' : 'kinds.fromAd')}</span>
        {text(referral.headline) && <span dir="auto" className="align-ui block truncate font-medium">{text(referral.headline)}</span>}
        {text(referral.body) && <span dir="auto" className="align-ui line-clamp-2 opacity-80">{text(referral.body)}</span>}
      </span>
    </>
  )
  const look = 'mb-1.5 flex w-72 max-w-full items-stretch overflow-hidden rounded-lg border border-foreground/10 bg-foreground/4 text-start'
  return link ? <a href={link} target="_blank" rel="noreferrer noopener" className={`${look} hover:bg-foreground/8`}>{inside}</a> : <span className={look}>{inside}</span>
}
