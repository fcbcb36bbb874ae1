import { ExternalLink, Stethoscope, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Channel } from '@/api/channels'
import { isolated } from '@/lib/format'
import { say } from '@/lib/said'
import type { Problem } from '@/lib/channel-health'
import { useCan } from '@/lib/session'
import { HeldNotice } from './held-notice'
import { Button } from './ui/button'

const MANAGER = 'https://business.facebook.com/latest/whatsapp_manager/phone_numbers'

/** What is wrong with a number: a card each, with the button that mends it for those who may. */
export function NumberProblems({ channel, problems }: { channel: Channel; problems: Problem[] }) {
  if (problems.length === 0) return null
  return (
    <ul className="space-y-3">
      {problems.map((problem) => (
        <li key={problem}>
          {problem === 'held' || problem === 'restricted' ? <HeldNotice channel={channel} named /> : <ProblemCard channel={channel} problem={problem} />}
        </li>
      ))}
    </ul>
  )
}

function ProblemCard({ channel, problem }: { channel: Channel; problem: Exclude<Problem, 'held' | 'restricted'> }) {
  const { t } = useTranslation()
  const { can } = useCan()
  const name = isolated(channel.name)
  const tests = problem === 'connection' || problem === 'untested'
  const body = problem === 'connection' && channel.status_reason ? say(channel.status_terms, channel.status_reason) : t(`problems.${problem}.body`)
  return (
    <div data-problem={problem} className="flex items-start gap-2.5 rounded-lg bg-warning-soft px-3 py-2.5 text-[0.8125rem] text-warning-soft-foreground">
      <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 space-y-0.5">
        <p className="font-semibold">{t(`problems.${problem}.title`, { name })}</p>
        <p className="wrap-anywhere">{body}</p>
        {!can('channels:manage') ? (
          <p>{t('problems.askAdmin')}</p>
        ) : tests ? (
          <Button asChild variant="outline" size="sm" className="mt-1.5">
            <Link href={`/settings/numbers/${channel.id}?test`}><Stethoscope aria-hidden />{t('problems.test')}</Link>
          </Button>
        ) : (
          <Button asChild variant="outline" size="sm" className="mt-1.5">
            <a href={MANAGER} target="_blank" rel="noreferrer"><ExternalLink aria-hidden />{t('problems.openManager')}<span className="sr-only">{t('common.newTab')}</span></a>
          </Button>
        )}
      </div>
    </div>
  )
}
