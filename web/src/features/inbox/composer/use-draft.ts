import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { readStored, writeStored } from '@/lib/hooks'
import { useSession } from '@/lib/session'

/** From so many characters the screen counts along: less is below every limit of WhatsApp's. */
const COUNTED_FROM = 700

/** What the screen needs to know about the text; between two of these a key draws nothing but itself. */
interface Shape {
  empty: boolean
  /** Without spaces at its ends; 0 as long as it is short. */
  length: number
}

function shapeOf(text: string): Shape {
  const { length } = text.trim()
  return { empty: length === 0, length: length < COUNTED_FROM ? 0 : length }
}

const sizesItself = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content')

/** Where the browser does not do it: as high as its text. */
function fit(box: HTMLTextAreaElement | null) {
  if (!box || sizesItself) return
  box.style.height = 'auto'
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`
}

/**
 * The text being written, kept in the field itself and in this browser, by person and tenant. `onWrite` is called when it has grown. Two
 * tabs may write in one conversation: the one that wrote last is remembered, and sending in one leaves what was written in the other.
 */
export function useDraft(conversationId: string, box: RefObject<HTMLTextAreaElement>, onWrite: () => void) {
  const { session } = useSession()
  const key = `wapro.draft.${session.user.id}.${session.tenant.id}.${conversationId}`
  const [initial] = useState(() => readStored(key) ?? '')
  const text = useRef(initial)
  const [shape, setShape] = useState(() => shapeOf(initial))
  const shown = useRef(shape)
  const timer = useRef<ReturnType<typeof setTimeout>>()
  const latest = useRef(onWrite)
  latest.current = onWrite
  /** What this tab stored or read last. */
  const stored = useRef(initial)

  const save = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = undefined
    const before = stored.current
    stored.current = text.current
    // An empty field removes its own draft only, not what another tab has stored since.
    if (text.current) writeStored(key, text.current)
    else if ((readStored(key) ?? '') === before) writeStored(key, undefined)
  }, [key])
  useEffect(() => () => {
    if (timer.current !== undefined) save()
  }, [save])

  const changed = useCallback(
    (value: string) => {
      const grew = value.length > text.current.length && value.trim() !== ''
      text.current = value
      timer.current ??= setTimeout(save, 200)
      const next = shapeOf(value)
      if (next.empty !== shown.current.empty || next.length !== shown.current.length) {
        shown.current = next
        setShape(next)
      }
      fit(box.current)
      if (grew) latest.current()
    },
    [box, save],
  )
  const clear = useCallback(() => {
    if (box.current) box.current.value = ''
    changed('')
  }, [box, changed])
  useEffect(() => {
    const other = (event: StorageEvent) => {
      if (event.key !== key || event.newValue !== null || text.current === '') return
      const untouched = text.current === stored.current && text.current === event.oldValue
      // The other tab has sent the very draft that stands here, or one of its own.
      if (untouched) clear()
      else save()
    }
    window.addEventListener('storage', other)
    return () => window.removeEventListener('storage', other)
  }, [key, clear, save])

  /** For the field: it is there anew after a recording. */
  const place = useCallback((element: HTMLTextAreaElement | null) => fit(element), [])
  return { ...shape, text, changed, clear, place }
}
