import { useEffect, useMemo, useState } from 'react'
import { type PreviewSlot, type Template, useTemplatePreview, type Values } from '@/api/templates'
import { useDebounced } from '@/lib/hooks'
import { showTemplate, slotsOf } from '@/lib/shown'
import { sentNow } from '@/lib/template-status'
import { missing, samplesFor, type Typed, valueOf, valuesOf } from './filling'

const NOTHING: Values = {}
const NONE: PreviewSlot[] = []

interface Wanted {
  contactId?: string
  /** Where the server fills in nothing, the template's own samples stand, to be typed over. */
  samples?: boolean
}

/** Filling one template for one person: what was typed, what the server fills in, what is missing. */
export function useFill(template: Template | undefined, { contactId, samples }: Wanted = {}) {
  const [own, setOwn] = useState<Typed>({})
  const id = template?.id
  useEffect(() => setOwn({}), [id])
  const sent = useMemo(() => template && sentNow(template), [template])
  const slots = useMemo(() => (sent ? slotsOf(sent) : []), [sent])
  // What is filled in without a word from us, and what will be said with all that was typed.
  const base = useTemplatePreview(id, NOTHING, contactId)
  const filled = base.data?.slots
  const typed = useMemo(() => (samples && filled ? { ...samplesFor(slots, filled), ...own } : own), [samples, filled, slots, own])
  const values = useMemo(() => valuesOf(slots, typed), [slots, typed])
  const preview = useTemplatePreview(id, useDebounced(values), contactId)
  const found = filled ?? NONE
  const open = missing(slots, typed, found)
  const all = Object.fromEntries(slots.flatMap((slot) => {
    const value = valueOf(slot, typed, found)
    return value === undefined ? [] : [[slot.key, value]]
  }))
  return {
    slots,
    typed,
    /** Takes one more value; `undefined` brings back what the server fills in. */
    set: (key: string, value: Typed[string] | undefined) => setOwn((before) => {
      const next = { ...before }
      if (value === undefined) delete next[key]
      else next[key] = value
      return next
    }),
    found,
    /** Slots whose value is missing or not allowed. */
    open,
    /** For the request. */
    values,
    dirty: Object.values(own).some((value) => value !== ''),
    waiting: base.isPending && slots.length > 0,
    error: base.error ?? preview.error,
    /** The server's word for it, once it is about what is typed now. */
    components: preview.isFetching ? undefined : preview.data?.components,
    /** What will be said, for a bubble until the server has answered. */
    text: sent ? showTemplate(sent, all).body : '',
  }
}

export type Fill = ReturnType<typeof useFill>
