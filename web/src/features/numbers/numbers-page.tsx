import { Phone, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type Channel, useChannels, useDeleteChannel } from '@/api/channels'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { Page } from '@/components/page'
import { EmptyState, ErrorState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { toastError } from '@/lib/errors'
import { useCan } from '@/lib/session'
import { AccountTimeline } from './account-timeline'
import { ChannelCard } from './channel-card'
import { ChannelDialog } from './channel-dialog'

export default function NumbersPage() {
  const { t } = useTranslation()
  const { can, simulator } = useCan()
  const manage = can('channels:manage')
  const channels = useChannels()
  const remove = useDeleteChannel()
  const [editing, setEditing] = useState<Channel | 'new'>()
  const [deleting, setDeleting] = useState<Channel>()
  const connect = manage && (
    <Button onClick={() => setEditing('new')}>
      <Plus aria-hidden />
      {t('numbers.connect')}
    </Button>
  )

  return (
    <Page title={t('numbers.title')} description={t('numbers.lead')} actions={!!channels.data?.length && connect}>
      {channels.isPending ? (
        <div role="status" className="grid gap-4 lg:grid-cols-2">
          <span className="sr-only">{t('common.loading')}</span>
          <Skeleton className="h-56 rounded-xl" />
          <Skeleton className="h-56 rounded-xl" />
        </div>
      ) : channels.error && !channels.data ? (
        <ErrorState error={channels.error} onRetry={() => void channels.refetch()} />
      ) : channels.data?.length === 0 ? (
        <EmptyState icon={Phone} title={t('numbers.emptyTitle')} body={t(simulator ? 'numbers.emptyBodySimulator' : 'numbers.emptyBody')} action={connect} className="flex-1" />
      ) : (
        <ul className="grid gap-4 lg:grid-cols-2">
          {channels.data?.map((channel) => (
            <li key={channel.id} className="min-w-0">
              <ChannelCard channel={channel} onEdit={manage ? () => setEditing(channel) : undefined} onDelete={manage ? () => setDeleting(channel) : undefined} />
            </li>
          ))}
        </ul>
      )}
      {!!channels.data?.length && <AccountTimeline channels={channels.data} />}
      {manage && <ChannelDialog subject={editing} onClose={() => setEditing(undefined)} />}
      <ConfirmDialog
        open={!!deleting}
        onOpenChange={(open) => !open && setDeleting(undefined)}
        title={t('numbers.deleteTitle', { name: deleting?.name })}
        body={t('numbers.deleteBody')}
        action={t('numbers.delete')}
        loading={remove.isPending}
        onConfirm={() =>
          deleting &&
          remove.mutate(deleting.id, {
            onSuccess: () => {
              toast.success(t('numbers.deleted', { name: deleting.name }))
              setDeleting(undefined)
            },
            onError: toastError,
          })
        }
      />
    </Page>
  )
}
