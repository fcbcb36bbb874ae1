import type { TFunction } from 'i18next'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type ApiKey, useApiKeys, usePermissions, useRevokeApiKey } from '@/api/api-keys'
import { rows } from '@/api/page'
import { type Batch, BatchDialog } from '@/components/batch'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { SettingsPage } from '@/components/settings-page'
import { EmptyState, ErrorState } from '@/components/states'
import type { TableColumn, TableFilter } from '@/components/table/columns'
import { DataTable } from '@/components/table/data-table'
import { TableSkeleton } from '@/components/table/table-skeleton'
import { useTableState } from '@/components/table/use-table-state'
import { Code, TimeText } from '@/components/text-bits'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { toastError } from '@/lib/errors'
import { formatDate, isolated, timeAgo } from '@/lib/format'
import { useCan } from '@/lib/session'
import { ApiKeyDialog } from './api-key-dialog'
import { permissionWords } from './permissions'
import { QuickStart } from './quick-start'

const isExpired = (key: ApiKey) => key.expires_at !== undefined && Date.parse(key.expires_at) < Date.now()
const STATES: Record<string, (key: ApiKey) => boolean> = {
  active: (key) => !isExpired(key),
  unused: (key) => !key.last_used_at,
  expired: isExpired,
}

export default function KeysPage() {
  const { t } = useTranslation()
  const manage = useCan().can('api_keys:manage')
  const query = useApiKeys()
  const revoke = useRevokeApiKey()
  const permissions = usePermissions().data
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiKey>()
  const [batch, setBatch] = useState<Batch<ApiKey>>()
  const state = useTableState('keys', ['state'])
  const items = useMemo(() => rows(query.data), [query.data])
  const create = manage && (
    <Button onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t('apiKeys.create')}
    </Button>
  )
  const columns = useMemo<TableColumn<ApiKey>[]>(
    () => [
      {
        id: 'name',
        header: t('apiKeys.name'),
        names: true,
        sortBy: (key) => key.name,
        cell: (key) => (
          <>
            <span className="flex flex-wrap items-center gap-2">
              <bdi>{key.name}</bdi>
              {isExpired(key) && <Badge variant="destructive">{t('apiKeys.expired')}</Badge>}
            </span>
            <Code className="mt-0.5 inline-block font-normal text-muted-foreground">{`${key.prefix}…`}</Code>
          </>
        ),
      },
      { id: 'scopes', header: t('apiKeys.scopes'), sortBy: (key) => key.scopes.length, cell: (key) => <Scopes scopes={key.scopes} all={permissions?.map(({ name }) => name)} /> },
      { id: 'used', header: t('apiKeys.used'), sortBy: (key) => key.last_used_at, cell: (key) => (key.last_used_at ? <TimeText iso={key.last_used_at}>{timeAgo(key.last_used_at)}</TimeText> : t('apiKeys.neverUsed')) },
      { id: 'expires', header: t('apiKeys.expiry'), sortBy: (key) => key.expires_at, cell: (key) => (key.expires_at ? formatDate(key.expires_at) : t('apiKeys.never')) },
      { id: 'created', header: t('apiKeys.created'), extra: true, sortBy: (key) => key.created_at, cell: (key) => formatDate(key.created_at) },
      { id: 'by', header: t('apiKeys.createdBy'), extra: true, sortBy: (key) => key.created_by.name, cell: (key) => makerWords(key.created_by, t) },
    ],
    [t, permissions],
  )
  const filters: TableFilter<ApiKey>[] = [
    { id: 'state', label: t('apiKeys.state'), options: Object.keys(STATES).map((value) => ({ value, label: t(`apiKeys.states.${value}`) })), test: (key, value) => STATES[value]?.(key) ?? true },
  ]
  const revokeMany = (keys: ApiKey[], clear: () => void) =>
    setBatch({
      items: keys,
      title: t('apiKeys.revokeMany', { count: keys.length }),
      question: t('apiKeys.revokeBody'),
      label: t('apiKeys.revoking'),
      action: t('apiKeys.revoke'),
      destructive: true,
      nameOf: (key) => key.name,
      run: (key) => revoke.mutateAsync(key.id),
      onDone: clear,
    })

  return (
    <SettingsPage title={t('apiKeys.title')} description={t('apiKeys.lead')} actions={items.length > 0 && create}>
      {query.isPending ? (
        <TableSkeleton />
      ) : query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        <EmptyState icon={KeyRound} title={t('apiKeys.emptyTitle')} body={t('apiKeys.emptyBody')} action={create} className="py-10" />
      ) : (
        <DataTable
          state={state}
          label={t('apiKeys.title')}
          columns={columns}
          rows={items}
          nameOf={(key) => key.name}
          filters={filters}
          more={query}
          actions={manage ? (key) => [{ label: t('apiKeys.revoke'), icon: Trash2, destructive: true, run: () => setRevoking(key) }] : undefined}
          selection={manage ? {
            words: (count) => t('apiKeys.selected', { count }),
            bar: (keys, clear) => <Button size="sm" variant="outline" className="text-destructive" onClick={() => revokeMany(keys, clear)}><Trash2 aria-hidden />{t('apiKeys.revoke')}</Button>,
          } : undefined}
        />
      )}
      <div className="mt-8"><QuickStart /></div>
      <ApiKeyDialog open={creating} onOpenChange={setCreating} />
      <BatchDialog batch={batch} onClose={() => setBatch(undefined)} />
      <ConfirmDialog
        open={!!revoking}
        onOpenChange={(open) => !open && setRevoking(undefined)}
        title={t('apiKeys.revokeTitle', { name: revoking?.name })}
        body={revoking?.made_keys ? `${t('apiKeys.revokeBody')} ${t('apiKeys.revokeMade', { count: revoking.made_keys })}` : t('apiKeys.revokeBody')}
        action={t('apiKeys.revoke')}
        loading={revoke.isPending}
        onConfirm={() =>
          revoking &&
          revoke.mutate(revoking.id, {
            onSuccess: () => {
              toast.success(t('apiKeys.revoked', { name: revoking.name }))
              setRevoking(undefined)
            },
            onError: toastError,
          })
        }
      />
    </SettingsPage>
  )
}

/** Who made a key. The platform has no name, and a user who was removed may have none any more. */
function makerWords({ type, name }: ApiKey['created_by'], t: TFunction) {
  if (type === 'system') return t('apiKeys.byPlatform')
  if (!name) return t('apiKeys.byUnknown')
  return type === 'api_key' ? t('apiKeys.byKey', { who: isolated(name) }) : <bdi>{name}</bdi>
}

/** All, or the first two and how many more. */
function Scopes({ scopes, all }: { scopes: string[]; all?: string[] }) {
  const { t } = useTranslation()
  if (all && all.length > 0 && all.every((name) => scopes.includes(name))) return <>{t('apiKeys.allScopes')}</>
  const words = scopes.map((name) => permissionWords(name, t) ?? name)
  const rest = words.length - 2
  return (
    <span title={words.join('\n')}>
      {words.slice(0, 2).map((name) => <span key={name} className="block">{name}</span>)}
      {rest > 0 && <span className="block text-xs text-muted-foreground">{t('apiKeys.moreScopes', { count: rest })}</span>}
    </span>
  )
}
