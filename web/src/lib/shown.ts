import { list, record, text } from './utils'

/**
 * A template as a phone shows it: the server's `Shown` as JSON (`POST /templates/{id}/preview`), and the same made here from the template
 * alone, for showing what is typed at once. What is sent is what the server's preview says.
 */
export interface Shown {
  header?: ShownHeader
  /** With WhatsApp's marks; a variable without a value keeps its braces. */
  body: string
  footer?: string
  buttons: ShownButton[]
  /** The title of a limited-time offer. */
  offer?: string
  /** The cards of a carousel. */
  cards?: Shown[]
}

/** What stands above the body: the fields that belong to its type, as far as they are known. */
export interface ShownHeader {
  type: 'text' | 'image' | 'video' | 'document' | 'gif' | 'location' | 'product'
  text?: string
  /** Of a file: WhatsApp's id, or ours of an upload. */
  id?: string
  link?: string
  filename?: string
  name?: string
  address?: string
  latitude?: unknown
  longitude?: unknown
  product_retailer_id?: string
}

export interface ShownButton {
  /** WhatsApp's word, in capitals: URL, QUICK_REPLY, PHONE_NUMBER, COPY_CODE, OTP, … */
  type: string
  text: string
  url?: string
  phone_number?: string
  payload?: string
  code?: string
}

/** A template in WhatsApp's own form: one of ours, or the body of a creation. */
export interface TemplateSource {
  language?: string
  category?: string
  components: unknown[]
}

export type SlotKind = 'text' | 'image' | 'video' | 'document' | 'location' | 'product' | 'suffix' | 'code' | 'password' | 'end' | 'products'

/** Something that has to be said before a template can be sent. */
export interface Slot {
  /** `header_media`, `header_1`, `body_first_name`, `button_0`, `offer_until`, `otp`; of a card `card0_body_1`. */
  key: string
  kind: SlotKind
  /** The variable's name, if it is one of a text. */
  variable?: string
  /** The button's label, if it belongs to one. */
  label?: string
  /** The card, from 0. */
  card?: number
  /** The template's own sample, if it is text. */
  example?: string
}

/** What is put into the braces, by slot; braces without a value stay. */
export type ShownValues = Record<string, unknown>

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g
/** As WhatsApp keeps the button of an authentication template: a link of its own, which copies the code. */
const COPIES_CODE = 'whatsapp.com/otp/code'

const upper = (value: unknown) => text(value)?.toUpperCase() ?? ''
const part = (components: unknown[], type: string) => components.map(record).find((component) => upper(component.type) === type)
const names = (source: unknown) => [...new Set([...(text(source) ?? '').matchAll(VARIABLE)].map((match) => match[1] ?? ''))]

/** A template with these values, or with its own samples. */
export function showTemplate(template: TemplateSource, values: ShownValues | 'samples' | 'braces' = 'samples'): Shown {
  const given = values === 'samples' ? samplesOf(template) : values === 'braces' ? {} : values
  const authentication = upper(template.category) === 'AUTHENTICATION'
  // A one-time password goes into the body, whatever its variable is called.
  const fill = authentication && given.otp !== undefined ? { ...given, body_1: given.otp } : given
  const shown = showParts(template.components, fill, '')
  if (authentication) {
    const body = part(template.components, 'BODY')
    if (!shown.body) shown.body = codeText(template.language, put('{{1}}', fill, 'body_'), body?.add_security_recommendation === true)
    const minutes = part(template.components, 'FOOTER')?.code_expiration_minutes
    if (!shown.footer && typeof minutes === 'number') shown.footer = codeFooter(template.language, minutes)
  }
  const cards = part(template.components, 'CAROUSEL')
  if (cards) shown.cards = list(cards.cards).map((card, i) => showParts(list(record(card).components), fill, `card${i}_`))
  return shown
}

function showParts(components: unknown[], values: ShownValues, prefix: string): Shown {
  const header = part(components, 'HEADER')
  const offer = part(components, 'LIMITED_TIME_OFFER')
  return {
    header: header && showHeader(header, values, prefix),
    body: put(text(part(components, 'BODY')?.text) ?? '', values, `${prefix}body_`),
    footer: text(part(components, 'FOOTER')?.text),
    buttons: list(part(components, 'BUTTONS')?.buttons).map((button, i) => showButton(record(button), values[`${prefix}button_${i}`])),
    ...(offer && { offer: text(record(offer.limited_time_offer).text) ?? '' }),
  }
}

const put = (source: string, values: ShownValues, prefix: string) =>
  source.replace(VARIABLE, (_whole, name: string) => {
    const value = values[prefix + name]
    return typeof value === 'string' && value.trim() !== '' ? value : `{{${name}}}`
  })

function showHeader(component: Record<string, unknown>, values: ShownValues, prefix: string): ShownHeader {
  const format = (upper(component.format) || 'TEXT').toLowerCase()
  const file = record(values[`${prefix}header_media`])
  const own = (value: unknown) => text(value)
  switch (format) {
    case 'image':
    case 'video':
    case 'document':
    case 'gif':
      return { type: format, id: own(file.id), link: own(file.link), filename: own(file.filename) }
    case 'location': {
      const { name, address, latitude, longitude } = record(values[`${prefix}header_location`])
      return { type: 'location', name: own(name), address: own(address), latitude, longitude }
    }
    case 'product':
      return { type: 'product', product_retailer_id: own(record(values[`${prefix}header_product`]).product_retailer_id) }
    default:
      return { type: 'text', text: put(text(component.text) ?? '', values, `${prefix}header_`) }
  }
}

function showButton(button: Record<string, unknown>, value: unknown): ShownButton {
  const url = text(button.url)
  const type = url?.includes(COPIES_CODE) ? 'OTP' : upper(button.type)
  const given = text(value)
  return {
    type,
    text: text(button.text) ?? '',
    url: type === 'URL' ? url?.replace(VARIABLE, (braces) => given ?? braces) : undefined,
    phone_number: text(button.phone_number),
    code: type === 'COPY_CODE' || type === 'OTP' ? given : undefined,
  }
}

/** All slots of a template, in the order in which the phone shows them. */
export function slotsOf(template: TemplateSource): Slot[] {
  if (upper(template.category) === 'AUTHENTICATION') return [{ key: 'otp', kind: 'password', example: '123456' }]
  const cards = list(part(template.components, 'CAROUSEL')?.cards)
  return [...slotsOfParts(template.components), ...cards.flatMap((card, i) => slotsOfParts(list(record(card).components)).map((slot) => ({ ...slot, key: `card${i}_${slot.key}`, card: i })))]
}

function slotsOfParts(components: unknown[]): Slot[] {
  const slots: Slot[] = []
  const header = part(components, 'HEADER')
  if (header) slots.push(...slotsOfHeader(header))
  const body = part(components, 'BODY')
  if (body) slots.push(...slotsOfText('body', body))
  if (record(part(components, 'LIMITED_TIME_OFFER')?.limited_time_offer).has_expiration === true) slots.push({ key: 'offer_until', kind: 'end' })
  list(part(components, 'BUTTONS')?.buttons).forEach((raw, i) => slots.push(...slotOfButton(record(raw), i)))
  return slots
}

function slotsOfHeader(header: Record<string, unknown>): Slot[] {
  switch (upper(header.format)) {
    case 'IMAGE':
    case 'GIF':
      return [{ key: 'header_media', kind: 'image' }]
    case 'VIDEO':
      return [{ key: 'header_media', kind: 'video' }]
    case 'DOCUMENT':
      return [{ key: 'header_media', kind: 'document' }]
    case 'LOCATION':
      return [{ key: 'header_location', kind: 'location' }]
    case 'PRODUCT':
      return [{ key: 'header_product', kind: 'product' }]
    default:
      return slotsOfText('header', header)
  }
}

function slotsOfText(kind: 'header' | 'body', component: Record<string, unknown>): Slot[] {
  const example = record(component.example)
  const samples = new Map<string, string>()
  for (const named of list(example[`${kind}_text_named_params`]).map(record)) if (text(named.param_name)) samples.set(String(named.param_name), text(named.example) ?? '')
  const given = list(example[`${kind}_text`])
  const row = Array.isArray(given[0]) ? list(given[0]) : given
  row.forEach((value, i) => typeof value === 'string' && samples.set(String(i + 1), value))
  return names(component.text).map((variable) => ({ key: `${kind}_${variable}`, kind: 'text', variable, example: samples.get(variable) || undefined }))
}

function slotOfButton(button: Record<string, unknown>, index: number): Slot[] {
  const type = upper(button.type)
  const kind = type === 'URL' && names(button.url).length > 0 ? 'suffix' : type === 'COPY_CODE' ? 'code' : type === 'MPM' ? 'products' : undefined
  if (!kind) return []
  const sample = Array.isArray(button.example) ? text(button.example[0]) : text(button.example)
  const fixed = text(button.url)?.split('{{')[0]
  // A sample may be the whole address: then it is what follows the fixed part.
  const example = kind === 'suffix' && fixed && sample && sample.length > fixed.length && sample.startsWith(fixed) ? sample.slice(fixed.length) : sample
  return [{ key: `button_${index}`, kind, label: text(button.text), example }]
}

const samplesOf = (template: TemplateSource): ShownValues => Object.fromEntries(slotsOf(template).flatMap(({ key, example }) => (example === undefined ? [] : [[key, example]])))

/** WhatsApp's own words in authentication templates, for a template that it has not written them into yet. */
const CODE_ENGLISH = { text: '*{{code}}* is your verification code.', advice: 'For your security, do not share this code.', footer: 'This code expires in {{n}} minutes.' }
const CODE_WORDS: Record<string, typeof CODE_ENGLISH> = {
  ar: { text: '*{{code}}* هو كود التحقق الخاص بك.', advice: 'للحفاظ على أمانك، لا تشارك هذا الكود.', footer: 'تنتهي صلاحية هذا الكود خلال {{n}} من الدقائق.' },
}
const codeWords = (language: string | undefined) => CODE_WORDS[language?.split(/[_-]/)[0] ?? ''] ?? CODE_ENGLISH
const codeText = (language: string | undefined, code: string, advice: boolean) => [codeWords(language).text.replace('{{code}}', () => code), ...(advice ? [codeWords(language).advice] : [])].join(' ')
const codeFooter = (language: string | undefined, minutes: number) => codeWords(language).footer.replace('{{n}}', String(minutes))

const FROM_THE_RIGHT = new Set(['ar', 'he', 'fa', 'ur', 'ckb', 'ps', 'sd', 'ug', 'yi'])

/** The direction of a language by its code, as WhatsApp writes it: `ar`, `he_IL`. */
export const directionOf = (language: string) => (FROM_THE_RIGHT.has(language.split(/[_-]/)[0]?.toLowerCase() ?? '') ? 'rtl' : 'ltr')
