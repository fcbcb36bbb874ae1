import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSignOut } from '@/api/session'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { leave } from '@/components/leave-guard'
import { toastError } from '@/lib/errors'
import { useUnsent } from '@/lib/outbox/use-outbox'

/** Signs out, after a question when messages are not sent yet. Draw `question`. */
export function useSignOutAsking() {
  const { t } = useTranslation()
  const signOut = useSignOut()
  const unsent = useUnsent().length
  const [open, setOpen] = useState(false)
  const go = () => leave(() => signOut.mutate(undefined, { onError: toastError }))
  return {
    isPending: signOut.isPending,
    ask: () => (unsent > 0 ? setOpen(true) : go()),
    question: (
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={t('unsent.signOutTitle', { count: unsent })}
        body={t('unsent.signOutBody')}
        cancel={t('unsent.stay')}
        action={t('account.signOut')}
        onConfirm={() => {
          setOpen(false)
          go()
        }}
      />
    ),
  }
}
