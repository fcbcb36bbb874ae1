import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { AlertDialog, AlertDialogCancel, AlertDialogContent, AlertDialogDescription, AlertDialogTitle } from './ui/alert-dialog'
import { Button } from './ui/button'

interface ConfirmDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** What will be lost, named. */
  body: ReactNode
  action: string
  /** What keeps everything as it is; "Cancel" if not given. */
  cancel?: string
  loading?: boolean
  onConfirm: () => void
}

export function ConfirmDialog({ open, onOpenChange, title, body, action, cancel, loading, onConfirm }: ConfirmDialogProps) {
  const { t } = useTranslation()
  return (
    <AlertDialog open={open} onOpenChange={onOpenChange}>
      <AlertDialogContent>
        <div className="space-y-1.5">
          <AlertDialogTitle>{title}</AlertDialogTitle>
          <AlertDialogDescription>{body}</AlertDialogDescription>
        </div>
        <div className="flex flex-wrap justify-end gap-2">
          <AlertDialogCancel asChild>
            <Button variant="outline">{cancel ?? t('common.cancel')}</Button>
          </AlertDialogCancel>
          <Button variant="destructive" loading={loading} onClick={onConfirm}>
            {action}
          </Button>
        </div>
      </AlertDialogContent>
    </AlertDialog>
  )
}
