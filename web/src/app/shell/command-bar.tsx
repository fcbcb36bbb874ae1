import { BookOpen, Keyboard, Languages, MessageSquarePlus, UserPlus } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { THEMES } from '@/components/appearance'
import { Avatar } from '@/components/avatar'
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '@/components/ui/command'
import { overlayStyles } from '@/components/ui/dialog-frame'
import { useContactSearch } from '@/features/contacts/queries'
import { LANGUAGES, setLanguage } from '@/i18n'
import { displayName, personSeed, formatPhone } from '@/lib/format'
import { useDebounced } from '@/lib/hooks'
import { P } from '@/lib/permissions'
import { useCan, useSession } from '@/lib/session'
import { setTheme } from '@/lib/theme'
import { useNavItems } from './nav'
import { useGoToTenant } from './tenant-switcher'

interface CommandBarProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  onShortcuts: () => void
}

export default function CommandBar({ open, onOpenChange, onShortcuts }: CommandBarProps) {
  const { t } = useTranslation()
  const { session } = useSession()
  const { can, module } = useCan()
  const [, navigate] = useLocation()
  const nav = useNavItems()
  const goToTenant = useGoToTenant()
  const [query, setQuery] = useState('')
  const wanted = useDebounced(query.trim(), 180)
  const contacts = useContactSearch(wanted, module('contacts') && wanted.length > 1)
  const run = (action: () => void) => () => {
    onOpenChange(false)
    action()
  }

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
              <CommandEmpty>{contacts.isFetching ? t('common.searching') : t('common.noMatches')}</CommandEmpty>
              {contacts.data && contacts.data.length > 0 && (
                <CommandGroup heading={t('nav.contacts')} forceMount>
                  {contacts.data.map((contact) => (
                    <CommandItem key={contact.id} forceMount value={`contact ${contact.id}`} onSelect={run(() => navigate(`/contacts/${contact.id}`))}>
                      <Avatar name={displayName(contact, '')} seed={personSeed(contact)} size="xs" />
                      <span className="truncate">{displayName(contact, t('contacts.stranger'))}</span>
                      {contact.phone && contact.name && <bdi className="tnum ltr-isolate ms-auto text-xs text-muted-foreground">{formatPhone(contact.phone)}</bdi>}
                    </CommandItem>
                  ))}
                </CommandGroup>
              )}
              <CommandGroup heading={t('command.goTo')}>
                {nav.map(({ href, icon: Icon, name }) => (
                  <CommandItem key={href} value={t(`nav.${name}`)} onSelect={run(() => navigate(href))}>
                    <Icon aria-hidden />
                    {t(`nav.${name}`)}
                  </CommandItem>
                ))}
                <CommandItem value={t('nav.apiDocs')} onSelect={run(() => void window.open('/api/docs/', '_blank', 'noopener'))}>
                  <BookOpen aria-hidden />
                  {t('nav.apiDocs')}
                </CommandItem>
              </CommandGroup>
              <CommandGroup heading={t('command.actions')}>
                {module('messaging') && can(P.messagesSend) && (
                  <CommandItem onSelect={run(() => navigate('/inbox?new'))}>
                    <MessageSquarePlus aria-hidden />
                    {t('newConversation.title')}
                  </CommandItem>
                )}
                {module('contacts') && can(P.contactsWrite) && (
                  <CommandItem onSelect={run(() => navigate('/contacts/new'))}>
                    <UserPlus aria-hidden />
                    {t('contacts.add')}
                  </CommandItem>
                )}
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
