import type { Mapping, MappingEntry } from '@/api/templates'
import { isMedia } from '@/components/fill/filling'
import type { Slot } from '@/lib/shown'
import { text } from '@/lib/utils'

/** What a contact can fill in; any of their own attributes beside these. */
export const CONTACT_FIELDS = ['first_name', 'name', 'phone', 'username'] as const
/** What the name of an attribute follows. */
export const ATTRIBUTE = 'attribute:'

/** Where a value comes from. `auto`: nothing was chosen, so the server fills in what is clear, and asks for the rest. */
export type Source = MappingEntry['from'] | 'auto'

const TEXTS = new Set(['text', 'suffix', 'code', 'password'])

/** A text can come from anywhere; a file is asked for or always the same; a place, a product and an end are asked for. */
export const sourcesOf = ({ kind }: Slot): Source[] => (TEXTS.has(kind) ? ['auto', 'contact', 'text', 'ask'] : isMedia(kind) ? ['ask', 'fixed'] : ['ask'])

export const sourceOf = (slot: Slot, entry: MappingEntry | undefined): Source => entry?.from ?? (TEXTS.has(slot.kind) ? 'auto' : 'ask')

/** The entry that a source begins with; a fallback that was typed stays. */
export function begin(from: Source, before: MappingEntry | undefined): MappingEntry | undefined {
  const kept = before && 'fallback' in before && before.fallback ? { fallback: before.fallback } : {}
  switch (from) {
    case 'contact':
      return { from, field: 'first_name', ...kept }
    case 'text':
      return { from, text: '' }
    case 'fixed':
      return { from, value: { link: '' } }
    case 'ask':
      return { from, ...kept }
    case 'auto':
      return undefined
  }
}

/** With one entry changed; without it where there is none now. */
export function changed(mapping: Mapping, key: string, entry: MappingEntry | undefined): Mapping {
  const next = { ...mapping }
  if (entry) next[key] = entry
  else delete next[key]
  return next
}

const inOrder = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, inOrder(inner)])) : value

/** Whether two say the same, in whatever order. */
export const same = (a: Mapping, b: Mapping) => JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b))

export function incomplete(entry: MappingEntry | undefined): boolean {
  switch (entry?.from) {
    case 'contact':
      return entry.field === '' || entry.field === ATTRIBUTE
    case 'text':
      return entry.text.trim() === ''
    case 'fixed':
      return !text(entry.value.link) && !text(entry.value.id) && !text(entry.value.media_id)
    default:
      return false
  }
}
