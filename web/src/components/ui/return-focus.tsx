import { type MutableRefObject, useRef, useState } from 'react'

/** Where the keyboard was: of a menu, which goes, its button. */
function origin() {
  const at = document.activeElement
  const menu = at?.closest('[role=menu]')
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : at
}

/** Inside what opens: notes where the focus was before anything in it takes it. */
export function Origin({ into }: { into: MutableRefObject<Element | null> }) {
  useState(() => {
    into.current = origin()
  })
  return null
}

/** A dialog learns of its own end a moment later: focus that has moved elsewhere by then is left there. */
function hasGoneOn(from: Element | null) {
  const at = document.activeElement
  return at !== null && at !== document.body && !at.contains(from)
}

/** Dialogs are opened by a state and not by a button of their own; when they close, the focus goes back to where it was. */
export function useReturnFocus(onCloseAutoFocus?: (event: Event) => void) {
  const from = useRef<Element | null>(null)
  return {
    from,
    onCloseAutoFocus: (event: Event) => {
      if (hasGoneOn(from.current)) {
        event.preventDefault()
        return
      }
      onCloseAutoFocus?.(event)
      const target = from.current
      if (event.defaultPrevented || !(target instanceof HTMLElement) || !target.isConnected || target === document.body) return
      event.preventDefault()
      target.focus({ preventScroll: true })
    },
  }
}
