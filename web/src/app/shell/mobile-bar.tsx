import { BookOpen, LogOut, Menu, Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { useSignOut } from '@/api/session'
import { THEMES } from '@/components/appearance'
import { Avatar } from '@/components/avatar'
import { Button } from '@/components/ui/button'
import { Sheet, SheetBody, SheetContent, SheetDescription, SheetHeader, SheetTitle } from '@/components/ui/sheet'
import { ToggleGroup, ToggleGroupItem } from '@/components/ui/toggle-group'
import { type Language, LANGUAGES, setLanguage } from '@/i18n'
import { toastError } from '@/lib/errors'
import { useSession } from '@/lib/session'
import { setTheme, type Theme, useTheme } from '@/lib/theme'
import { cn } from '@/lib/utils'
import { isCurrent, type NavItem } from '../navigation'
import { ConnectionDot } from './connection'
import { CountBadge } from './sidebar'
import { TenantSwitcher } from './tenant-switcher'

const tab = 'relative flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-medium text-muted-foreground [&>svg]:size-5'

export function MobileBar({ items, onCommand }: { items: NavItem[]; onCommand: () => void }) {
  const { t } = useTranslation()
  const [path] = useLocation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <nav aria-label={t('shell.navigation')} className="pb-safe border-t bg-card">
        <ul className="flex">
          {items.slice(0, 3).map(({ href, icon: Icon, label, badge, count }) => {
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
            <button type="button" className={tab} onClick={() => setOpen(true)} aria-haspopup="dialog">
              <Menu aria-hidden />
              {t('shell.more')}
            </button>
          </li>
        </ul>
      </nav>
      <MoreSheet open={open} onOpenChange={setOpen} items={items.slice(3)} onCommand={onCommand} />
    </>
  )
}

function MoreSheet({ open, onOpenChange, items, onCommand }: { open: boolean; onOpenChange: (open: boolean) => void; items: NavItem[]; onCommand: () => void }) {
  const { t, i18n } = useTranslation()
  const theme = useTheme()
  const { session, config } = useSession()
  const signOut = useSignOut()
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
            <li><a href="/api/docs/" target="_blank" rel="noreferrer" className={row}><BookOpen aria-hidden />{t('shell.apiDocs')}</a></li>
          </ul>
          <div className="space-y-2">
            <p id="more-theme" className="text-xs font-medium text-muted-foreground">{t('theme.label')}</p>
            <ToggleGroup type="single" className="flex" value={theme} onValueChange={(v) => v && setTheme(v as Theme)} aria-labelledby="more-theme">
              {THEMES.map(({ value, icon: Icon }) => (
                <ToggleGroupItem key={value} value={value} className="h-9"><Icon aria-hidden />{t(`theme.${value}`)}</ToggleGroupItem>
              ))}
            </ToggleGroup>
          </div>
          <div className="space-y-2">
            <p id="more-language" className="text-xs font-medium text-muted-foreground">{t('language.label')}</p>
            <ToggleGroup type="single" className="flex" value={i18n.language} onValueChange={(v) => v && void setLanguage(v as Language)} aria-labelledby="more-language">
              {LANGUAGES.map(({ code, label }) => (
                <ToggleGroupItem key={code} value={code} lang={code} className="h-9">{label}</ToggleGroupItem>
              ))}
            </ToggleGroup>
          </div>
          <ConnectionDot />
          <div className="flex items-center gap-3 border-t pt-4">
            <Avatar name={session.user.name} seed={session.user.id} />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-medium">{session.user.name}</span>
              <span className="block truncate text-xs text-muted-foreground">{session.user.email}</span>
            </span>
            <Button variant="outline" size="sm" loading={signOut.isPending} onClick={() => signOut.mutate(undefined, { onError: toastError })}>
              <LogOut className="flip-rtl" aria-hidden />
              {t('account.signOut')}
            </Button>
          </div>
        </SheetBody>
      </SheetContent>
    </Sheet>
  )
}
