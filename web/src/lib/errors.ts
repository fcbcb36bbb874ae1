import i18next from 'i18next'
import type { FieldPath, FieldValues, UseFormSetError } from 'react-hook-form'
import { toast } from 'sonner'
import { ApiError, type FieldError, NetworkError } from '@/api/error'
import { formatNumber } from './format'

/** Of these the server's English says more than the code does: which value, which limit, which file. */
const DETAILED = new Set(['invalid_request', 'link_failed', 'link_refused', 'media_type', 'module_required', 'not_deletable', 'not_editable', 'number_held', 'number_restricted', 'scope_not_held', 'too_large', 'unpause_refused', 'whatsapp_refused'])

/** What went wrong, in the reader's language; a code that only a newer server knows, in the server's words. */
export function describeError(error: unknown): string {
  if (error instanceof NetworkError) return i18next.t('errors.network')
  if (error instanceof ApiError) {
    if (error.code === 'too_many_requests') return i18next.t('errors.too_many_requests', { count: Math.ceil(error.retryAfter ?? 60) })
    if (DETAILED.has(error.code) && i18next.language === 'en' && error.detail) return error.detail
    return i18next.t(`errors.${error.code}`, { defaultValue: error.detail })
  }
  return i18next.t('errors.unexpected')
}

/** What is wrong with a field: the server's English names the rule; in other languages its numbers or its code say it. */
export function describeField({ message, limit, value }: FieldError, code?: string): string {
  if (i18next.language === 'en') return message
  if (code === 'invalid_phone') return i18next.t('errors.invalid_phone')
  const key = limit === undefined ? 'fieldInvalid' : typeof value === 'number' ? 'fieldLimit' : 'fieldLimitOnly'
  return i18next.t(`errors.${key}`, { limit: formatNumber(limit ?? 0), value: formatNumber(Number(value)) })
}

/** What the server says of one field, if it says something of it. */
export function fieldProblem(error: unknown, field: string): string | undefined {
  const wrong = error instanceof ApiError ? error.errors.find((one) => one.field === field) : undefined
  return wrong && describeField(wrong, (error as ApiError).code)
}

export const toastError = (error: unknown) => toast.error(describeError(error))

/** Puts the server's field errors on the form's fields; what fits no field is returned as one sentence. */
export function mapFieldErrors<V extends FieldValues>(error: unknown, fields: readonly FieldPath<V>[], setError: UseFormSetError<V>): string | undefined {
  if (!(error instanceof ApiError) || error.errors.length === 0) return describeError(error)
  let unplaced: string | undefined
  for (const wrong of error.errors) {
    const { field } = wrong
    const message = describeField(wrong, error.code)
    const name = fields.find((f) => f === field || field.startsWith(`${f}.`) || field.endsWith(`.${f}`))
    if (name) setError(name, { type: 'server', message }, { shouldFocus: true })
    else unplaced = message
  }
  return unplaced
}
