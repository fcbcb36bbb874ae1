import { Ellipsis, Pencil, SearchX, Stethoscope, Trash2 } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'wouter'
import { type Channel, useChannels, useTestChannel } from '@/api/channels'
import { HealthBadge } from '@/components/health-badge'
import { HeldNotice } from '@/components/held-notice'
import { NumberProblems } from '@/components/number-problems'
import { SettingsPage } from '@/components/settings-page'
import { EmptyState, ErrorState } from '@/components/states'
import { Code, CopyButton, PhoneText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { Skeleton } from '@/components/ui/skeleton'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'
import { toastError } from '@/lib/errors'
import { formatDateTime } from '@/lib/format'
import { healthOf, problemsOf } from '@/lib/channel-health'
import { useCan } from '@/lib/session'
import { AccountTimeline } from './account-timeline'
import { Checks } from './checks'
import { DisconnectDialog } from './disconnect-dialog'
import { EditSheet } from './edit-sheet'
import { Kind, limitWords, nameStatusWords, phoneStatusWords, Quality, throughputWords } from './facts'

const TABS = ['health', 'connection', 'activity'] as const

/** One number: how it is, how it is connected, what WhatsApp said about it. */
export default function NumberPage({ channelId }: { channelId: string }) {
  const { t } = useTranslation()
  const channels = useChannels()
  const channel = channels.data?.find(({ id }) => id === channelId)
  const back = { href: '/settings/numbers', label: t('numbers.title') }
  if (channel) return <Inside channel={channel} back={back} />
  return (
    <SettingsPage title={t('numbers.one')} back={back}>
      {channels.isPending ? (
        <Skeleton className="h-56 rounded-xl" />
      ) : channels.error ? (
        <ErrorState error={channels.error} onRetry={() => void channels.refetch()} />
      ) : (
        <EmptyState icon={SearchX} title={t('numbers.goneTitle')} body={t('numbers.goneBody')} />
      )}
    </SettingsPage>
  )
}

function Inside({ channel, back }: { channel: Channel; back: { href: string; label: string } }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [params, setParams] = useSearchParams()
  const manage = useCan().can('channels:manage')
  const [editing, setEditing] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const asked = params.get('tab')
  const tab = TABS.find((name) => name === asked) ?? 'health'
  return (
    <SettingsPage
      title={channel.name}
      heading={<bdi>{channel.name}</bdi>}
      back={back}
      description={
        <span className="flex flex-wrap items-center gap-2">
          {channel.display_phone_number ? <PhoneText phone={channel.display_phone_number} /> : t('numbers.phoneUnknown')}
          <HealthBadge health={healthOf(channel)} />
        </span>
      }
      actions={manage && (
        <>
          <Button variant="outline" onClick={() => setEditing(true)}><Pencil aria-hidden />{t('common.edit')}</Button>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="outline" size="icon" aria-label={t('table.actionsFor', { name: channel.name })}><Ellipsis aria-hidden /></Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end">
              <DropdownMenuItem variant="destructive" onSelect={() => setDeleting(true)}><Trash2 aria-hidden />{t('numbers.delete')}</DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        </>
      )}
    >
      <Tabs value={tab} onValueChange={(next) => setParams(next === 'health' ? {} : { tab: next }, { replace: true })}>
        <TabsList aria-label={t('numbers.about')}>{TABS.map((name) => <TabsTrigger key={name} value={name} className="pointer-coarse:h-11">{t(`numbers.tabs.${name}`)}</TabsTrigger>)}</TabsList>
        <TabsContent value="health" className="mt-4"><HealthTab channel={channel} manage={manage} testNow={params.has('test')} /></TabsContent>
        <TabsContent value="connection" className="mt-4"><ConnectionTab channel={channel} manage={manage} /></TabsContent>
        <TabsContent value="activity"><AccountTimeline channels={[channel]} only={channel} /></TabsContent>
      </Tabs>
      <EditSheet channel={editing ? channel : undefined} onClose={() => setEditing(false)} />
      <DisconnectDialog channel={deleting ? channel : undefined} onClose={() => setDeleting(false)} onDone={() => navigate(back.href, { replace: true })} />
    </SettingsPage>
  )
}

function HealthTab({ channel, manage, testNow }: { channel: Channel; manage: boolean; testNow: boolean }) {
  const { t } = useTranslation()
  const test = useTestChannel()
  const button = useRef<HTMLButtonElement>(null)
  const { mutate } = test
  const begun = useRef(false)
  useEffect(() => {
    if (!testNow || !manage || begun.current) return
    begun.current = true
    mutate(channel.id, { onError: toastError })
  }, [testNow, manage, channel.id, mutate])
  return (
    <div className="space-y-4">
      <HeldNotice channel={channel} onResumed={() => button.current?.focus()} />
      <NumberProblems channel={channel} problems={problemsOf(channel).filter((problem) => problem !== 'held' && problem !== 'restricted')} />
      <Card>
        <Facts>
          <Fact label={t('numbers.quality')}><Quality rating={channel.quality_rating} /></Fact>
          <Fact label={t('numbers.phoneStatus')}>{phoneStatusWords(channel.phone_status, t)}</Fact>
          <Fact label={t('numbers.limit')}>{limitWords(channel.messaging_limit, t)}</Fact>
          <Fact label={t('numbers.throughput')}>{throughputWords(channel.throughput, t)}</Fact>
          <Fact label={t('numbers.verifiedName')}>
            <bdi>{channel.verified_name ?? '—'}</bdi>
            {channel.name_status && <span className="block text-xs text-muted-foreground">{nameStatusWords(channel.name_status, t)}</span>}
          </Fact>
        </Facts>
      </Card>
      {manage && (
        <Card className="space-y-4 p-5">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <div className="min-w-0">
              <h2 className="text-[0.9375rem] font-semibold tracking-tight">{t('numbers.test')}</h2>
              <p className="text-[0.8125rem] text-muted-foreground">{t('numbers.testHint')}</p>
            </div>
            <Button ref={button} variant="outline" loading={test.isPending} onClick={() => mutate(channel.id, { onError: toastError })}>
              {!test.isPending && <Stethoscope aria-hidden />}
              {t(test.data ? 'numbers.testAgain' : 'numbers.test')}
            </Button>
          </div>
          {test.data && <Checks result={test.data} />}
        </Card>
      )}
    </div>
  )
}

function ConnectionTab({ channel, manage }: { channel: Channel; manage: boolean }) {
  const { t } = useTranslation()
  const kept = (there: boolean) => t(there ? 'numbers.secretStored' : 'numbers.secretMissing')
  return (
    <Card>
      <Facts>
        <Fact label={t('numbers.kind')}><Kind channel={channel} /></Fact>
        <Fact label={t('numbers.connectedOn')}>{formatDateTime(channel.created_at)}</Fact>
        <Fact label={t('numbers.phoneNumberId')}><Code className="px-1">{channel.phone_number_id}</Code></Fact>
        <Fact label={t('numbers.wabaId')}><Code className="px-1">{channel.waba_id}</Code></Fact>
        {/* Addresses and secrets are for those who set it up. */}
        {manage && (
          <>
            <Fact label={t('numbers.accessToken')}>{kept(channel.has_access_token)}</Fact>
            <Fact label={t('numbers.appSecret')}>{kept(channel.has_app_secret)}</Fact>
            <Fact label={t('numbers.verifyToken')}>{kept(channel.has_verify_token)}</Fact>
            <div className="min-w-0 sm:col-span-2">
              <dt className="mb-0.5 text-xs text-muted-foreground">{t('numbers.webhook')}</dt>
              <dd className="flex min-w-0 items-center gap-1">
                <span dir="ltr" data-webhook-url className="min-w-0 font-mono text-xs break-all">{channel.webhook_url}</span>
                <CopyButton value={channel.webhook_url} label={t('numbers.copyWebhook')} />
              </dd>
            </div>
          </>
        )}
      </Facts>
    </Card>
  )
}

function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-1 gap-x-6 gap-y-4 p-5 text-[0.8125rem] sm:grid-cols-2">{children}</dl>
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="mb-0.5 text-xs text-muted-foreground">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}
