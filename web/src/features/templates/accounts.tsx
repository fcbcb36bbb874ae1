import { LoaderCircle, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Channel, useChannels } from '@/api/channels'
import { type TemplateAccount, useTemplateAccounts } from '@/api/templates'
import { TimeText } from '@/components/text-bits'
import { isolated, timeAgo } from '@/lib/format'
import { useNow } from '@/lib/hooks'
import { say } from '@/lib/said'
import { useCan } from '@/lib/session'

/** An account in words: by the names of its numbers. */
export const accountName = (channels: Channel[], wabaId: string) => channels.filter((channel) => channel.waba_id === wabaId).map((channel) => channel.name).join(', ') || wabaId

export function useKnownChannels(): Channel[] {
  const { can, module } = useCan()
  return useChannels(module('channels') && can('channels:read')).data ?? NONE
}
const NONE: Channel[] = []

/** How true the copy is: of each account how many there are and when it was last compared, or why it cannot be. */
export function Accounts() {
  const { t } = useTranslation()
  const accounts = useTemplateAccounts().data
  const channels = useKnownChannels()
  useNow(30_000)
  if (!accounts?.length) return null
  const troubled = accounts.filter((account) => account.problem)
  return (
    <div className="mb-4 space-y-2">
      <ul aria-label={t('templates.sync.state')} className="flex flex-wrap gap-x-5 gap-y-1 text-[0.8125rem] text-muted-foreground">
        {accounts.map((account) => (
          <li key={account.waba_id} data-account={account.waba_id} data-syncing={account.syncing} className="flex items-center gap-1.5">
            {account.syncing && <LoaderCircle className="size-3.5 animate-spin" aria-hidden />}
            <span>
              {accounts.length > 1 && <><bdi className="font-medium text-foreground">{accountName(channels, account.waba_id)}</bdi>{': '}</>}
              {t('templates.sync.count', { count: account.templates })}
              {' · '}
              <SyncState account={account} />
            </span>
          </li>
        ))}
      </ul>
      {troubled.map((account) => (
        <div key={account.waba_id} role="status" className="flex items-start gap-2.5 rounded-lg bg-warning-soft px-3 py-2.5 text-[0.8125rem] text-warning-soft-foreground">
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <div className="min-w-0">
            <p className="font-semibold">{t('templates.sync.failed', { name: isolated(accountName(channels, account.waba_id)) })}</p>
            <p className="wrap-anywhere">{say(account.problem_terms, account.problem)}</p>
            {account.synced_at && <p>{t('templates.sync.stale', { ago: timeAgo(account.synced_at) })}</p>}
          </div>
        </div>
      ))}
    </div>
  )
}

function SyncState({ account }: { account: TemplateAccount }) {
  const { t } = useTranslation()
  if (account.syncing) return <>{t('templates.sync.running')}</>
  if (!account.synced_at) return <>{t('templates.sync.never')}</>
  return <TimeText iso={account.synced_at}>{t('templates.sync.at', { ago: timeAgo(account.synced_at) })}</TimeText>
}
