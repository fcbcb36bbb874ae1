import { locale } from './format'

const names = new Map<string, Intl.DisplayNames>()

/** A language by WhatsApp's code, in the reader's language: `pt_BR` is "Portuguese (Brazil)". An unknown code stays as it is. */
export function languageName(code: string): string {
  const own = locale()
  let found = names.get(own)
  if (!found) names.set(own, (found = new Intl.DisplayNames(own, { type: 'language', languageDisplay: 'standard', fallback: 'none' })))
  try {
    return found.of(code.replaceAll('_', '-')) ?? code
  } catch {
    return code
  }
}
