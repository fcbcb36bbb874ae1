import { Keyboard, Languages } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { THEMES } from '@/components/appearance'
import { Avatar } from '@/components/avatar'
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '@/components/ui/command'
import { overlayStyles } from '@/components/ui/dialog-frame'
import { LANGUAGES, setLanguage } from '@/i18n'
import { announceNextPage } from '@/lib/arrival'
import { useDebounced } from '@/lib/hooks'
import { useCan, useSession } from '@/lib/session'
import { useShellParts } from '@/lib/shell'
import { setTheme } from '@/lib/theme'
import { features } from '../features'
import { useNav } from '../navigation'
import { useGoToTenant } from './tenant-switcher'

// The lists never change, so their hooks are called in the same order in every render.
const searches = features.flatMap((feature) => feature.search ?? [])
const commands = features.flatMap((feature) => feature.commands ?? [])

interface CommandBarProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  onShortcuts: () => void
}

export default function CommandBar({ open, onOpenChange, onShortcuts }: CommandBarProps) {
  const { t } = useTranslation()
  const { session } = useSession()
  const access = useCan()
  const [, navigate] = useLocation()
  const nav = useNav()
  const { settings } = useShellParts()
  const goToTenant = useGoToTenant()
  const [query, setQuery] = useState('')
  const wanted = useDebounced(query.trim(), 180)
  const found = searches.map(({ label, allowed, useResults }) => ({ label, ...useResults(wanted, wanted.length > 1 && allowed(access)) }))
  const run = (action: () => void) => () => {
    onOpenChange(false)
    action()
  }
  const go = (href: string) =>
    run(() => {
      announceNextPage()
      navigate(href)
    })

  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayStyles} />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[12vh] z-50 mx-auto max-w-xl overflow-hidden rounded-xl border bg-popover text-popover-foreground shadow-lg outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:slide-in-from-top-2"
        >
          <Dialog.Title className="sr-only">{t('shell.search')}</Dialog.Title>
          <Command label={t('shell.search')} loop>
            <CommandInput value={query} onValueChange={setQuery} placeholder={t('command.placeholder')} />
            <CommandList className="max-h-[60vh]">
              <CommandEmpty>{found.some(({ loading }) => loading) ? t('common.searching') : t('common.noMatches')}</CommandEmpty>
              {found.map(({ label, items }) => items.length > 0 && (
                <CommandGroup key={label} heading={t(label)} forceMount>
                  {items.map(({ id, href, content }) => (
                    <CommandItem key={id} forceMount value={`${label} ${id}`} keywords={[query]} onSelect={go(href)}>{content}</CommandItem>
                  ))}
                </CommandGroup>
              ))}
              <CommandGroup heading={t('command.goTo')}>
                {nav.map(({ href, icon: Icon, label }) => (
                  <CommandItem key={href} value={t(label)} onSelect={go(href)}>
                    <Icon aria-hidden />
                    {t(label)}
                  </CommandItem>
                ))}
              </CommandGroup>
              <CommandGroup heading={t('settings.title')}>
                {settings.map(({ href, icon: Icon, label, external }) => (
                  <CommandItem key={href} value={`${t('settings.title')} ${t(label)}`} onSelect={external ? run(() => void window.open(href, '_blank', 'noopener')) : go(href)}>
                    <Icon aria-hidden />
                    {t(label)}
                  </CommandItem>
                ))}
              </CommandGroup>
              <CommandGroup heading={t('command.actions')}>
                {commands.filter(({ allowed }) => allowed(access)).map(({ icon: Icon, label, href }) => (
                  <CommandItem key={href} onSelect={go(href)}>
                    <Icon aria-hidden />
                    {t(label)}
                  </CommandItem>
                ))}
                <CommandItem onSelect={run(onShortcuts)}>
                  <Keyboard aria-hidden />
                  {t('shortcuts.title')}
                </CommandItem>
              </CommandGroup>
              {session.tenants.length > 1 && (
                <CommandGroup heading={t('tenant.list')}>
                  {session.tenants.filter((tenant) => tenant.id !== session.tenant.id).map((tenant) => (
                    <CommandItem key={tenant.id} value={`${t('command.switchTo', { name: tenant.name })} ${tenant.id}`} onSelect={run(() => goToTenant(tenant.id))}>
                      <Avatar name={tenant.name} seed={tenant.id} size="xs" square />
                      {t('command.switchTo', { name: tenant.name })}
                    </CommandItem>
                  ))}
                </CommandGroup>
              )}
              <CommandGroup heading={t('shell.appearance')}>
                {THEMES.map(({ value, icon: Icon }) => (
                  <CommandItem key={value} value={`${t('theme.label')} ${t(`theme.${value}`)}`} onSelect={run(() => setTheme(value))}>
                    <Icon aria-hidden />
                    {t('theme.label')}: {t(`theme.${value}`)}
                  </CommandItem>
                ))}
                {LANGUAGES.map(({ code, label }) => (
                  <CommandItem key={code} value={`${t('language.label')} ${label}`} onSelect={run(() => void setLanguage(code))}>
                    <Languages aria-hidden />
                    <span lang={code}>{label}</span>
                  </CommandItem>
                ))}
              </CommandGroup>
            </CommandList>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
