import { useTranslation } from 'react-i18next'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Kbd } from '@/components/ui/kbd'
import { isMac } from '@/lib/hooks'
import { features } from '../features'
import { useNav } from '../navigation'

interface GroupProps {
  title: string
  rows: { label: string; keys: string[] }[]
}

export default function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation()
  const nav = useNav()
  const everywhere: GroupProps = {
    title: t('shortcuts.everywhere'),
    rows: [
      { label: t('shell.search'), keys: [isMac() ? '⌘' : 'Ctrl', 'K'] },
      { label: t('shortcuts.title'), keys: ['?'] },
      ...nav.map((item) => ({ label: t('shortcuts.goTo', { page: t(item.label) }), keys: ['G', item.key.toUpperCase()] })),
    ],
  }
  const ofFeatures = features.flatMap((feature) => feature.shortcuts ?? []).map(({ label, rows }): GroupProps => ({ title: t(label), rows: rows.map((row) => ({ ...row, label: t(row.label) })) }))
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-2xl">
        <DialogHeader>
          <DialogTitle>{t('shortcuts.title')}</DialogTitle>
          <DialogDescription>{t('shortcuts.hint')}</DialogDescription>
        </DialogHeader>
        <DialogBody className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
          <Group {...everywhere} />
          <div className="space-y-6">{ofFeatures.map((group) => <Group key={group.title} {...group} />)}</div>
        </DialogBody>
      </DialogContent>
    </Dialog>
  )
}

function Group({ title, rows }: GroupProps) {
  return (
    <section>
      <h3 className="mb-2 text-xs font-medium text-muted-foreground">{title}</h3>
      <dl className="divide-y">
        {rows.map((row) => (
          <div key={row.label} className="flex items-center justify-between gap-4 py-1.5">
            <dt className="text-[0.8125rem]">{row.label}</dt>
            <dd className="flex gap-1" dir="ltr">
              {row.keys.map((key) => <Kbd key={key}>{key}</Kbd>)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
