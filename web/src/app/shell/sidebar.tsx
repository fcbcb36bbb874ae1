import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { Button } from '@/components/ui/button'
import { Kbd } from '@/components/ui/kbd'
import { Hint } from '@/components/ui/tooltip'
import { isMac, useMediaQuery, useStored } from '@/lib/hooks'
import { cn } from '@/lib/utils'
import { isCurrent, type NavItem } from '../navigation'
import { AccountMenu } from './account-menu'
import { ConnectionDot } from './connection'
import { TenantSwitcher } from './tenant-switcher'

interface SidebarProps {
  items: NavItem[]
  onCommand: () => void
  onShortcuts: () => void
}

const rowStyles = 'flex h-8 items-center gap-2.5 rounded-md text-[0.8125rem] font-medium transition-colors [&>svg]:size-4 [&>svg]:shrink-0'

/** Headings of the sidebar, from the top. */
const GROUPS = [undefined, 'customers', 'outreach'] as const

export function Sidebar({ items, onCommand, onShortcuts }: SidebarProps) {
  const { t } = useTranslation()
  const [stored, setStored] = useStored('wapro.sidebar', 'open')
  // Between a phone and a desk the content needs the room more.
  const roomy = useMediaQuery('(min-width: 1080px)')
  const small = stored === 'closed' || !roomy
  const toggle = t(small ? 'shell.expand' : 'shell.collapse')

  return (
    <aside className={cn('flex shrink-0 flex-col border-e bg-sidebar text-sidebar-foreground', small ? 'w-14 items-center px-3' : 'w-60 px-3')}>
      <div className="w-full pt-3">
        <TenantSwitcher compact={small} />
      </div>
      <div className="mt-3 w-full">
        <Hint label={t('shell.search')} side="right">
          <button
            type="button"
            onClick={onCommand}
            aria-label={small ? t('shell.search') : undefined}
            aria-keyshortcuts={isMac() ? 'Meta+K' : 'Control+K'}
            className={cn(rowStyles, small ? 'w-8 justify-center' : 'w-full px-2.5', 'border bg-card text-muted-foreground shadow-xs hover:text-foreground')}
          >
            <Search aria-hidden />
            {!small && (
              <>
                <span className="flex-1 text-start font-normal">{t('shell.search')}</span>
                <Kbd aria-hidden className="border-0 bg-muted shadow-none">{isMac() ? '⌘K' : 'Ctrl K'}</Kbd>
              </>
            )}
          </button>
        </Hint>
      </div>
      <nav aria-label={t('shell.navigation')} className="relative mt-4 flex min-h-0 w-full flex-1 flex-col">
        <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
          {GROUPS.map((group) => <NavGroup key={group ?? ''} group={group} items={items.filter((item) => item.group === group)} small={small} />)}
        </div>
        <NavGroup group="foot" items={items.filter((item) => item.group === 'foot')} small={small} />
      </nav>
      <div className={cn('mt-2 flex w-full border-t pt-2 pb-3', small ? 'flex-col items-center gap-1' : 'items-center gap-1')}>
        <ConnectionDot />
        <div className="min-w-0 flex-1"><AccountMenu compact={small} onShortcuts={onShortcuts} /></div>
        {roomy && (
          <Hint label={toggle}>
            <Button variant="ghost" size="icon-sm" className="text-muted-foreground hover:bg-sidebar-accent" onClick={() => setStored(small ? 'open' : 'closed')} aria-label={toggle} aria-expanded={!small}>
              {small ? <PanelLeftOpen className="flip-rtl" aria-hidden /> : <PanelLeftClose className="flip-rtl" aria-hidden />}
            </Button>
          </Hint>
        )}
      </div>
    </aside>
  )
}

function NavGroup({ group, items, small }: { group?: NavItem['group']; items: NavItem[]; small: boolean }) {
  const { t } = useTranslation()
  const [path] = useLocation()
  const id = useId()
  if (items.length === 0) return null
  const heading = group && group !== 'foot'
  return (
    <div className={heading ? 'mt-4' : undefined}>
      {heading && <p id={id} className={small ? 'sr-only' : 'mb-1 px-2.5 text-[0.6875rem] font-medium text-muted-foreground'}>{t(`shell.groups.${group}`)}</p>}
      <ul aria-labelledby={heading ? id : undefined} className="relative space-y-0.5">
        {items.map(({ href, icon: Icon, label, badge, count }) => {
          const active = isCurrent(path, href)
          const link = (
            <Link
              href={href}
              aria-current={active ? 'page' : undefined}
              className={cn(rowStyles, small ? 'w-8 justify-center' : 'w-full px-2.5', 'relative hover:bg-sidebar-accent hover:text-foreground', active && 'bg-sidebar-accent text-foreground [&>svg]:text-primary')}
            >
              <Icon strokeWidth={active ? 2.25 : 2} aria-hidden />
              <span className={small ? 'sr-only' : 'flex-1 truncate'}>{t(label)}</span>
              {badge && count > 0 && <CountBadge count={count} label={badge.label} small={small} />}
            </Link>
          )
          return <li key={href}>{small ? <Hint label={t(label)} side="right">{link}</Hint> : link}</li>
        })}
      </ul>
    </div>
  )
}

export function CountBadge({ count, label, small }: { count: number; label: string; small?: boolean }) {
  const { t } = useTranslation()
  return (
    <span
      className={cn(
        'tnum grid place-items-center rounded-full bg-primary font-semibold text-primary-foreground',
        small ? 'absolute end-0 top-0 h-3.5 min-w-3.5 px-1 text-[0.5625rem] ring-2 ring-sidebar' : 'h-[1.125rem] min-w-[1.125rem] px-1.5 text-[0.6875rem]',
      )}
    >
      <span aria-hidden>{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{t(label, { count })}</span>
    </span>
  )
}
