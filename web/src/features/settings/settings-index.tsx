import { useTranslation } from 'react-i18next'
import { Redirect } from 'wouter'
import { Page } from '@/components/page'
import { SettingsLinks } from '@/components/settings-links'
import { useMediaQuery } from '@/lib/hooks'
import { useShellParts } from '@/lib/shell'

/** The list of pages on a phone. On larger screens the sidebar has the list, and the first page opens. */
export default function SettingsIndex() {
  const { t } = useTranslation()
  const { settings } = useShellParts()
  const wide = useMediaQuery('(min-width: 768px)')
  const first = settings.find((entry) => !entry.external)
  if (wide && first) return <Redirect to={first.href} replace />
  return (
    <Page title={t('settings.title')}>
      <nav aria-label={t('settings.title')}><SettingsLinks entries={settings} touch /></nav>
    </Page>
  )
}
