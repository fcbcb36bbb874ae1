import { useEffect, useRef } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'
import { tenantId } from '@/api/tenant'

const keyOf = (name: string) => `wapro.form.${tenantId() ?? ''}.${name}`

/** What was typed into a form before the page was left or reloaded. Of this tab and this tenant only. */
export function savedForm<V extends FieldValues>(name: string): Partial<V> {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(keyOf(name)) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Partial<V>) : {}
  } catch {
    return {}
  }
}

export function forgetForm(name: string) {
  try {
    sessionStorage.removeItem(keyOf(name))
  } catch {
    // Nothing was kept, then.
  }
}

/** Keeps what is typed, so that a reload loses nothing. `secret`: fields that are never stored in the browser. */
export function useAutosave<V extends FieldValues>(name: string, form: UseFormReturn<V>, secret: readonly (keyof V)[]) {
  const left = useRef(secret)
  useEffect(() => {
    const subscription = form.watch((values) => {
      const kept = Object.fromEntries(Object.entries(values).filter(([field]) => !left.current.includes(field)))
      try {
        sessionStorage.setItem(keyOf(name), JSON.stringify(kept))
      } catch {
        // Storage may be full or switched off: the form works without.
      }
    })
    return () => subscription.unsubscribe()
  }, [name, form])
}
