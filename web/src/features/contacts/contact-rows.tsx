import { Ellipsis, type LucideIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Contact } from '@/api/contacts'
import { Avatar } from '@/components/avatar'
import { TagChip } from '@/components/tag-chip'
import { PhoneText, TimeText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { displayName, personSeed, timeAgo } from '@/lib/format'

export interface RowAction {
  label: string
  icon: LucideIcon
  destructive?: boolean
  run: () => void
}

interface ContactRowsProps {
  items: Contact[]
  colors: Map<string, string>
  actions: (contact: Contact) => RowAction[]
  onOpen: (contact: Contact) => void
  onTag: (tag: string) => void
}

export function ContactTable({ items, colors, actions, onOpen, onTag }: ContactRowsProps) {
  const { t } = useTranslation()
  return (
    <div className="overflow-hidden rounded-xl border bg-card shadow-xs">
      <table className="w-full table-fixed text-[0.8125rem]">
        <thead>
          <tr className="border-b bg-muted/40 text-xs text-muted-foreground [&>th]:h-9 [&>th]:px-4 [&>th]:text-start [&>th]:font-medium">
            <th scope="col" className="w-[30%]">{t('person.name')}</th>
            <th scope="col" className="w-[24%]">{t('contacts.identity')}</th>
            <th scope="col">{t('person.tags')}</th>
            <th scope="col" className="hidden w-36 lg:table-cell">{t('contacts.updated')}</th>
            <th scope="col" className="w-14"><span className="sr-only">{t('contacts.actions')}</span></th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {items.map((contact) => {
            const name = displayName(contact, t('person.unknown'))
            return (
              <tr key={contact.id} className="transition-colors hover:bg-accent/50 [&>td]:h-13 [&>td]:px-4">
                <td>
                  <button type="button" onClick={() => onOpen(contact)} className="flex w-full min-w-0 items-center gap-3 rounded-md text-start">
                    <Avatar name={name} seed={personSeed(contact)} size="sm" />
                    <span dir="auto" className="align-ui truncate font-medium hover:underline hover:underline-offset-2">{name}</span>
                  </button>
                </td>
                <td className="truncate text-muted-foreground"><Identity contact={contact} /></td>
                <td><TagList contact={contact} colors={colors} onTag={onTag} /></td>
                <td className="hidden text-muted-foreground lg:table-cell"><TimeText iso={contact.updated_at}>{timeAgo(contact.updated_at)}</TimeText></td>
                <td className="px-2! text-end"><RowMenu name={name} actions={actions(contact)} /></td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

export function ContactCards({ items, colors, actions, onOpen, onTag }: ContactRowsProps) {
  const { t } = useTranslation()
  return (
    <ul className="divide-y overflow-hidden rounded-xl border bg-card shadow-xs">
      {items.map((contact) => {
        const name = displayName(contact, t('person.unknown'))
        return (
          <li key={contact.id} className="flex items-start gap-1 py-3 ps-3.5 pe-1.5">
            <div className="min-w-0 flex-1">
              <button type="button" onClick={() => onOpen(contact)} className="flex w-full items-center gap-3 text-start">
                <Avatar name={name} seed={personSeed(contact)} />
                <span className="min-w-0 flex-1">
                  <span dir="auto" className="align-ui block truncate text-sm font-medium">{name}</span>
                  <span className="block truncate text-[0.8125rem] text-muted-foreground"><Identity contact={contact} /></span>
                </span>
              </button>
              {contact.tags.length > 0 && <div className="mt-2 ps-12"><TagList contact={contact} colors={colors} onTag={onTag} /></div>}
            </div>
            <RowMenu name={name} actions={actions(contact)} />
          </li>
        )
      })}
    </ul>
  )
}

function Identity({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  if (contact.phone) return <PhoneText phone={contact.phone} />
  if (contact.username) return <bdi>@{contact.username}</bdi>
  return <>{contact.bsuid ? t('contacts.idOnly') : '—'}</>
}

function TagList({ contact, colors, onTag }: { contact: Contact; colors: Map<string, string>; onTag: (tag: string) => void }) {
  const { t } = useTranslation()
  return (
    <span className="flex flex-wrap items-center gap-1 overflow-hidden">
      {contact.tags.slice(0, 3).map((tag) => (
        <button key={tag} type="button" onClick={() => onTag(tag)} className="max-w-full rounded-full" aria-label={t('contacts.filterTag', { name: tag })}>
          <TagChip name={tag} color={colors.get(tag)} className="hover:bg-accent" />
        </button>
      ))}
      {contact.tags.length > 3 && <span className="tnum text-xs text-muted-foreground" title={contact.tags.slice(3).join(', ')}>+{contact.tags.length - 3}</span>}
    </span>
  )
}

function RowMenu({ name, actions }: { name: string; actions: RowAction[] }) {
  const { t } = useTranslation()
  if (actions.length === 0) return null
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" className="text-muted-foreground" aria-label={t('contacts.actionsFor', { name })}><Ellipsis aria-hidden /></Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {actions.map(({ label, icon: Icon, destructive, run }) => (
          <DropdownMenuItem key={label} variant={destructive ? 'destructive' : 'default'} onSelect={run}>
            <Icon aria-hidden />
            {label}
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
