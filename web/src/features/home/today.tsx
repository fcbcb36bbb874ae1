import { ChevronRight, MailCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useFigures } from '@/api/figures'
import { useUnreadTotal } from '@/api/conversations'
import { useUnreadConversations } from '@/api/setup'
import { Avatar } from '@/components/avatar'
import { EmptyState } from '@/components/states'
import { TimeText } from '@/components/text-bits'
import { Card } from '@/components/ui/card'
import { displayName, formatNumber, personSeed, timeAgo } from '@/lib/format'
import { localPreview } from '@/lib/preview'
import { cn } from '@/lib/utils'

/** How many conversations are shown; the inbox has all. */
const SHOWN = 5

/** Of the server's figures, in this order. */
const FIGURES = ['waiting', 'sent', 'delivered', 'failed'] as const

/** Today's figures, live, and the latest conversations with something unread. */
export function Today() {
  const { t } = useTranslation()
  const unread = useUnreadTotal(true)
  const figures = useFigures().data
  const conversations = useUnreadConversations(SHOWN).data
  if (conversations === undefined || unread.data === undefined) return null
  return (
    <section aria-labelledby="home-today">
      <h2 id="home-today" className="mb-3 text-[0.9375rem] font-semibold tracking-tight">{t('home.today')}</h2>
      <dl className="mb-4 grid grid-cols-2 gap-3 sm:grid-cols-5">
        <Figure name="unread" value={unread.data} />
        {figures && FIGURES.map((name) => <Figure key={name} name={name} value={figures[name]} />)}
      </dl>
      <Card>
        {conversations.length === 0 ? (
          <EmptyState icon={MailCheck} title={t('home.caughtUpTitle')} body={t('home.caughtUpBody')} className="py-10" />
        ) : (
          <ul aria-label={t('home.waiting')} className="divide-y">
            {conversations.map((conversation) => {
              const name = displayName(conversation.contact, t('person.unknown'))
              return (
                <li key={conversation.id}>
                  <Link href={`/inbox/${conversation.id}`} className="flex min-h-14 items-center gap-3 px-5 py-2.5 outline-offset-[-2px] hover:bg-accent/50">
                    <Avatar name={name} seed={personSeed(conversation.contact)} />
                    <span className="min-w-0 flex-1">
                      <span dir="auto" className="align-ui block truncate text-sm font-medium">{name}</span>
                      <span dir="auto" className="align-ui block truncate text-[0.8125rem] text-muted-foreground">{localPreview(conversation.preview ?? '')}</span>
                    </span>
                    <TimeText iso={conversation.last_at} className="shrink-0 text-xs text-muted-foreground">{timeAgo(conversation.last_at)}</TimeText>
                    <ChevronRight className="flip-rtl size-4 shrink-0 text-muted-foreground" aria-hidden />
                  </Link>
                </li>
              )
            })}
          </ul>
        )}
      </Card>
    </section>
  )
}

function Figure({ name, value }: { name: 'unread' | (typeof FIGURES)[number]; value: number }) {
  const { t } = useTranslation()
  return (
    <div data-figure={name} className="rounded-xl border bg-card px-4 py-3 shadow-xs">
      <dt className="text-xs text-muted-foreground">{t(`home.figures.${name}`)}</dt>
      <dd className={cn('tnum text-2xl font-semibold tracking-tight', name === 'failed' && value > 0 && 'text-destructive')}>{formatNumber(value)}</dd>
    </div>
  )
}
