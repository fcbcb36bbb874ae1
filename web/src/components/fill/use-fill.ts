import { useEffect, useMemo, useState } from 'react'
import { type PreviewSlot, type Template, useTemplatePreview, type Values } from '@/api/templates'
import { useDebounced } from '@/lib/hooks'
import { showTemplate, slotsOf } from '@/lib/shown'
import { missing, type Typed, valueOf, valuesOf } from './filling'

const NOTHING: Values = {}
const NONE: PreviewSlot[] = []

/** Filling one template for one person: what was typed, what the server fills in, what is missing. */
export function useFill(template: Template | undefined, contactId?: string) {
  const [typed, setTyped] = useState<Typed>({})
  const id = template?.id
  useEffect(() => setTyped({}), [id])
  const slots = useMemo(() => (template ? slotsOf(template) : []), [template])
  const values = useMemo(() => valuesOf(slots, typed), [slots, typed])
  // What is filled in without a word from us, and what will be said with all that was typed.
  const base = useTemplatePreview(id, NOTHING, contactId)
  const preview = useTemplatePreview(id, useDebounced(values), contactId)
  const found = base.data?.slots ?? NONE
  const open = missing(slots, typed, found)
  const all = Object.fromEntries(slots.flatMap((slot) => {
    const value = valueOf(slot, typed, found)
    return value === undefined ? [] : [[slot.key, value]]
  }))
  return {
    slots,
    typed,
    /** Takes one more value; `undefined` brings back what the server fills in. */
    set: (key: string, value: Typed[string] | undefined) => setTyped((before) => {
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
    dirty: Object.values(typed).some((value) => value !== ''),
    waiting: base.isPending && slots.length > 0,
    error: base.error ?? preview.error,
    /** The server's word for it, once it is about what is typed now. */
    components: preview.isFetching ? undefined : preview.data?.components,
    /** What will be said, for a bubble until the server has answered. */
    text: template ? showTemplate(template, all).body : '',
  }
}

export type Fill = ReturnType<typeof useFill>
