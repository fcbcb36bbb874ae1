import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AroundNavHandler } from 'wouter'
import { ConfirmDialog } from './confirm-dialog'

/** Forms with something in them that is not saved. */
const unsaved = new Set<symbol>()
let ask: ((go: () => void) => void) | undefined

/** Goes at once, or after the question when something unsaved would be lost. */
export function leave(go: () => void) {
  if (unsaved.size === 0 || !ask) go()
  else ask(go)
}

export const hasUnsaved = () => unsaved.size > 0

/**
 * While `dirty`, leaving asks first: by a link, by Back, by closing the dialog (through `leave`) or the window. Call what it returns when
 * the input has been saved, before the page or dialog goes.
 */
export function useUnsaved(dirty: boolean) {
  const id = useRef(Symbol('form'))
  useEffect(() => {
    const own = id.current
    if (!dirty) return
    unsaved.add(own)
    return () => void unsaved.delete(own)
  }, [dirty])
  return useCallback(() => void unsaved.delete(id.current), [])
}

/** Around every navigation of the router. Another search or the same page lose nothing. */
export const guardedNavigation: AroundNavHandler = (navigate, to, options) => {
  const path = new URL(to, window.location.href).pathname
  if (path === window.location.pathname) navigate(to, options)
  else leave(() => navigate(to, options))
}

/**
 * Asks before Back and before the window closes. Called before the first render: of the listeners to `popstate` the first one registered is
 * the first one called, and the router must not hear of a Back that is refused.
 */
export function watchLeaving() {
  let here = window.location.href
  const moved = () => (here = window.location.href)
  window.addEventListener('beforeunload', (event) => hasUnsaved() && event.preventDefault())
  window.addEventListener('popstate', (event) => {
    const away = new URL(here).pathname !== window.location.pathname
    if (!hasUnsaved() || !away) {
      moved()
      return
    }
    event.stopImmediatePropagation()
    // The address is put back until the question is answered.
    window.history.pushState(null, '', here)
    leave(() => window.history.back())
  })
  // The router announces these two by events of their names.
  window.addEventListener('pushState', moved)
  window.addEventListener('replaceState', moved)
}

/** The question itself, once for the whole portal. */
export function LeaveGuard() {
  const { t } = useTranslation()
  const [go, setGo] = useState<() => void>()
  useEffect(() => {
    ask = (next) => setGo(() => next)
    return () => (ask = undefined)
  }, [])
  return (
    <ConfirmDialog
      open={!!go}
      onOpenChange={(open) => !open && setGo(undefined)}
      title={t('leave.title')}
      body={t('leave.body')}
      cancel={t('leave.stay')}
      action={t('leave.discard')}
      onConfirm={() => {
        unsaved.clear()
        setGo(undefined)
        go?.()
      }}
    />
  )
}
