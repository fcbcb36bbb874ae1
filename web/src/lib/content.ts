import { list, record, text } from './utils'

export interface Carried {
  type: string
  text?: string
  content: unknown
}

/** The type-specific part of a message, whether it comes bare or under its type's name as WhatsApp sends it. */
export function inner(message: Carried): Record<string, unknown> {
  const content = record(message.content)
  const nested = content[message.type]
  return typeof nested === 'object' && nested !== null && !Array.isArray(nested) ? record(nested) : content
}

export interface Reaction {
  emoji: string
  target: string
}

export function reactionOf(message: Carried): Reaction | undefined {
  if (message.type !== 'reaction') return undefined
  const body = inner(message)
  const target = text(body.message_id)
  return target ? { emoji: text(body.emoji) ?? '', target } : undefined
}

export function bodyOf(message: Carried): string | undefined {
  const body = inner(message)
  return message.text ?? text(body.body) ?? text(body.text)
}

export interface LocationParts {
  latitude: number
  longitude: number
  name?: string
  address?: string
}

export function locationOf(message: Carried): LocationParts | undefined {
  const body = inner(message)
  const latitude = Number(body.latitude)
  const longitude = Number(body.longitude)
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return undefined
  return { latitude, longitude, name: text(body.name), address: text(body.address) }
}

/** A web address that may go into src or href: https or http, nothing else. */
export function safeLink(value: unknown): string | undefined {
  const link = text(value)
  return link && /^https?:\/\//i.test(link) ? link : undefined
}


interface Kept {
  value: string
  kind?: string
}

/** A person on a contact card. */
export interface CardPerson {
  name: string
  org?: string
  department?: string
  birthday?: string
  phones: Kept[]
  emails: Kept[]
  urls: Kept[]
  addresses: string[]
}

const kept = (value: unknown, key: string): Kept[] =>
  list(value).flatMap((entry) => {
    const found = text(record(entry)[key])
    return found ? [{ value: found, kind: text(record(entry).type) }] : []
  })

export function peopleOf(message: Carried): CardPerson[] {
  const content = record(message.content)
  return list(content.contacts ?? message.content).map((raw) => {
    const person = record(raw)
    const name = record(person.name)
    const org = record(person.org)
    const phones = kept(person.phones, 'phone')
    return {
      name: text(name.formatted_name) ?? ([text(name.first_name), text(name.last_name)].filter(Boolean).join(' ') || (phones[0]?.value ?? '')),
      org: [text(org.title), text(org.company)].filter(Boolean).join(' · ') || undefined,
      department: text(org.department),
      birthday: text(person.birthday),
      phones,
      emails: kept(person.emails, 'email'),
      urls: kept(person.urls, 'url'),
      addresses: list(person.addresses).map((a) => ['street', 'city', 'state', 'zip', 'country'].map((key) => text(record(a)[key])).filter(Boolean).join(', ')).filter(Boolean),
    }
  })
}

/** What a customer tapped or filled in, as against what we offered. */
export const isAnswer = (message: Carried) => {
  const body = inner(message)
  return ['button_reply', 'list_reply', 'nfm_reply', 'call_permission_reply'].some((key) => key in body)
}

/** The words of a message in one line, where it has any. */
export function headline(message: Carried): string | undefined {
  const body = inner(message)
  const reply = record(body.button_reply ?? body.list_reply)
  return bodyOf(message) ?? text(body.caption) ?? text(reply.title) ?? text(record(body.body).text) ?? text(body.filename) ?? locationOf(message)?.name ?? peopleIn(message)
}

const peopleIn = (message: Carried) => (message.type === 'contacts' ? peopleOf(message).map((p) => p.name).join(', ') || undefined : undefined)
