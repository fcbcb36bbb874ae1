import i18next from 'i18next'
import type { FieldPath, FieldValues, UseFormSetError } from 'react-hook-form'
import { toast } from 'sonner'
import { ApiError, NetworkError } from '@/api/error'

/** What went wrong, in the reader's language where the code is known, else in the server's words. */
export function describeError(error: unknown): string {
  if (error instanceof NetworkError) return i18next.t('errors.network')
  if (error instanceof ApiError) {
    if (error.code === 'too_many_requests') return i18next.t('errors.too_many_requests', { count: Math.ceil(error.retryAfter ?? 60) })
    return i18next.t(`errors.${error.code}`, { defaultValue: error.detail })
  }
  return i18next.t('errors.unexpected')
}

export const toastError = (error: unknown) => toast.error(describeError(error))

/** Puts the server's field errors on the form's fields; what fits no field is returned as one sentence. */
export function mapFieldErrors<V extends FieldValues>(error: unknown, fields: readonly FieldPath<V>[], setError: UseFormSetError<V>): string | undefined {
  if (!(error instanceof ApiError) || error.errors.length === 0) return describeError(error)
  let unplaced: string | undefined
  for (const { field, message } of error.errors) {
    const name = fields.find((f) => f === field || field.startsWith(`${f}.`) || field.endsWith(`.${f}`))
    if (name) setError(name, { type: 'server', message }, { shouldFocus: true })
    else unplaced = message
  }
  return unplaced
}
