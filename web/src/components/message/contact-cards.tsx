import { Building2, Cake, Globe, type LucideIcon, Mail, MapPin, Phone, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type CardPerson, type Carried, peopleOf, safeLink } from '@/lib/content'
import { formatPhone } from '@/lib/format'
import { Avatar } from '../avatar'
import { Card, Labelled } from './bits'

const SHOWN = 3

export function ContactCards({ message }: { message: Carried }) {
  const { t } = useTranslation()
  const people = peopleOf(message)
  if (people.length === 0) return <Labelled icon={UserRound} label={t('kinds.contacts')} />
  const rest = people.slice(SHOWN)
  return (
    <span className="block space-y-1.5">
      {people.slice(0, SHOWN).map((person, i) => <PersonCard key={i} person={person} />)}
      {rest.length > 0 && (
        <details>
          <summary className="text-xs underline underline-offset-2">{t('kinds.morePeople', { n: rest.length })}</summary>
          <span className="mt-1.5 block space-y-1.5">{rest.map((person, i) => <PersonCard key={i} person={person} />)}</span>
        </details>
      )}
    </span>
  )
}

export function PersonCard({ person }: { person: CardPerson }) {
  return (
    <Card>
      <span className="flex items-center gap-2.5 px-2.5 py-2">
        <Avatar name={person.name} seed={person.phones[0]?.value ?? person.name} className="size-9" />
        <span className="min-w-0">
          <span dir="auto" className="align-ui block truncate text-sm font-medium">{person.name}</span>
          {person.org && <span dir="auto" className="align-ui block truncate text-xs opacity-75">{person.org}</span>}
        </span>
      </span>
      <span className="block space-y-1 border-t border-foreground/10 px-2.5 py-2 text-xs empty:hidden">
        {person.phones.map((phone, i) => (
          <Line key={`p${i}`} icon={Phone} href={`tel:${phone.value.replace(/[^+\d]/g, '')}`} kind={phone.kind}><bdi className="tnum ltr-isolate">{formatPhone(phone.value)}</bdi></Line>
        ))}
        {person.emails.map((mail, i) => <Line key={`e${i}`} icon={Mail} href={`mailto:${mail.value}`} kind={mail.kind}><bdi>{mail.value}</bdi></Line>)}
        {person.urls.map((url, i) => <Line key={`u${i}`} icon={Globe} href={safeLink(url.value)} kind={url.kind}><bdi>{url.value}</bdi></Line>)}
        {person.addresses.map((address, i) => <Line key={`a${i}`} icon={MapPin}>{address}</Line>)}
        {person.birthday && <Line icon={Cake}><bdi>{person.birthday}</bdi></Line>}
        {person.department && <Line icon={Building2}>{person.department}</Line>}
      </span>
    </Card>
  )
}

function Line({ icon: Icon, href, kind, children }: { icon: LucideIcon; href?: string; kind?: string; children: React.ReactNode }) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center gap-2">
      <Icon className="size-3.5 shrink-0 opacity-60" aria-hidden />
      {href ? <a href={href} target={href.startsWith('http') ? '_blank' : undefined} rel="noreferrer noopener" className="inline-block min-h-6 min-w-0 content-center wrap-anywhere underline underline-offset-2">{children}</a> : <span dir="auto" className="min-w-0 wrap-anywhere">{children}</span>}
      {kind && <span className="ms-auto shrink-0 opacity-70">{t(`kinds.where.${kind.toLowerCase()}`, { defaultValue: kind.toLowerCase() })}</span>}
    </span>
  )
}
