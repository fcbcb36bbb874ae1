import type { Template } from '@/api/templates'
import { safeLink } from '@/lib/content'
import { list, record, text } from '@/lib/utils'

export type FieldKind = 'text' | 'image' | 'video' | 'document' | 'code' | 'otp' | 'latitude' | 'longitude' | 'place' | 'until' | 'product' | 'products'

/** One blank of a template that somebody has to fill before it can be sent. */
export interface TemplateField {
  key: string
  part: 'header' | 'body' | 'button' | 'offer'
  kind: FieldKind
  /** The name between the braces: "1" or "first_name". */
  variable?: string
  index?: number
  example?: string
  /** In a carousel: which card, from 0. */
  card?: number
  /** The longest value WhatsApp takes. */
  max?: number
}

/** A product template needs it to name its first picture. */
const PRODUCT_BUTTONS = new Set(['MPM', 'SPM'])
const VARIABLE = /\{\{\s*([\w.]+)\s*\}\}/g
const upper = (value: unknown) => text(value)?.toUpperCase() ?? ''
const variables = (source: string | undefined) => [...new Set([...(source ?? '').matchAll(VARIABLE)].map((m) => m[1] ?? ''))]
export const isMedia = (kind: FieldKind): kind is 'image' | 'video' | 'document' => kind === 'image' || kind === 'video' || kind === 'document'
const isAuthentication = (template: Template) => upper(template.category) === 'AUTHENTICATION'

/** The words of the body, for lists. */
export const bodyOfTemplate = (template: Template) => text(template.components.map(record).find((c) => upper(c.type) === 'BODY')?.text) ?? ''

export function fieldsOf(template: Template): TemplateField[] {
  // WhatsApp writes these itself; the code is all there is to say, and it goes into body and button alike.
  if (isAuthentication(template)) return [{ key: 'otp', part: 'body', kind: 'otp', max: 15 }]
  return fieldsIn(template.components)
}

function fieldsIn(components: unknown[], card?: number): TemplateField[] {
  const prefix = card === undefined ? '' : `card${card}_`
  const fields: TemplateField[] = []
  const add = (field: TemplateField) => fields.push({ ...field, key: prefix + field.key, ...(card === undefined ? {} : { card }) })
  for (const component of components.map(record)) {
    switch (upper(component.type)) {
      case 'HEADER':
        headerFields(component).forEach(add)
        break
      case 'BODY': {
        const examples = bodyExamples(component)
        variables(text(component.text)).forEach((v) => add({ key: `body_${v}`, part: 'body', kind: 'text', variable: v, example: examples[v] }))
        break
      }
      case 'LIMITED_TIME_OFFER':
        if (record(component.limited_time_offer).has_expiration === true) add({ key: 'offer_until', part: 'offer', kind: 'until' })
        break
      case 'BUTTONS':
        list(component.buttons).map(record).forEach((button, index) => buttonFields(button, index).forEach(add))
        break
      case 'CAROUSEL':
        list(component.cards).forEach((inner, i) => fields.push(...fieldsIn(list(record(inner).components), i)))
        break
    }
  }
  return fields
}

function headerFields(header: Record<string, unknown>): TemplateField[] {
  const format = upper(header.format) || 'TEXT'
  switch (format) {
    case 'TEXT':
      return variables(text(header.text)).map((v) => ({ key: `header_${v}`, part: 'header', kind: 'text', variable: v, max: 60 }))
    case 'IMAGE':
    case 'GIF':
      return [{ key: 'header_media', part: 'header', kind: 'image' }]
    case 'VIDEO':
      return [{ key: 'header_media', part: 'header', kind: 'video' }]
    case 'DOCUMENT':
      return [{ key: 'header_media', part: 'header', kind: 'document' }]
    case 'LOCATION':
      return [
        { key: 'header_name', part: 'header', kind: 'place', variable: 'name' },
        { key: 'header_address', part: 'header', kind: 'place', variable: 'address' },
        { key: 'header_latitude', part: 'header', kind: 'latitude' },
        { key: 'header_longitude', part: 'header', kind: 'longitude' },
      ]
    case 'PRODUCT':
      return [
        { key: 'header_product', part: 'header', kind: 'product', variable: 'product_retailer_id' },
        { key: 'header_catalog', part: 'header', kind: 'product', variable: 'catalog_id' },
      ]
    default:
      return []
  }
}

function buttonFields(button: Record<string, unknown>, index: number): TemplateField[] {
  const type = upper(button.type)
  const base = { key: `button_${index}`, part: 'button' as const, index, variable: text(button.text) }
  if (type === 'URL' && variables(text(button.url)).length > 0) return [{ ...base, kind: 'text', example: text(list(button.example)[0]) ?? text(button.example) }]
  if (type === 'COPY_CODE') return [{ ...base, kind: 'code', max: 15, example: text(list(button.example)[0]) ?? text(button.example) }]
  if (PRODUCT_BUTTONS.has(type)) return [{ ...base, kind: 'products' }]
  return []
}

function bodyExamples(body: Record<string, unknown>): Record<string, string> {
  const example = record(body.example)
  const out: Record<string, string> = {}
  list(list(example.body_text)[0]).forEach((value, i) => {
    if (typeof value === 'string') out[String(i + 1)] = value
  })
  for (const named of list(example.body_text_named_params).map(record)) {
    const [name, value] = [text(named.param_name), text(named.example)]
    if (name && value) out[name] = value
  }
  return out
}

export type FieldProblem = 'required' | 'link' | 'coordinate' | 'spaces' | 'tooLong' | 'past'

/** What is wrong with a value, by WhatsApp's rules (Cloud API: template send); undefined when it may go. */
export function problemOf(field: TemplateField, raw: string | undefined): FieldProblem | undefined {
  const value = raw?.trim() ?? ''
  if (isMedia(field.kind)) return value.startsWith('med_') || safeLink(value) ? undefined : 'link'
  if (!value) return 'required'
  if (field.max && [...value].length > field.max) return 'tooLong'
  switch (field.kind) {
    case 'latitude':
      return Math.abs(Number(value)) <= 90 ? undefined : 'coordinate'
    case 'longitude':
      return Math.abs(Number(value)) <= 180 ? undefined : 'coordinate'
    case 'until':
      return Date.parse(value) > Date.now() ? undefined : 'past'
    case 'text':
      return /\n|\t| {5,}/.test(value) ? 'spaces' : undefined
    default:
      return undefined
  }
}

export const missingFields = (fields: TemplateField[], values: Record<string, string>) => fields.filter((f) => problemOf(f, values[f.key]))

type Parameter = Record<string, unknown>

/** The `components` of a send call, in WhatsApp's own shape. `preview`: files as this browser can show them. */
export function componentsFor(template: Template, values: Record<string, string>, preview = false): Record<string, unknown>[] {
  if (isAuthentication(template)) {
    const parameters = [{ type: 'text', text: values.otp?.trim() ?? '' }]
    return [{ type: 'body', parameters }, { type: 'button', sub_type: 'url', index: '0', parameters }]
  }
  return filled(template.components, fieldsOf(template), values, preview)
}

function filled(components: unknown[], fields: TemplateField[], values: Record<string, string>, preview: boolean, card?: number): Record<string, unknown>[] {
  const own = fields.filter((f) => f.card === card)
  const prefix = card === undefined ? '' : `card${card}_`
  const value = (key: string) => values[prefix + key]?.trim() ?? ''
  const out: Record<string, unknown>[] = []
  const header = own.filter((f) => f.part === 'header')
  if (header.length > 0) out.push({ type: 'header', parameters: headerParameters(header, value, (key) => values[`${prefix}${key}__url`], preview) })
  const body = own.filter((f) => f.part === 'body').sort((a, b) => (Number(a.variable) || 0) - (Number(b.variable) || 0))
  if (body.length > 0) out.push({ type: 'body', parameters: body.map((f) => words(f, value(`body_${f.variable}`))) })
  if (own.some((f) => f.part === 'offer')) {
    const until = Date.parse(value('offer_until'))
    out.push({ type: 'limited_time_offer', parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: Number.isFinite(until) ? until : 0 } }] })
  }
  for (const field of own.filter((f) => f.part === 'button')) out.push(buttonComponent(field, value(`button_${field.index}`)))
  const carousel = components.map(record).find((c) => upper(c.type) === 'CAROUSEL')
  if (carousel) out.push({ type: 'carousel', cards: list(carousel.cards).map((inner, i) => ({ card_index: i, components: filled(list(record(inner).components), fields, values, preview, i) })) })
  return out
}

/** Positional blanks are numbers; named ones must say their name. */
function words(field: TemplateField, value: string): Parameter {
  const named = field.variable && !/^\d+$/.test(field.variable)
  return { type: 'text', text: value, ...(named ? { parameter_name: field.variable } : {}) }
}

function headerParameters(fields: TemplateField[], value: (key: string) => string, shown: (key: string) => string | undefined, preview: boolean): Parameter[] {
  const first = fields[0]
  if (!first) return []
  if (isMedia(first.kind)) {
    const file = value('header_media')
    const source = preview ? { link: shown('header_media') ?? file } : file.startsWith('med_') ? { media_id: file } : { link: file }
    return [{ type: first.kind, [first.kind]: source }]
  }
  if (fields.some((f) => f.kind === 'latitude')) {
    return [{ type: 'location', location: { latitude: Number(value('header_latitude')), longitude: Number(value('header_longitude')), name: value('header_name'), address: value('header_address') } }]
  }
  if (first.kind === 'product') return [{ type: 'product', product: { product_retailer_id: value('header_product'), catalog_id: value('header_catalog') } }]
  return fields.map((f) => words(f, value(`header_${f.variable}`)))
}

function buttonComponent(field: TemplateField, value: string): Record<string, unknown> {
  const at = { type: 'button', index: String(field.index) }
  if (field.kind === 'code') return { ...at, sub_type: 'copy_code', parameters: [{ type: 'coupon_code', coupon_code: value }] }
  if (field.kind === 'products') {
    const ids = value.split(/[\s,]+/).filter(Boolean)
    return { ...at, sub_type: 'mpm', parameters: [{ type: 'action', action: { thumbnail_product_retailer_id: ids[0], sections: [{ title: (field.variable ?? '').slice(0, 24), product_items: ids.map((id) => ({ product_retailer_id: id })) }] } }] }
  }
  return { ...at, sub_type: 'url', parameters: [{ type: 'text', text: value }] }
}

export const isSendable = (template: Template) => (template.status ?? '').toUpperCase() === 'APPROVED'
