import { useTranslation } from 'react-i18next'
import { SettingsPage } from '@/components/settings-page'
import { ShortcutGroups } from '@/components/shortcut-groups'
import { Card } from '@/components/ui/card'
import { Switch } from '@/components/ui/switch'
import { setSingleKeys, useSingleKeys } from '@/lib/single-keys'

export default function ShortcutsPage() {
  const { t } = useTranslation()
  const on = useSingleKeys()
  return (
    <SettingsPage title={t('shortcuts.title')} description={t('shortcuts.hint')}>
      <Card className="flex items-center gap-4 px-5 py-4">
        <div className="min-w-0 flex-1">
          <label htmlFor="single-keys" className="text-sm font-medium">{t('shortcuts.single')}</label>
          <p id="single-keys-about" className="text-[0.8125rem] text-muted-foreground">{t('shortcuts.singleHint')}</p>
        </div>
        <Switch id="single-keys" aria-describedby="single-keys-about" checked={on} onCheckedChange={setSingleKeys} />
      </Card>
      <Card className="mt-4 p-5"><ShortcutGroups level="h2" /></Card>
    </SettingsPage>
  )
}
