import type { PreviewSlot, Values } from '@/api/templates'
import { safeLink } from '@/lib/content'
import type { Slot, SlotKind } from '@/lib/shown'
import { record, text } from '@/lib/utils'

/**
 * What was typed for a template, by slot: a text; for a place, a product and a file an object of texts. What was not typed is filled by
 * the server: from the contact, or with what the template is filled with.
 */
export type Typed = Record<string, string | Record<string, string>>

export const MEDIA = new Set<SlotKind>(['image', 'video', 'document'])
export const isMedia = (kind: SlotKind): kind is 'image' | 'video' | 'document' => MEDIA.has(kind)

export type FillProblem = 'required' | 'link' | 'coordinate' | 'spaces' | 'tooLong' | 'past'

/** Most characters of a value (Cloud API: template send). */
const MOST: Partial<Record<SlotKind, number>> = { password: 15, code: 20 }
const HEADER = 60
export const mostOf = ({ key, kind }: Slot) => (kind === 'text' && /(^|_)header_/.test(key) ? HEADER : MOST[kind])

/** A value of the server's as the fields have it. */
export function asTyped(value: unknown): string | Record<string, string> | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  const parts = Object.entries(record(value)).flatMap(([key, part]) => (typeof part === 'string' || typeof part === 'number' ? [[key, String(part)] as const] : []))
  return parts.length > 0 ? Object.fromEntries(parts) : undefined
}

/** What a slot is filled with now: what was typed, else what the server found. */
export const valueOf = (slot: Slot, typed: Typed, found: PreviewSlot[]) => typed[slot.key] ?? asTyped(found.find(({ key }) => key === slot.key)?.value)

/** The samples of those slots that the server fills with nothing. */
export const samplesFor = (slots: Slot[], found: PreviewSlot[]): Typed =>
  Object.fromEntries(slots.flatMap((slot) => (slot.example && valueOf(slot, {}, found) === undefined ? [[slot.key, slot.example]] : [])))

const words = (value: string | Record<string, string> | undefined) => (typeof value === 'string' ? value.trim() : '')

/** What is wrong with a value, by WhatsApp's rules (Cloud API: template send); undefined when it may go. */
export function problemOf(slot: Slot, value: string | Record<string, string> | undefined): FillProblem | undefined {
  const parts = typeof value === 'object' ? value : {}
  switch (slot.kind) {
    case 'image':
    case 'video':
    case 'document':
      return text(parts.media_id) || text(parts.id) || safeLink(parts.link) ? undefined : parts.link ? 'link' : 'required'
    case 'location':
      if (!parts.name?.trim() || !parts.address?.trim() || !parts.latitude?.trim() || !parts.longitude?.trim()) return 'required'
      return Math.abs(Number(parts.latitude)) <= 90 && Math.abs(Number(parts.longitude)) <= 180 ? undefined : 'coordinate'
    case 'product':
      return parts.product_retailer_id?.trim() ? undefined : 'required'
    case 'end': {
      const end = endOf(words(value))
      return end === undefined ? 'required' : end > Date.now() ? undefined : 'past'
    }
    default: {
      const said = typeof value === 'string' ? value : ''
      if (!said.trim()) return 'required'
      const most = mostOf(slot)
      if (most && [...said.trim()].length > most) return 'tooLong'
      return slot.kind !== 'products' && /[\n\r\t]| {5,}/.test(said) ? 'spaces' : undefined
    }
  }
}

/** When an offer ends, in milliseconds: typed as a local time, or told by the server in milliseconds. */
function endOf(value: string): number | undefined {
  const end = /^\d{10,}$/.test(value) ? Number(value) : Date.parse(value)
  return Number.isFinite(end) ? end : undefined
}

/** The `values` of a request: what was typed and may go. */
export function valuesOf(slots: Slot[], typed: Typed): Values {
  const values: Values = {}
  for (const slot of slots) {
    const value = typed[slot.key]
    if (value !== undefined && problemOf(slot, value) === undefined) values[slot.key] = sent(slot, value)
  }
  return values
}

function sent(slot: Slot, value: string | Record<string, string>): unknown {
  if (typeof value === 'object') {
    if (slot.kind === 'location') return { name: value.name?.trim(), address: value.address?.trim(), latitude: Number(value.latitude), longitude: Number(value.longitude) }
    if (slot.kind === 'product') return { product_retailer_id: value.product_retailer_id?.trim(), ...(value.catalog_id?.trim() ? { catalog_id: value.catalog_id.trim() } : {}) }
    // What only this browser knows of a file stays here.
    const { media_id, id, link, filename } = value
    return { ...(media_id ? { media_id } : id ? { id } : { link: link?.trim() }), ...(slot.kind === 'document' && filename ? { filename } : {}) }
  }
  if (slot.kind === 'end') return endOf(value.trim())
  if (slot.kind === 'products') {
    const ids = value.split(/[\s,]+/).filter(Boolean)
    return { thumbnail_product_retailer_id: ids[0], sections: [{ title: (slot.label ?? '').slice(0, 24), product_items: ids.map((id) => ({ product_retailer_id: id })) }] }
  }
  return value.trim()
}

export const missing = (slots: Slot[], typed: Typed, found: PreviewSlot[]) => slots.filter((slot) => problemOf(slot, valueOf(slot, typed, found)))

/** Addresses of files that this browser has, for the preview. */
export const filesOf = (slots: Slot[], typed: Typed): Record<string, string> =>
  Object.fromEntries(slots.flatMap((slot) => {
    const value = typed[slot.key]
    return typeof value === 'object' && value.url ? [[slot.key, value.url]] : []
  }))
