import { Keyboard, LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Avatar } from '@/components/avatar'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuSeparator, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { useSession } from '@/lib/session'
import { useShellParts } from '@/lib/shell'
import { cn } from '@/lib/utils'
import { useSignOutAsking } from './sign-out'

/** The pages under Settings that are also here, if there are any of them. */
const MENU = ['/settings/profile', '/settings/appearance']

export function AccountMenu({ compact, onShortcuts }: { compact?: boolean; onShortcuts: () => void }) {
  const { t } = useTranslation()
  const { session, config } = useSession()
  const [, navigate] = useLocation()
  const signOut = useSignOutAsking()
  const own = useShellParts().settings.filter((entry) => entry.group === 'you' && MENU.includes(entry.href))
  const { user } = session
  return (
    <>
    <DropdownMenu>
      <DropdownMenuTrigger
        className={cn('relative flex items-center gap-2.5 rounded-lg transition-colors hover:bg-sidebar-accent', compact ? 'size-8 justify-center' : 'w-full px-1.5 py-1.5')}
      >
        <span className="sr-only">{t('account.menu')} {compact && user.name}</span>
        <Avatar name={user.name} seed={user.id} size="sm" />
        {!compact && <span className="min-w-0 flex-1 truncate text-start text-[0.8125rem] font-medium text-foreground">{user.name}</span>}
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="start" className="w-60">
        <div className="px-2 py-1.5">
          <p dir="auto" className="align-ui truncate text-sm font-medium">{user.name}</p>
          <p className="ltr-isolate truncate text-xs text-muted-foreground rtl:text-end">{user.email}</p>
        </div>
        <DropdownMenuSeparator />
        {own.map(({ href, icon: Icon, label }) => (
          <DropdownMenuItem key={href} onSelect={() => navigate(href)}>
            <Icon aria-hidden />
            {t(label)}
          </DropdownMenuItem>
        ))}
        <DropdownMenuItem onSelect={onShortcuts}>
          <Keyboard aria-hidden />
          {t('shortcuts.title')}
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={signOut.ask}>
          <LogOut className="flip-rtl" aria-hidden />
          {t('account.signOut')}
        </DropdownMenuItem>
        <p className="px-2 pt-1 pb-1.5 text-[0.6875rem] text-muted-foreground">
          {config.brand.name} <span className="tnum ltr-isolate">{config.version}</span>
        </p>
      </DropdownMenuContent>
    </DropdownMenu>
    {signOut.question}
    </>
  )
}
