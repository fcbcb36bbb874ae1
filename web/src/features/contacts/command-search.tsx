import { useTranslation } from 'react-i18next'
import { type Contact, useContactSearch } from '@/api/contacts'
import { Avatar } from '@/components/avatar'
import { displayName, formatPhone, personSeed } from '@/lib/format'

/** Contacts for the command bar. */
export function useFoundContacts(words: string, enabled: boolean) {
  const query = useContactSearch(words, enabled)
  const items = query.data?.map((contact) => ({ id: contact.id, href: `/contacts/${contact.id}`, content: <Found contact={contact} /> }))
  return { items: items ?? [], loading: query.isFetching }
}

function Found({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  return (
    <>
      <Avatar name={displayName(contact, '')} seed={personSeed(contact)} size="xs" />
      <span className="truncate">{displayName(contact, t('person.unknown'))}</span>
      {contact.phone && contact.name && <bdi className="tnum ltr-isolate ms-auto text-xs text-muted-foreground">{formatPhone(contact.phone)}</bdi>}
    </>
  )
}
