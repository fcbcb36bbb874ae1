import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'wouter'
import { useUnreadTotal } from '@/features/messaging/queries'
import { isMac, useHotkeys, useMediaQuery } from '@/lib/hooks'
import { P } from '@/lib/permissions'
import { useCan, useSession } from '@/lib/session'
import { useTitleParts } from '@/lib/title'
import { cn } from '@/lib/utils'
import { ConnectionBanner } from './connection'
import { MobileBar } from './mobile-bar'
import { useNavItems } from './nav'
import { Sidebar } from './sidebar'

const loadCommandBar = () => import('./command-bar')
const CommandBar = lazy(loadCommandBar)
const ShortcutsDialog = lazy(() => import('./shortcuts-dialog'))

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const { config } = useSession()
  const { can, module } = useCan()
  const [path, navigate] = useLocation()
  const [search] = useSearchParams()
  const desktop = useMediaQuery('(min-width: 768px)')
  const [commandOpen, setCommandOpen] = useState(false)
  const [shortcutsOpen, setShortcutsOpen] = useState(false)
  const unread = useUnreadTotal(module('messaging') && can(P.messagesRead)).data ?? 0
  const items = useNavItems()
  useTitleParts(config.brand.name, unread)

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

  // The phone alone in a window of its own, beside the inbox.
  const simulator = path === '/simulator'
  const alone = simulator && (search.has('window') || !desktop)
  // On a phone an open conversation needs the room the bar would take; it has its own way back.
  const barless = alone || /^\/inbox\/./.test(path)

  return (
    <div className="flex h-dvh min-h-0 overflow-hidden">
      <a
        href="#main"
        className="fixed start-3 -top-16 z-[60] rounded-md bg-primary px-3 py-2 text-sm font-medium text-primary-foreground opacity-0 transition-[top] focus:top-3 focus:opacity-100 focus:shadow-lg"
      >
        {t('shell.skip')}
      </a>
      {desktop && !alone && <Sidebar items={items} unread={unread} onCommand={() => setCommandOpen(true)} onShortcuts={() => setShortcutsOpen(true)} />}
      <div className="flex min-w-0 flex-1 flex-col">
        {!alone && <ConnectionBanner />}
        <main id="main" tabIndex={-1} className={cn('min-h-0 flex-1 bg-background outline-none')}>
          {children}
        </main>
        {!desktop && !barless && <MobileBar items={items} unread={unread} onCommand={() => setCommandOpen(true)} />}
      </div>
      <Suspense>
        {commandOpen && <CommandBar open={commandOpen} onOpenChange={setCommandOpen} onShortcuts={() => setShortcutsOpen(true)} />}
        {shortcutsOpen && <ShortcutsDialog open={shortcutsOpen} onOpenChange={setShortcutsOpen} />}
      </Suspense>
    </div>
  )
}
