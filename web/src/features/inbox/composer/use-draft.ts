import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { tenantId } from '@/api/tenant'
import { readStored, writeStored } from '@/lib/hooks'

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
 * The text being written, kept in the field itself and in this browser. `onWrite` is called when it has grown.
 */
export function useDraft(conversationId: string, box: RefObject<HTMLTextAreaElement>, onWrite: () => void) {
  const key = `wapro.draft.${tenantId() ?? ''}.${conversationId}`
  const [initial] = useState(() => readStored(key) ?? '')
  const text = useRef(initial)
  const [shape, setShape] = useState(() => shapeOf(initial))
  const shown = useRef(shape)
  const timer = useRef<ReturnType<typeof setTimeout>>()
  const latest = useRef(onWrite)
  latest.current = onWrite

  const save = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = undefined
    writeStored(key, text.current || undefined)
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
    save()
  }, [box, changed, save])

  /** For the field: it is there anew after a recording. */
  const place = useCallback((element: HTMLTextAreaElement | null) => fit(element), [])
  return { ...shape, text, changed, clear, place }
}
