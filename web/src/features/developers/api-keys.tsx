import type { TFunction } from 'i18next'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type ApiKey, useApiKeys, usePermissions, useRevokeApiKey } from '@/api/api-keys'
import { rows } from '@/api/page'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { EmptyState, ErrorState } from '@/components/states'
import { Code, TimeText } from '@/components/text-bits'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardDescription, CardTitle } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { toastError } from '@/lib/errors'
import { formatDate, isolated, timeAgo } from '@/lib/format'
import { ApiKeyDialog } from './api-key-dialog'

export function ApiKeys({ manage }: { manage: boolean }) {
  const { t } = useTranslation()
  const query = useApiKeys()
  const revoke = useRevokeApiKey()
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiKey>()
  const items = rows(query.data)
  const create = manage && (
    <Button size="sm" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t('apiKeys.create')}
    </Button>
  )
  return (
    <Card role="region" aria-labelledby="api-keys">
      <div className="flex flex-wrap items-start justify-between gap-3 px-5 py-4">
        <div className="space-y-0.5">
          <CardTitle id="api-keys">{t('apiKeys.title')}</CardTitle>
          <CardDescription>{t('apiKeys.lead')}</CardDescription>
        </div>
        {items.length > 0 && create}
      </div>
      <div className="border-t">
        {query.isPending ? (
          <div role="status" className="space-y-3 p-5"><span className="sr-only">{t('common.loading')}</span>{[1, 2].map((i) => <Skeleton key={i} className="h-10" />)}</div>
        ) : query.error && !query.data ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={KeyRound} title={t('apiKeys.emptyTitle')} body={t('apiKeys.emptyBody')} action={create} className="py-10" />
        ) : (
          <>
            <ul className="divide-y">
              {items.map((key) => <KeyRow key={key.id} item={key} onRevoke={manage ? () => setRevoking(key) : undefined} />)}
            </ul>
            {query.hasNextPage && (
              <div className="border-t p-3 text-center">
                <Button variant="ghost" size="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('common.more')}</Button>
              </div>
            )}
          </>
        )}
      </div>
      <ApiKeyDialog open={creating} onOpenChange={setCreating} />
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
    </Card>
  )
}

/** Who made a key. The platform has no name, and somebody who has gone may have none any more. */
function makerWords({ type, name }: ApiKey['created_by'], t: TFunction) {
  if (type === 'system') return t('apiKeys.createdByPlatform')
  if (!name) return t('apiKeys.createdByUnknown')
  return t(type === 'api_key' ? 'apiKeys.createdByKey' : 'apiKeys.createdBy', { who: isolated(name) })
}

function KeyRow({ item, onRevoke }: { item: ApiKey; onRevoke?: () => void }) {
  const { t } = useTranslation()
  const permissions = usePermissions().data ?? []
  const everything = permissions.length > 0 && permissions.every(({ name }) => item.scopes.includes(name))
  const expired = item.expires_at !== undefined && Date.parse(item.expires_at) < Date.now()
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3.5">
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          <bdi>{item.name}</bdi>
          <Code className="font-normal text-muted-foreground">{`${item.prefix}…`}</Code>
          {expired && <Badge variant="destructive">{t('apiKeys.expired')}</Badge>}
        </p>
        <p className="mt-0.5 text-xs text-muted-foreground">
          {everything ? t('apiKeys.allScopes') : <span dir="ltr">{item.scopes.join(', ')}</span>}
        </p>
        <p className="mt-0.5 text-xs text-muted-foreground">
          {item.last_used_at ? <TimeText iso={item.last_used_at}>{t('apiKeys.lastUsed', { when: timeAgo(item.last_used_at) })}</TimeText> : t('apiKeys.neverUsed')}
          <span aria-hidden> · </span>
          {t('apiKeys.createdOn', { when: formatDate(item.created_at) })} {makerWords(item.created_by, t)}
          {item.expires_at && !expired && (
            <>
              <span aria-hidden> · </span>
              {t('apiKeys.expiresOn', { when: formatDate(item.expires_at) })}
            </>
          )}
        </p>
      </div>
      {onRevoke && <Button variant="outline" size="sm" className="text-destructive" onClick={onRevoke} aria-label={t('apiKeys.revokeNamed', { name: item.name })}>{t('apiKeys.revoke')}</Button>}
    </li>
  )
}
