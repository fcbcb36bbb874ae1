import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { BackLink } from './back-link'
import { Page } from './page'

interface SettingsPageProps {
  title: string
  heading?: ReactNode
  description?: ReactNode
  actions?: ReactNode
  /** For a page that is opened from another page under Settings. */
  back?: { href: string; label: string }
  children: ReactNode
}

/** The frame of the pages under Settings: one column of 720 px; on a phone with the way back to the list. */
export function SettingsPage({ back, ...page }: SettingsPageProps) {
  const { t } = useTranslation()
  const above = back ? <BackLink {...back} /> : <BackLink href="/settings" label={t('settings.title')} className="md:hidden" />
  return <Page {...page} above={above} className="max-w-[calc(45rem+4rem)]" />
}
