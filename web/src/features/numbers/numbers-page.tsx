import { Pencil, Phone, Plus, Stethoscope, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { type Channel, useChannels, useTestChannel } from '@/api/channels'
import { type Batch, BatchDialog } from '@/components/batch'
import { HealthBadge } from '@/components/health-badge'
import { SettingsPage } from '@/components/settings-page'
import { EmptyState, ErrorState } from '@/components/states'
import type { RowAction, TableColumn, TableFilter } from '@/components/table/columns'
import { DataTable } from '@/components/table/data-table'
import { TableSkeleton } from '@/components/table/table-skeleton'
import { useTableState } from '@/components/table/use-table-state'
import { Code, PhoneText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { healthOf } from '@/lib/channel-health'
import { useCan } from '@/lib/session'
import { AccountTimeline } from './account-timeline'
import { DisconnectDialog } from './disconnect-dialog'
import { EditSheet } from './edit-sheet'
import { Kind, limitWords, nameStatusWords, phoneStatusWords, Quality, throughputWords } from './facts'

const HEALTHS = ['connected', 'attention', 'replies', 'paused', 'untested'] as const
const QUALITY_ORDER = ['GREEN', 'YELLOW', 'RED']

export default function NumbersPage() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const { can, simulator } = useCan()
  const manage = can('channels:manage')
  const channels = useChannels()
  const test = useTestChannel()
  const [editing, setEditing] = useState<Channel>()
  const [deleting, setDeleting] = useState<Channel>()
  const [batch, setBatch] = useState<Batch<Channel>>()
  const state = useTableState('numbers', ['health', 'kind'])
  const connect = manage && (
    <Button asChild>
      <Link href="/settings/numbers/connect"><Plus aria-hidden />{t('common.connectNumber')}</Link>
    </Button>
  )

  const columns = useMemo<TableColumn<Channel>[]>(
    () => [
      {
        id: 'name',
        header: t('numbers.name'),
        names: true,
        sortBy: (channel) => channel.name,
        cell: (channel) => (
          <Link href={`/settings/numbers/${channel.id}`} className="block rounded-sm underline-offset-2 hover:underline">
            <span dir="auto" className="align-ui block">{channel.name}</span>
            <span className="block text-xs font-normal text-muted-foreground">{channel.display_phone_number ? <PhoneText phone={channel.display_phone_number} /> : t('numbers.phoneUnknown')}</span>
          </Link>
        ),
      },
      { id: 'health', header: t('numbers.state'), sortBy: (channel) => HEALTHS.indexOf(healthOf(channel)), cell: (channel) => <HealthBadge health={healthOf(channel)} /> },
      { id: 'quality', header: t('numbers.quality'), sortBy: (channel) => QUALITY_ORDER.indexOf(channel.quality_rating?.toUpperCase() ?? '') + 1 || undefined, cell: (channel) => <Quality rating={channel.quality_rating} /> },
      { id: 'limit', header: t('numbers.limit'), sortBy: (channel) => (channel.messaging_limit === -1 ? Infinity : channel.messaging_limit), cell: (channel) => limitWords(channel.messaging_limit, t) },
      { id: 'kind', header: t('numbers.kind'), extra: true, sortBy: (channel) => channel.kind, cell: (channel) => <Kind channel={channel} /> },
      {
        id: 'verified',
        header: t('numbers.verifiedName'),
        extra: true,
        sortBy: (channel) => channel.verified_name,
        cell: (channel) => (
          <>
            <bdi>{channel.verified_name ?? '—'}</bdi>
            {channel.name_status && <span className="block text-xs text-muted-foreground">{nameStatusWords(channel.name_status, t)}</span>}
          </>
        ),
      },
      { id: 'throughput', header: t('numbers.throughput'), extra: true, sortBy: (channel) => channel.throughput, cell: (channel) => throughputWords(channel.throughput, t) },
      { id: 'phone', header: t('numbers.phoneStatus'), extra: true, sortBy: (channel) => channel.phone_status, cell: (channel) => phoneStatusWords(channel.phone_status, t) },
      { id: 'phoneId', header: t('numbers.phoneNumberId'), extra: true, cell: (channel) => <Code className="px-1">{channel.phone_number_id}</Code> },
    ],
    [t],
  )
  const filters: TableFilter<Channel>[] = [
    { id: 'health', label: t('numbers.state'), options: HEALTHS.map((value) => ({ value, label: t(`health.${value}`) })), test: (channel, value) => healthOf(channel) === value },
    { id: 'kind', label: t('numbers.kind'), options: (['cloud_api', 'simulated'] as const).map((value) => ({ value, label: t(`numbers.kinds.${value}`) })), test: (channel, value) => channel.kind === value },
  ]
  const testAll = (items: Channel[], clear: () => void) =>
    setBatch({
      items,
      title: t('numbers.test'),
      label: t('numbers.testing'),
      question: t('numbers.testMany', { count: items.length }),
      action: t('numbers.test'),
      nameOf: (channel) => channel.name,
      run: (channel) => test.mutateAsync(channel.id),
      onDone: clear,
    })
  const actions = (channel: Channel): RowAction[] => [
    { label: t('numbers.test'), icon: Stethoscope, run: () => navigate(`/settings/numbers/${channel.id}?test`) },
    { label: t('common.edit'), icon: Pencil, run: () => setEditing(channel) },
    { label: t('numbers.delete'), icon: Trash2, destructive: true, run: () => setDeleting(channel) },
  ]

  return (
    <SettingsPage title={t('numbers.title')} description={t('numbers.lead')} actions={!!channels.data?.length && connect}>
      {channels.isPending ? (
        <TableSkeleton />
      ) : channels.error && !channels.data ? (
        <ErrorState error={channels.error} onRetry={() => void channels.refetch()} />
      ) : channels.data?.length === 0 ? (
        <EmptyState icon={Phone} title={t('numbers.emptyTitle')} body={t(simulator ? 'numbers.emptyBodySimulator' : 'numbers.emptyBody')} action={connect} className="flex-1" />
      ) : (
        <DataTable
          state={state}
          label={t('numbers.title')}
          columns={columns}
          rows={channels.data ?? []}
          nameOf={(channel) => channel.name}
          filters={filters}
          actions={manage ? actions : undefined}
          selection={manage ? {
            words: (count) => t('numbers.selected', { count }),
            bar: (rows, clear) => <Button size="sm" variant="outline" onClick={() => testAll(rows, clear)}><Stethoscope aria-hidden />{t('numbers.test')}</Button>,
          } : undefined}
        />
      )}
      {!!channels.data?.length && <AccountTimeline channels={channels.data} />}
      <EditSheet channel={editing} onClose={() => setEditing(undefined)} />
      <DisconnectDialog channel={deleting} onClose={() => setDeleting(undefined)} />
      <BatchDialog batch={batch} onClose={() => setBatch(undefined)} />
    </SettingsPage>
  )
}
