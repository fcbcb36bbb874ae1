import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { isMac, useHotkeys, useMediaQuery } from '@/lib/hooks'
import { useSession } from '@/lib/session'
import { useTitleParts } from '@/lib/title'
import { cn } from '@/lib/utils'
import { useFrame, useNav } from '../navigation'
import { ConnectionBanner } from './connection'
import { MobileBar } from './mobile-bar'
import { Sidebar } from './sidebar'

const loadCommandBar = () => import('./command-bar')
const CommandBar = lazy(loadCommandBar)
const ShortcutsDialog = lazy(() => import('./shortcuts-dialog'))

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const { config } = useSession()
  const [, navigate] = useLocation()
  const desktop = useMediaQuery('(min-width: 768px)')
  const [commandOpen, setCommandOpen] = useState(false)
  const [shortcutsOpen, setShortcutsOpen] = useState(false)
  const items = useNav()
  const frame = useFrame(desktop)
  const alone = frame === 'alone'
  useTitleParts(config.brand.name, items.reduce((sum, item) => sum + item.count, 0))

  useHotkeys({
    '?': () => setShortcutsOpen(true),
    ...Object.fromEntries(items.map((item) => [`g ${item.key}`, () => navigate(item.href)])),
  })
  useEffect(() => {
    // Fetched while idle: users type as soon as it opens, and those letters must not be lost.
    const timer = setTimeout(() => void loadCommandBar(), 1500)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((isMac() ? event.metaKey : event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setCommandOpen((open) => !open)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return (
    <div className="flex h-dvh min-h-0 overflow-hidden">
      <a
        href="#main"
        className="fixed start-3 -top-16 z-[60] rounded-md bg-primary px-3 py-2 text-sm font-medium text-primary-foreground opacity-0 transition-[top] focus:top-3 focus:opacity-100 focus:shadow-lg"
      >
        {t('shell.skip')}
      </a>
      {desktop && !alone && <Sidebar items={items} onCommand={() => setCommandOpen(true)} onShortcuts={() => setShortcutsOpen(true)} />}
      <div className="flex min-w-0 flex-1 flex-col">
        {!alone && <ConnectionBanner />}
        <main id="main" tabIndex={-1} className={cn('min-h-0 flex-1 bg-background outline-none')}>
          {children}
        </main>
        {!desktop && !frame && <MobileBar items={items} onCommand={() => setCommandOpen(true)} />}
      </div>
      <Suspense>
        {commandOpen && <CommandBar open={commandOpen} onOpenChange={setCommandOpen} onShortcuts={() => setShortcutsOpen(true)} />}
        {shortcutsOpen && <ShortcutsDialog open={shortcutsOpen} onOpenChange={setShortcutsOpen} />}
      </Suspense>
    </div>
  )
}
