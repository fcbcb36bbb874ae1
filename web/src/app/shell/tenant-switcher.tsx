import { Check, ChevronsUpDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useLocation } from 'wouter'
import { useSwitchTenant } from '@/api/session'
import { Avatar } from '@/components/avatar'
import { leave } from '@/components/leave-guard'
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '@/components/ui/command'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { toastError } from '@/lib/errors'
import { useSession } from '@/lib/session'
import { cn } from '@/lib/utils'

/** Goes to the other tenant's same section; an open conversation or contact does not exist there. */
export function useGoToTenant() {
  const { t } = useTranslation()
  const change = useSwitchTenant()
  const [path, navigate] = useLocation()
  return (id: string) => {
    const section = `/${path.split('/')[1] ?? ''}`
    leave(() =>
      change.mutate(id, {
        onSuccess: (session) => {
          navigate(section, { replace: true })
          toast.success(t('tenant.switched', { name: session.tenant.name }))
        },
        onError: toastError,
      }),
    )
  }
}

export function TenantSwitcher({ compact }: { compact?: boolean }) {
  const { t } = useTranslation()
  const { session } = useSession()
  const [open, setOpen] = useState(false)
  const go = useGoToTenant()
  const current = session.tenant
  const many = session.tenants.length > 1

  const face = (
    <>
      <Avatar name={current.name} seed={current.id} size="sm" square />
      {!compact && (
        <span className="min-w-0 flex-1 text-start">
          <span className="block truncate text-[0.8125rem] leading-tight font-semibold text-foreground">{current.name}</span>
          <span className="block truncate text-[0.6875rem] leading-tight text-muted-foreground">{t(`roles.${current.role}`, { defaultValue: current.role })}</span>
        </span>
      )}
    </>
  )
  const frame = cn('flex items-center gap-2.5 rounded-lg', compact ? 'size-8 justify-center' : 'w-full px-1.5 py-1.5')
  if (!many) return <div className={frame}>{face}<span className="sr-only">{compact ? current.name : ''}</span></div>

  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger className={cn(frame, 'relative transition-colors hover:bg-sidebar-accent')}>
        {/* Its name is what is seen, with what it does before it. */}
        <span className="sr-only">{t('tenant.switch')} {compact && current.name}</span>
        {face}
        {!compact && <ChevronsUpDown className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />}
      </PopoverTrigger>
      <PopoverContent className="w-64 p-0">
        <Command label={t('tenant.list')}>
          {session.tenants.length > 6 && <CommandInput placeholder={t('tenant.search')} />}
          <CommandList>
            <CommandEmpty>{t('common.noMatches')}</CommandEmpty>
            {session.tenants.map((tenant) => (
              <CommandItem
                key={tenant.id}
                value={`${tenant.name} ${tenant.id}`}
                onSelect={() => {
                  setOpen(false)
                  if (tenant.id !== current.id) go(tenant.id)
                }}
              >
                <Avatar name={tenant.name} seed={tenant.id} size="sm" square />
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{tenant.name}</span>
                  <span className="block truncate text-xs text-muted-foreground">{t(`roles.${tenant.role}`, { defaultValue: tenant.role })}</span>
                </span>
                {tenant.id === current.id && (
                  <>
                    <Check className="text-primary!" aria-hidden />
                    <span className="sr-only">{t('tenant.current')}</span>
                  </>
                )}
              </CommandItem>
            ))}
          </CommandList>
        </Command>
      </PopoverContent>
    </Popover>
  )
}
