import type { TFunction } from 'i18next'
import type { Contact } from '@/api/contacts'
import { Avatar } from '@/components/avatar'
import type { TableColumn } from '@/components/table/columns'
import { TagChip } from '@/components/tag-chip'
import { PhoneText, TimeText } from '@/components/text-bits'
import { displayName, formatDate, personSeed, timeAgo } from '@/lib/format'

interface Options {
  t: TFunction
  colors: Map<string, string>
  onOpen: (contact: Contact) => void
  onTag: (tag: string) => void
}

export const contactColumns = ({ t, colors, onOpen, onTag }: Options): TableColumn<Contact>[] => [
  {
    id: 'name',
    header: t('person.name'),
    names: true,
    width: 'w-[32%]',
    sortBy: (contact) => displayName(contact, t('person.unknown')),
    cell: (contact) => {
      const name = displayName(contact, t('person.unknown'))
      return (
        <button type="button" onClick={() => onOpen(contact)} className="flex w-full min-w-0 items-center gap-3 rounded-md text-start pointer-coarse:min-h-11">
          <Avatar name={name} seed={personSeed(contact)} size="sm" />
          <span dir="auto" className="align-ui truncate font-medium underline-offset-2 hover:underline">{name}</span>
        </button>
      )
    },
  },
  { id: 'identity', header: t('contacts.identity'), sortBy: (contact) => contact.phone ?? contact.username, cell: (contact) => <Identity contact={contact} t={t} /> },
  { id: 'tags', header: t('person.tags'), cell: (contact) => (contact.tags.length > 0 ? <TagList contact={contact} colors={colors} onTag={onTag} t={t} /> : <span className="text-muted-foreground">—</span>) },
  { id: 'updated', header: t('contacts.updated'), sortBy: (contact) => contact.updated_at, cell: (contact) => <TimeText iso={contact.updated_at} className="text-muted-foreground">{timeAgo(contact.updated_at)}</TimeText> },
  { id: 'added', header: t('contacts.added'), extra: true, sortBy: (contact) => contact.created_at, cell: (contact) => formatDate(contact.created_at) },
  { id: 'note', header: t('person.note'), extra: true, cell: (contact) => <span dir="auto" className="align-ui line-clamp-2">{contact.note ?? ''}</span> },
]

function Identity({ contact, t }: { contact: Contact; t: TFunction }) {
  if (contact.phone) return <PhoneText phone={contact.phone} className="text-muted-foreground" />
  if (contact.username) return <bdi className="text-muted-foreground">@{contact.username}</bdi>
  return <span className="text-muted-foreground">{contact.bsuid ? t('contacts.idOnly') : '—'}</span>
}

function TagList({ contact, colors, onTag, t }: { contact: Contact; colors: Map<string, string>; onTag: (tag: string) => void; t: TFunction }) {
  return (
    <span className="flex flex-wrap items-center gap-1 overflow-hidden">
      {contact.tags.slice(0, 3).map((tag) => (
        <button key={tag} type="button" onClick={() => onTag(tag)} className="max-w-full rounded-full pointer-coarse:inline-flex pointer-coarse:min-h-11 pointer-coarse:min-w-11 pointer-coarse:items-center" aria-label={t('contacts.filterTag', { name: tag })}>
          <TagChip name={tag} color={colors.get(tag)} className="hover:bg-accent" />
        </button>
      ))}
      {contact.tags.length > 3 && <span className="tnum text-xs text-muted-foreground" title={contact.tags.slice(3).join(', ')}>+{contact.tags.length - 3}</span>}
    </span>
  )
}
