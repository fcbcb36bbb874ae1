import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type Channel, useDeleteChannel } from '@/api/channels'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { toastError } from '@/lib/errors'

export function DisconnectDialog({ channel, onClose, onDone }: { channel?: Channel; onClose: () => void; onDone?: () => void }) {
  const { t } = useTranslation()
  const remove = useDeleteChannel()
  return (
    <ConfirmDialog
      open={!!channel}
      onOpenChange={(open) => !open && onClose()}
      title={t('numbers.deleteTitle', { name: channel?.name })}
      body={t('numbers.deleteBody')}
      action={t('numbers.delete')}
      loading={remove.isPending}
      onConfirm={() =>
        channel &&
        remove.mutate(channel.id, {
          onSuccess: () => {
            toast.success(t('numbers.deleted', { name: channel.name }))
            onClose()
            onDone?.()
          },
          onError: toastError,
        })
      }
    />
  )
}
