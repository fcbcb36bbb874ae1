import { useTranslation } from 'react-i18next'
import { ShortcutGroups } from '@/components/shortcut-groups'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { useSingleKeys } from '@/lib/single-keys'

export default function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation()
  const on = useSingleKeys()
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-2xl">
        <DialogHeader>
          <DialogTitle>{t('shortcuts.title')}</DialogTitle>
          <DialogDescription>{t(on ? 'shortcuts.hint' : 'shortcuts.off')}</DialogDescription>
        </DialogHeader>
        <DialogBody tabIndex={0} className="outline-offset-[-2px]"><ShortcutGroups level="h3" /></DialogBody>
      </DialogContent>
    </Dialog>
  )
}
