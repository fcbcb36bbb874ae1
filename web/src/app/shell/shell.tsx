import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { announceNextPage, useArrival } from '@/lib/arrival'
import { isMac, useHotkeys, useMediaQuery } from '@/lib/hooks'
import { keyOf } from '@/lib/hotkeys'
import { accessOf, useSession } from '@/lib/session'
import { ShellPartsProvider } from '@/lib/shell'
import { useTitleParts } from '@/lib/title'
import { useLiveState } from '../live-provider'
import { allowedSettings, isCurrent, sectionOf, useFrame, useNav } from '../navigation'
import { ConnectionBanner } from './connection'
import { MobileBar } from './mobile-bar'
import { SettingsSidebar, useLastPage } from './settings-sidebar'
import { useShortcutList } from './shortcut-list'
import { Sidebar } from './sidebar'

const loadCommandBar = () => import('./command-bar')
const CommandBar = lazy(loadCommandBar)
const ShortcutsDialog = lazy(() => import('./shortcuts-dialog'))

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const value = useSession()
  const [path, navigate] = useLocation()
  const live = useLiveState()
  const desktop = useMediaQuery('(min-width: 768px)')
  const [commandOpen, setCommandOpen] = useState(false)
  const [shortcutsOpen, setShortcutsOpen] = useState(false)
  const items = useNav()
  const settings = useMemo(() => allowedSettings(accessOf(value)), [value])
  const shortcuts = useShortcutList(items, settings)
  const frame = useFrame(desktop)
  const alone = frame === 'alone'
  const inSettings = isCurrent(path, '/settings')
  useTitleParts(value.config.brand.name, items.reduce((sum, item) => sum + item.count, 0))
  useArrival(sectionOf(path))
  useLastPage()

  const jump = (href: string) => {
    announceNextPage()
    navigate(href)
  }
  useHotkeys({
    '?': () => setShortcutsOpen(true),
    ...Object.fromEntries([...items, ...settings].flatMap(({ key, href }) => (key ? [[`g ${key}`, () => jump(href)]] : []))),
  })
  useEffect(() => {
    // Fetched while idle: users type as soon as it opens, and those letters must not be lost. Without a connection it is fetched when opened.
    const timer = setTimeout(() => void (navigator.onLine && loadCommandBar().catch(() => undefined)), 1500)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((isMac() ? event.metaKey : event.ctrlKey) && !event.shiftKey && !event.altKey && keyOf(event) === 'k') {
        event.preventDefault()
        setCommandOpen((open) => !open)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return (
    <ShellPartsProvider value={{ settings, shortcuts }}>
      <div data-live={live} className="flex h-dvh min-h-0 overflow-hidden">
        <a
          href="#main"
          className="fixed start-3 -top-16 z-[60] rounded-md bg-primary px-3 py-2 text-sm font-medium text-primary-foreground opacity-0 transition-[top] focus:top-3 focus:opacity-100 focus:shadow-lg"
        >
          {t('shell.skip')}
        </a>
        {desktop && !alone && (inSettings ? <SettingsSidebar entries={settings} /> : <Sidebar items={items} onCommand={() => setCommandOpen(true)} onShortcuts={() => setShortcutsOpen(true)} />)}
        <div className="flex min-w-0 flex-1 flex-col">
          {!alone && <ConnectionBanner />}
          <main id="main" tabIndex={-1} className="min-h-0 flex-1 bg-background outline-none">
            {children}
          </main>
          {!desktop && !frame && <MobileBar items={items} onCommand={() => setCommandOpen(true)} />}
        </div>
        <Suspense>
          {commandOpen && <CommandBar open={commandOpen} onOpenChange={setCommandOpen} onShortcuts={() => setShortcutsOpen(true)} />}
          {shortcutsOpen && <ShortcutsDialog open={shortcutsOpen} onOpenChange={setShortcutsOpen} />}
        </Suspense>
      </div>
    </ShellPartsProvider>
  )
}
