import { faMeta } from '@fortawesome/free-brands-svg-icons'
import { FontAwesomeIcon } from '@fortawesome/react-fontawesome'
import type { TFunction } from 'i18next'
import { FlaskConical } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Channel } from '@/api/channels'
import { formatNumber } from '@/lib/format'
import { cn } from '@/lib/utils'

/** A word of WhatsApp's that is not known here is at least not shouted: PENDING_REVIEW is "Pending review". */
const sentenceCase = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase().replace(/_/g, ' ')

/** Colour and word: red alone would say nothing to some. */
export function Quality({ rating }: { rating?: string }) {
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

export function Kind({ channel }: { channel: Channel }) {
  const { t } = useTranslation()
  return (
    <span className="inline-flex items-center gap-1.5">
      {channel.kind === 'simulated' ? <FlaskConical className="size-3.5 text-muted-foreground" aria-hidden /> : <FontAwesomeIcon icon={faMeta} className="text-muted-foreground" aria-hidden />}
      {t(`numbers.kinds.${channel.kind}`)}
    </span>
  )
}

/** WhatsApp's limit is of people written to first, in a day, by all numbers of the business together. */
export const limitWords = (limit: number | undefined, t: TFunction) => (limit === undefined ? '—' : limit < 0 ? t('numbers.noLimit') : t('numbers.peopleADay', { n: formatNumber(limit) }))

export const throughputWords = (throughput: number | undefined, t: TFunction) => (throughput ? t('numbers.perSecond', { n: formatNumber(throughput) }) : '—')

export const phoneStatusWords = (status: string | undefined, t: TFunction) => (status ? t(`numbers.phoneStatuses.${status.toLowerCase()}`, { defaultValue: sentenceCase(status) }) : '—')

export const nameStatusWords = (status: string, t: TFunction) => t(`numbers.nameStatus.${status.toLowerCase()}`, { defaultValue: sentenceCase(status) })
