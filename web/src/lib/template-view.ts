import type { Shown, ShownButton, ShownHeader } from './shown'
import { list, record, text } from './utils'

/** A template as a phone draws it, its blanks filled or still showing their braces. */
export interface TemplateView {
  header?: TemplateHeader
  body: string
  footer?: string
  buttons: TemplateButton[]
  offer?: { text: string; expires: boolean; until?: number; code?: string }
  cards: TemplateView[]
  /** An authentication template: the code that is copied. */
  code?: string
}

export interface TemplateHeader {
  format: 'TEXT' | 'IMAGE' | 'VIDEO' | 'DOCUMENT' | 'GIF' | 'LOCATION' | 'PRODUCT' | (string & {})
  text?: string
  link?: string
  /** A file of ours, uploaded before it was sent. */
  mediaId?: string
  filename?: string
  location?: { latitude: number; longitude: number; name?: string; address?: string }
}

export interface TemplateButton {
  type: string
  text: string
  url?: string
  phone?: string
  code?: string
}

/** A template as the number has it: what a sent one is drawn from. */
export interface TemplateDefinition {
  name: string
  language: string
  components: unknown[]
}

const VARIABLE = /\{\{\s*([\w.]+)\s*\}\}/g

/** The values a sent template carries, by the place they fill. */
interface Filling {
  texts: Map<string, string>[]
  raw: Record<string, unknown>[]
}

const upper = (value: unknown) => text(value)?.toUpperCase() ?? ''

function parameterText(parameter: Record<string, unknown>) {
  const special = record(parameter[text(parameter.type) ?? ''])
  return text(parameter.text) ?? text(special.fallback_value) ?? text(parameter.coupon_code) ?? text(parameter.payload)
}

function fillingOf(component: Record<string, unknown> | undefined): Filling {
  const raw = list(component?.parameters).map(record)
  const named = new Map<string, string>()
  raw.forEach((parameter, i) => {
    const value = parameterText(parameter)
    if (value !== undefined) named.set(text(parameter.parameter_name) ?? String(i + 1), value)
  })
  return { texts: [named], raw }
}

const put = (source: string | undefined, filling: Filling) => (source ?? '').replace(VARIABLE, (whole, name: string) => filling.texts[0]?.get(name)?.trim() || whole)

/** Joins what a template says (`components` as WhatsApp has it) with what was sent to fill it. */
export function templateView(definition: unknown[], sent: unknown[] = [], examples = false): TemplateView {
  const filled = sent.map(record)
  const of = (type: string) => filled.find((c) => upper(c.type) === type)
  const button = (index: number) => filled.find((c) => upper(c.type) === 'BUTTON' && Number(c.index) === index)
  const view: TemplateView = { body: '', buttons: [], cards: [] }
  for (const raw of definition) {
    const component = record(raw)
    switch (upper(component.type)) {
      case 'HEADER':
        view.header = headerOf(component, fillingOf(of('HEADER')))
        break
      case 'BODY':
        view.body = bodyText(component, fillingOf(of('BODY')))
        if (!component.text && fillingOf(of('BODY')).raw.length > 0) view.code = parameterText(fillingOf(of('BODY')).raw[0] ?? {})
        break
      case 'FOOTER':
        view.footer = text(component.text)
        if (!view.footer && typeof component.code_expiration_minutes === 'number') view.footer = `⏱ ${component.code_expiration_minutes} min`
        break
      case 'BUTTONS':
        view.buttons = list(component.buttons).map((b, i) => buttonOf(record(b), fillingOf(button(i))))
        break
      case 'LIMITED_TIME_OFFER': {
        const offer = record(component.limited_time_offer)
        const given = record(record(list(of('LIMITED_TIME_OFFER')?.parameters)[0]).limited_time_offer)
        view.offer = { text: text(offer.text) ?? '', expires: offer.has_expiration === true, until: Number(given.expiration_time_ms) || undefined }
        break
      }
      case 'CAROUSEL': {
        const cards = list(of('CAROUSEL')?.cards).map(record)
        view.cards = list(component.cards).map((card, i) => {
          const own = cards.find((c) => Number(c.card_index) === i) ?? cards[i]
          return templateView(list(record(card).components), list(own?.components), examples)
        })
        break
      }
    }
  }
  if (view.offer) view.offer.code = view.buttons.find((b) => b.type === 'COPY_CODE')?.code
  return view
}

/** A sent template as the server kept it: what was sent does not change when the template is edited. */
export function viewOfShown(shown: Shown, sent: unknown[] = []): TemplateView {
  const offer = sent.map(record).find((c) => upper(c.type) === 'LIMITED_TIME_OFFER')
  const until = Number(record(record(list(offer?.parameters)[0]).limited_time_offer).expiration_time_ms) || undefined
  return {
    header: shown.header && headerView(shown.header),
    body: shown.body,
    footer: shown.footer,
    buttons: shown.buttons.map(buttonView),
    offer: shown.offer === undefined ? undefined : { text: shown.offer, expires: until !== undefined, until, code: shown.buttons.find((button) => button.type === 'COPY_CODE')?.code },
    cards: (shown.cards ?? []).map((card) => viewOfShown(card)),
  }
}

const buttonView = ({ type, text: label, url, phone_number: phone, code }: ShownButton): TemplateButton => ({ type: url?.includes('whatsapp.com/otp/code') ? 'OTP' : type, text: label, url, phone, code })

function headerView({ type, text: line, id, link, filename, name, address, latitude, longitude }: ShownHeader): TemplateHeader {
  const [north, east] = [Number(latitude), Number(longitude)]
  const placed = latitude !== undefined && Number.isFinite(north) && Number.isFinite(east)
  return { format: type.toUpperCase(), text: line, link, mediaId: id, filename, location: placed ? { latitude: north, longitude: east, name, address } : undefined }
}

/** When the template itself is not known any more: what was sent still says its values. */
export function sentValues(sent: unknown[]): string[] {
  return sent.map(record).filter((c) => ['HEADER', 'BODY'].includes(upper(c.type))).flatMap((c) => list(c.parameters).flatMap((p) => parameterText(record(p)) ?? []))
}

function bodyText(component: Record<string, unknown>, filling: Filling) {
  const source = text(component.text)
  if (source) return put(source, filling)
  // Authentication templates have a text that WhatsApp writes; only the code is ours.
  const code = parameterText(filling.raw[0] ?? {})
  return code ? `*${code}*` : ''
}

function headerOf(component: Record<string, unknown>, filling: Filling): TemplateHeader {
  const format = upper(component.format) || 'TEXT'
  const parameter = filling.raw[0] ?? {}
  const file = record(parameter[format.toLowerCase()])
  const location = record(parameter.location)
  const [latitude, longitude] = [Number(location.latitude), Number(location.longitude)]
  return {
    format,
    text: component.text ? put(text(component.text), filling) : undefined,
    link: text(file.link),
    mediaId: text(file.media_id) ?? text(file.id),
    filename: text(file.filename),
    location: location.latitude !== undefined && Number.isFinite(latitude) && Number.isFinite(longitude) ? { latitude, longitude, name: text(location.name), address: text(location.address) } : undefined,
  }
}

function buttonOf(button: Record<string, unknown>, filling: Filling): TemplateButton {
  const parameter = filling.raw[0] ?? {}
  const url = text(button.url)
  // As WhatsApp keeps the button of an authentication template: an address of its own, which copies the code.
  const type = url?.includes('whatsapp.com/otp/code') ? 'OTP' : upper(button.type)
  const end = text(parameter.text)
  return {
    type,
    text: text(button.text) ?? '',
    url: url && end ? url.replace(VARIABLE, encodeURIComponent(end)) : url,
    phone: text(button.phone_number),
    code: text(parameter.coupon_code) ?? (type === 'OTP' ? end : undefined),
  }
}
