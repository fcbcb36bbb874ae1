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

export function contactNames(message: Carried): string[] {
  const content = record(message.content)
  return list(content.contacts ?? message.content).flatMap((c) => text(record(record(c).name).formatted_name) ?? [])
}

/** A web address that may go into src or href: https or http, nothing else. */
export function safeLink(value: unknown): string | undefined {
  const link = text(value)
  return link && /^https?:\/\//i.test(link) ? link : undefined
}

/** Titles of what an interactive message offers, or what was tapped in one. */
export function interactiveParts(message: Carried): { header?: string; body?: string; footer?: string; options: string[]; chosen?: string } {
  const body = inner(message)
  const action = record(body.action)
  const reply = record(body.button_reply ?? body.list_reply)
  const buttons = list(action.buttons).flatMap((b) => text(record(record(b).reply).title) ?? [])
  const rows = list(action.sections).flatMap((s) => list(record(s).rows).flatMap((r) => text(record(r).title) ?? []))
  return {
    header: text(record(body.header).text),
    body: text(record(body.body).text),
    footer: text(record(body.footer).text),
    options: [...buttons, ...rows],
    chosen: text(reply.title),
  }
}
