import { LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useSignOut } from '@/api/session'
import { AppearanceItems } from '@/components/appearance'
import { Avatar } from '@/components/avatar'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuSeparator, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { toastError } from '@/lib/errors'
import { useSession } from '@/lib/session'
import { cn } from '@/lib/utils'

export function AccountMenu({ compact }: { compact?: boolean }) {
  const { t } = useTranslation()
  const { session, config } = useSession()
  const signOut = useSignOut()
  const { user } = session
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={t('account.menu', { name: user.name })}
        className={cn('flex items-center gap-2.5 rounded-lg transition-colors hover:bg-sidebar-accent', compact ? 'size-8 justify-center' : 'w-full px-1.5 py-1.5')}
      >
        <Avatar name={user.name} seed={user.id} size="sm" />
        {!compact && (
          <span className="min-w-0 flex-1 text-start">
            <span className="block truncate text-[0.8125rem] leading-tight font-medium text-foreground">{user.name}</span>
            <span className="ltr-isolate block truncate text-[0.6875rem] leading-tight text-muted-foreground rtl:text-end">{user.email}</span>
          </span>
        )}
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="start" className="w-56">
        <AppearanceItems />
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => signOut.mutate(undefined, { onError: toastError })}>
          <LogOut className="flip-rtl" aria-hidden />
          {t('account.signOut')}
        </DropdownMenuItem>
        <p className="px-2 pt-1 pb-1.5 text-[0.6875rem] text-muted-foreground">
          {config.brand.name} <span className="tnum ltr-isolate">{config.version}</span>
        </p>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
