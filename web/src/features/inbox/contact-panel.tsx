import { AtSign, CalendarClock, Fingerprint, Pencil, Phone, StickyNote, X } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useContact } from '@/api/contacts'
import { useConversation } from '@/api/conversations'
import { useTagColors } from '@/api/tags'
import { Avatar } from '@/components/avatar'
import { ErrorState } from '@/components/states'
import { TagChip } from '@/components/tag-chip'
import { Code, CopyButton, PhoneText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { displayName, personSeed, formatDate } from '@/lib/format'
import { useCan } from '@/lib/session'

export function ContactPanel({ conversationId, onClose }: { conversationId: string; onClose?: () => void }) {
  const { t } = useTranslation()
  const conversation = useConversation(conversationId)
  return (
    <aside aria-label={t('details.title')} className="flex h-full flex-col">
      <header className="flex h-14 shrink-0 items-center justify-between border-b ps-4 pe-2">
        <h2 className="text-sm font-semibold">{t('details.title')}</h2>
        {onClose && (
          <Button variant="ghost" size="icon-sm" className="text-muted-foreground" onClick={onClose} aria-label={t('details.close')}>
            <X aria-hidden />
          </Button>
        )}
      </header>
      <div className="thin-scroll relative min-h-0 flex-1 overflow-y-auto">
        {conversation.data ? <Person contactId={conversation.data.contact.id} /> : conversation.error ? <ErrorState error={conversation.error} /> : <PanelSkeleton />}
      </div>
    </aside>
  )
}

const Person = memo(function Person({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const { can, module } = useCan()
  const query = useContact(contactId)
  const colors = useTagColors().data
  if (query.error && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <PanelSkeleton />
  const contact = query.data
  const name = displayName(contact, t('person.unknown'))
  const attributes = Object.entries(contact.attributes)
  return (
    <div className="divide-y">
      <div className="flex flex-col items-center gap-3 px-4 py-6 text-center">
        <Avatar name={name} seed={personSeed(contact)} size="xl" />
        <p className="max-w-full text-base font-semibold tracking-tight break-words"><bdi>{name}</bdi></p>
        {module('contacts') && can('contacts:write') && (
          <Button asChild variant="outline" size="sm">
            <Link href={`/contacts/${contact.id}`}><Pencil aria-hidden />{t('details.edit')}</Link>
          </Button>
        )}
      </div>
      <Section title={t('details.identities')}>
        <dl className="space-y-2.5">
          {contact.phone && (
            <Fact icon={<Phone />} label={t('person.phone')} action={<CopyButton value={contact.phone} label={t('details.copyPhone')} />}>
              <PhoneText phone={contact.phone} />
            </Fact>
          )}
          {contact.username && <Fact icon={<AtSign />} label={t('person.username')}><bdi>@{contact.username}</bdi></Fact>}
          {contact.bsuid && <Fact icon={<Fingerprint />} label={t('person.bsuid')}><Code>{contact.bsuid}</Code></Fact>}
          <Fact icon={<CalendarClock />} label={t('details.known')}>{formatDate(contact.created_at)}</Fact>
        </dl>
        {!contact.phone && <p className="mt-3 text-xs text-muted-foreground">{t('details.noPhone')}</p>}
      </Section>
      <Section title={t('person.tags')}>
        {contact.tags.length > 0 ? (
          <ul className="flex flex-wrap gap-1.5">{contact.tags.map((tag) => <li key={tag} className="max-w-full"><TagChip name={tag} color={colors?.get(tag)} /></li>)}</ul>
        ) : (
          <p className="text-[0.8125rem] text-muted-foreground">{t('details.noTags')}</p>
        )}
      </Section>
      {attributes.length > 0 && (
        <Section title={t('person.attributes')}>
          <dl className="space-y-2 text-[0.8125rem]">
            {attributes.map(([key, value]) => (
              <div key={key} className="flex justify-between gap-4">
                <dt className="text-muted-foreground">{key}</dt>
                <dd dir="auto" className="min-w-0 text-end break-words">{String(value)}</dd>
              </div>
            ))}
          </dl>
        </Section>
      )}
      {contact.note && (
        <Section title={t('person.note')}>
          <p dir="auto" className="flex gap-2 text-[0.8125rem] whitespace-pre-wrap"><StickyNote className="mt-0.5 size-3.5 shrink-0 text-muted-foreground" aria-hidden />{contact.note}</p>
        </Section>
      )}
    </div>
  )
})

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="px-4 py-4">
      <h3 className="mb-2.5 text-xs font-medium text-muted-foreground">{title}</h3>
      {children}
    </section>
  )
}

function Fact({ icon, label, action, children }: { icon: ReactNode; label: string; action?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-6 items-center gap-2.5 text-[0.8125rem]">
      <dt className="text-muted-foreground [&_svg]:size-4"><span aria-hidden>{icon}</span><span className="sr-only">{label}</span></dt>
      <dd className="flex min-w-0 flex-1 items-center gap-2.5 break-words">
        <span className="min-w-0 flex-1">{children}</span>
        {action}
      </dd>
    </div>
  )
}

function PanelSkeleton() {
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-6">
      <Skeleton className="size-16 rounded-full" />
      <Skeleton className="h-4 w-32" />
      <Skeleton className="mt-6 h-4 w-full" />
      <Skeleton className="h-4 w-full" />
    </div>
  )
}
