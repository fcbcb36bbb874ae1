import { ArrowLeft } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { SettingsLinks } from '@/components/settings-links'
import type { SettingsEntry } from '@/lib/feature'
import { isCurrent } from '../navigation'

/** The last page outside Settings: where "Back" goes. */
let last: string | undefined

/** Remembers the page from which Settings are opened. */
export function useLastPage() {
  const [path] = useLocation()
  useEffect(() => {
    if (!isCurrent(path, '/settings')) last = path
  }, [path])
}

/** In the place of the sidebar while Settings are open. */
export function SettingsSidebar({ entries }: { entries: SettingsEntry[] }) {
  const { t } = useTranslation()
  const [back] = useState(() => last)
  return (
    <aside className="flex w-60 shrink-0 flex-col border-e bg-sidebar px-3 text-sidebar-foreground">
      <div className="pt-3 pb-1">
        <Link href={back ?? '/'} className="flex h-9 items-center gap-2.5 rounded-md px-2.5 text-[0.8125rem] font-medium transition-colors hover:bg-sidebar-accent hover:text-foreground">
          <ArrowLeft className="flip-rtl size-4" aria-hidden />
          {t('settings.back')}
        </Link>
      </div>
      <nav aria-label={t('settings.title')} className="thin-scroll relative min-h-0 flex-1 overflow-y-auto pb-4">
        <p className="px-2.5 pt-2 text-[0.9375rem] font-semibold tracking-tight text-foreground">{t('settings.title')}</p>
        <SettingsLinks entries={entries} />
      </nav>
    </aside>
  )
}
