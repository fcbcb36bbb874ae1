import { Search, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useContactSuggestions } from '@/api/contacts'
import { Avatar } from '@/components/avatar'
import { PersonCard } from '@/components/message/contact-cards'
import { SubmitButton } from '@/components/submit-button'
import { PhoneText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { DialogBody, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { displayName, personSeed } from '@/lib/format'
import { useDebounced } from '@/lib/hooks'
import type { Outgoing } from '../outgoing'

interface Person {
  first: string
  last: string
  phone: string
  email: string
  company: string
}

const EMPTY: Person = { first: '', last: '', phone: '', email: '', company: '' }

/** WhatsApp's form of a contact card (Cloud API: contacts message). */
export function cardOf(person: Person) {
  const first = person.first.trim()
  const last = person.last.trim()
  // As it was typed: the server adds WhatsApp's id where it can read the number.
  const phone = person.phone.trim()
  return {
    // One name part beside the whole is what WhatsApp asks for.
    name: { formatted_name: [first, last].filter(Boolean).join(' '), first_name: first || last, ...(first && last ? { last_name: last } : {}) },
    ...(phone ? { phones: [{ phone, type: 'CELL' }] } : {}),
    ...(person.email.trim() ? { emails: [{ email: person.email.trim(), type: 'WORK' }] } : {}),
    ...(person.company.trim() ? { org: { company: person.company.trim() } } : {}),
  }
}

/** A person's card: one of the contacts, or written by hand. */
export function ContactDialog({ onSend, onClose }: { onSend: (out: Outgoing) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [person, setPerson] = useState(EMPTY)
  const [search, setSearch] = useState('')
  const [tried, setTried] = useState(false)
  const found = useContactSuggestions(useDebounced(search.trim(), 200))
  const set = (change: Partial<Person>) => setPerson((p) => ({ ...p, ...change }))
  const named = !!(person.first.trim() || person.last.trim())
  const reach = !!(person.phone.trim() || person.email.trim())
  const missing = !named ? t('card.nameMissing') : !reach ? t('card.reachMissing') : undefined
  const field = (key: keyof Person, label: string, extra: React.ComponentProps<typeof Input> = {}) => (
    <div className="grid min-w-0 gap-1.5">
      <Label htmlFor={`card-${key}`}>{label}</Label>
      <Input id={`card-${key}`} dir="auto" maxLength={200} value={person[key]} onChange={(e) => set({ [key]: e.target.value })} {...extra} />
    </div>
  )
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setTried(true)
        if (!missing) onSend({ type: 'contacts', content: [cardOf(person)] })
      }}
    >
      <DialogHeader>
        <DialogTitle>{t('composer.add.contact')}</DialogTitle>
        <DialogDescription>{t('card.hint')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-4">
        <div className="space-y-1.5">
          <div className="relative">
            <Search className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground" aria-hidden />
            <Input type="search" autoFocus className="ps-8.5" value={search} onChange={(e) => setSearch(e.target.value)} placeholder={t('card.search')} aria-label={t('card.search')} />
          </div>
          {search.trim() && (
            <ul className="divide-y rounded-lg border">
              {found.data?.slice(0, 5).map((contact) => {
                const name = displayName(contact, t('person.unknown'))
                return (
                  <li key={contact.id}>
                    <button
                      type="button"
                      className="flex w-full items-center gap-2.5 px-3 py-2 text-start text-sm hover:bg-accent"
                      onClick={() => {
                        const [first = '', ...rest] = (contact.name ?? '').split(/\s+/)
                        setPerson({ ...EMPTY, first, last: rest.join(' '), phone: contact.phone ?? '' })
                        setSearch('')
                      }}
                    >
                      <Avatar name={name} seed={personSeed(contact)} size="sm" />
                      <bdi className="min-w-0 flex-1 truncate">{name}</bdi>
                      {contact.phone && <PhoneText phone={contact.phone} className="text-xs text-muted-foreground" />}
                    </button>
                  </li>
                )
              })}
              {found.data?.length === 0 && <li className="px-3 py-2 text-sm text-muted-foreground">{t('common.noMatches')}</li>}
            </ul>
          )}
        </div>
        <div className="grid grid-cols-2 gap-3">
          {field('first', t('card.first'))}
          {field('last', t('card.last'))}
        </div>
        {field('phone', t('card.phone'), { dir: 'ltr', inputMode: 'tel' })}
        <div className="grid grid-cols-2 gap-3">
          {field('email', t('card.email'), { dir: 'ltr', inputMode: 'email', type: 'email' })}
          {field('company', t('card.company'))}
        </div>
        {tried && missing && <p role="alert" className="text-xs text-destructive">{missing}</p>}
        {named && (
          <div className="relative w-fit max-w-full">
            <PersonCard person={{ name: cardOf(person).name.formatted_name, org: person.company.trim() || undefined, phones: person.phone.trim() ? [{ value: person.phone.trim() }] : [], emails: person.email.trim() ? [{ value: person.email.trim() }] : [], urls: [], addresses: [] }} />
            <button type="button" onClick={() => setPerson(EMPTY)} aria-label={t('card.clear')} className="absolute end-1 top-1 grid size-7 place-items-center rounded-md text-muted-foreground hover:bg-accent"><X className="size-4" aria-hidden /></button>
          </div>
        )}
      </DialogBody>
      <DialogFooter>
        <SubmitButton missing={missing} before={<Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>}>{t('chat.send')}</SubmitButton>
      </DialogFooter>
    </form>
  )
}
