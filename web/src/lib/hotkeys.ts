import { useEffect, useRef } from 'react'
import { singleKeysOn } from './single-keys'

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** What is printed on a key of a US keyboard, for keyboards of other scripts. */
const SIGNS: Record<string, [string, string]> = { Slash: ['/', '?'], Comma: [',', '<'], Period: ['.', '>'] }

/**
 * The key that was pressed, by the letter it types, or by its place where it types a letter of another script: on an Arabic keyboard the
 * key of "j" types "ت".
 */
export function keyOf({ key, code, shiftKey }: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>) {
  // Caps lock is no shift.
  if (/^[A-Z]$/.test(key) && !shiftKey) return key.toLowerCase()
  // Names such as "ArrowUp", and everything of the Latin script.
  if (/^[\x20-\x7e]+$/.test(key) && key !== 'Unidentified') return key
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  if (letter) return shiftKey ? letter : letter.toLowerCase()
  return SIGNS[code]?.[shiftKey ? 1 : 0] ?? /^Digit(\d)$/.exec(code)?.[1] ?? key
}

const OPEN = '[role="dialog"],[role="alertdialog"],[role="menu"],[role="listbox"][data-state="open"]'

/**
 * Single-key shortcuts ("j", "?", "g i"). They do nothing while someone types or a dialog is open, and letters and signs do nothing when
 * they are switched off.
 */
export function useHotkeys(map: Record<string, (event: KeyboardEvent) => void>, enabled = true) {
  const latest = useRef(map)
  latest.current = map
  useEffect(() => {
    if (!enabled) return
    let prefix = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return
      if (typing(event.target) || document.querySelector(OPEN)) return
      const key = keyOf(event)
      if (key.length === 1 && !singleKeysOn()) return
      const combo = prefix ? `${prefix} ${key}` : key
      const handler = latest.current[combo] ?? latest.current[key]
      clearTimeout(timer)
      prefix = ''
      if (handler) {
        event.preventDefault()
        handler(event)
      } else if (Object.keys(latest.current).some((k) => k.startsWith(`${key} `))) {
        prefix = key
        timer = setTimeout(() => (prefix = ''), 900)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('keydown', onKey)
    }
  }, [enabled])
}
