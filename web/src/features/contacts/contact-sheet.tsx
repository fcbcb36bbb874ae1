import { useTranslation } from 'react-i18next'
import { type Contact, useContact } from '@/api/contacts'
import type { Tag } from '@/api/tags'
import { leave } from '@/components/leave-guard'
import { ErrorState } from '@/components/states'
import { Sheet, SheetBody, SheetContent, SheetDescription, SheetHeader, SheetTitle } from '@/components/ui/sheet'
import { Skeleton } from '@/components/ui/skeleton'
import { displayName, formatDateTime } from '@/lib/format'
import { ContactForm } from './contact-form'

interface ContactSheetProps {
  contactId?: string
  readOnly: boolean
  tags: Tag[]
  onClose: () => void
  onDelete: (contact: Contact) => void
}

export function ContactSheet({ contactId, readOnly, tags, onClose, onDelete }: ContactSheetProps) {
  const { t } = useTranslation()
  const creating = contactId === 'new'
  const query = useContact(creating ? undefined : contactId)
  const contact = creating ? undefined : query.data
  return (
    <Sheet open={!!contactId && !(creating && readOnly)} onOpenChange={(open) => !open && leave(onClose)}>
      <SheetContent>
        <SheetHeader>
          <SheetTitle>{creating ? t('contacts.addTitle') : <bdi>{contact ? displayName(contact, t('person.unknown')) : t('contacts.contact')}</bdi>}</SheetTitle>
          <SheetDescription>{contact ? t('contacts.since', { when: formatDateTime(contact.created_at) }) : t('contacts.addHint')}</SheetDescription>
        </SheetHeader>
        {creating || contact ? (
          <ContactForm key={contact?.id ?? 'new'} contact={contact} readOnly={readOnly} tags={tags} onClose={onClose} onDelete={onDelete} />
        ) : (
          <SheetBody className="space-y-5">
            {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : [1, 2, 3, 4].map((i) => <Skeleton key={i} className="h-14" />)}
          </SheetBody>
        )}
      </SheetContent>
    </Sheet>
  )
}
