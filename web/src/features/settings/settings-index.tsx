import { useTranslation } from 'react-i18next'
import { Redirect } from 'wouter'
import { Page } from '@/components/page'
import { SettingsLinks } from '@/components/settings-links'
import { useMediaQuery } from '@/lib/hooks'
import { useShellParts } from '@/lib/shell'

/** On a phone the list of the pages; where it stands in the sidebar, the first of them. */
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
