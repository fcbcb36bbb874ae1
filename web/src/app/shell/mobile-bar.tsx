import { LogOut, Menu, Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { Avatar } from '@/components/avatar'
import { Button } from '@/components/ui/button'
import { Sheet, SheetBody, SheetContent, SheetDescription, SheetHeader, SheetTitle } from '@/components/ui/sheet'
import { useSession } from '@/lib/session'
import { cn } from '@/lib/utils'
import { isCurrent, type NavItem } from '../navigation'
import { ConnectionDot } from './connection'
import { CountBadge } from './sidebar'
import { useSignOutAsking } from './sign-out'
import { TenantSwitcher } from './tenant-switcher'

const tab = 'relative flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-medium text-muted-foreground [&>svg]:size-5'

/** How many entries stand in the bar besides "More". */
const PLACES = 3

export function MobileBar({ items, onCommand }: { items: NavItem[]; onCommand: () => void }) {
  const { t } = useTranslation()
  const [path] = useLocation()
  const [open, setOpen] = useState(false)
  const inBar = items.filter((item) => item.group !== 'foot').slice(0, PLACES)
  const others = items.filter((item) => !inBar.includes(item))
  const elsewhere = others.some(({ href }) => isCurrent(path, href))
  return (
    <>
      <nav aria-label={t('shell.navigation')} className="pb-safe border-t bg-card">
        <ul className="flex">
          {inBar.map(({ href, icon: Icon, label, badge, count }) => {
            const active = isCurrent(path, href)
            return (
              <li key={href} className="flex flex-1">
                <Link href={href} aria-current={active ? 'page' : undefined} className={cn(tab, active && 'text-primary')}>
                  <span className="relative">
                    <Icon className="size-5" aria-hidden />
                    {badge && count > 0 && (
                      <span className="absolute start-[calc(100%-0.5rem)] -top-1.5"><CountBadge count={count} label={badge.label} /></span>
                    )}
                  </span>
                  {t(label)}
                </Link>
              </li>
            )
          })}
          <li className="flex flex-1">
            <button type="button" className={cn(tab, elsewhere && 'text-primary')} onClick={() => setOpen(true)} aria-haspopup="dialog">
              <Menu aria-hidden />
              {t('shell.more')}
            </button>
          </li>
        </ul>
      </nav>
      <MoreSheet open={open} onOpenChange={setOpen} items={others} onCommand={onCommand} />
    </>
  )
}

function MoreSheet({ open, onOpenChange, items, onCommand }: { open: boolean; onOpenChange: (open: boolean) => void; items: NavItem[]; onCommand: () => void }) {
  const { t } = useTranslation()
  const { session, config } = useSession()
  const signOut = useSignOutAsking()
  const close = () => onOpenChange(false)
  const row = 'flex h-11 w-full items-center gap-3 rounded-lg px-2 text-sm font-medium hover:bg-accent [&>svg]:size-5 [&>svg]:text-muted-foreground'
  return (
    <Sheet open={open} onOpenChange={onOpenChange}>
      <SheetContent>
        <SheetHeader>
          <SheetTitle>{config.brand.name}</SheetTitle>
          <SheetDescription className="sr-only">{t('shell.moreHint')}</SheetDescription>
        </SheetHeader>
        <SheetBody className="space-y-5">
          <div className="rounded-lg border"><TenantSwitcher /></div>
          <ul>
            <li><button type="button" className={row} onClick={() => { close(); onCommand() }}><Search aria-hidden />{t('shell.searchShort')}</button></li>
            {items.map(({ href, icon: Icon, label }) => (
              <li key={href}><Link href={href} className={row} onClick={close}><Icon aria-hidden />{t(label)}</Link></li>
            ))}
          </ul>
          <div className="flex items-center gap-3 border-t pt-4">
            <Avatar name={session.user.name} seed={session.user.id} />
            <span className="min-w-0 flex-1">
              <span dir="auto" className="align-ui block truncate text-sm font-medium">{session.user.name}</span>
              <span className="ltr-isolate block truncate text-xs text-muted-foreground rtl:text-end">{session.user.email}</span>
            </span>
            <ConnectionDot />
            <Button variant="outline" size="sm" loading={signOut.isPending} onClick={signOut.ask}>
              <LogOut className="flip-rtl" aria-hidden />
              {t('account.signOut')}
            </Button>
          </div>
          {signOut.question}
        </SheetBody>
      </SheetContent>
    </Sheet>
  )
}
