import i18next from 'i18next'
import type { Schemas } from '@/api/schemas'
import { formatDate, formatDateTime, formatNumber, formatPhone, isolated } from './format'

/**
 * What the server says, in the reader's language: it sends each sentence as a term with what fills its blanks, and the words are in
 * `i18n/terms.*.json`; what WhatsApp's error codes mean is in `i18n/codes.*.json`. Both have every term and code in every language.
 */

export type Sentence = Schemas['Sentence']
type SentenceParam = Schemas['SentenceParam']

/** What WhatsApp's error code means and what to do about it (Cloud API: error code table). */
export function codeWords(code: number) {
  const key = i18next.exists(`codes:${code}`) ? String(code) : code >= 200 && code <= 299 ? 'permission' : 'unknown'
  return { title: i18next.t(`codes:${key}.title`), advice: i18next.t(`codes:${key}.advice`) }
}

/** Sentences that are shown among the details only: WhatsApp's own words, and the code. */
const FOR_DETAILS = new Set<string>(['refused', 'named_code'])

/** In the reader's language; the server's own English for what this portal has no words for yet. */
export function say(sentences: Sentence[] | undefined, english = ''): string {
  if (!sentences?.length || !sentences.every(isKnown)) return english && apart(english)
  return sentences.filter((s) => !FOR_DETAILS.has(s.term)).map(sentence).join(' ')
}

/** What is shown among the details only: WhatsApp's own words, or the error as it was. */
export function details(sentences: Sentence[] | undefined): string {
  const known = (sentences ?? []).filter(isKnown)
  const said = known.filter((s) => FOR_DETAILS.has(s.term)).map(sentence)
  const errors = known.flatMap((s) => s.params ?? []).filter((p) => p.name === 'error').map(shown)
  return [...said, ...errors].join(' ')
}

/** A short name and what to do: of WhatsApp's codes both are known, other reasons explain themselves. */
export function titled(sentences: Sentence[] | undefined, otherwise: string, english = '') {
  const code = codeOf(sentences)
  return code === undefined ? { title: otherwise, advice: say(sentences, english) } : codeWords(code)
}

/** WhatsApp's error code, if the sentences begin with what it means. */
export function codeOf(sentences: Sentence[] | undefined) {
  const first = sentences?.[0]
  return first?.term === 'code' ? Number(first.params?.[0]?.value) : undefined
}

/** Whether they name a time themselves. */
export const tellsTime = (sentences: Sentence[] | undefined) => !!sentences?.some((s) => isKnown(s) && s.params?.some((p) => p.kind === 'time'))

const isKnown = ({ term }: Sentence) => i18next.exists(`terms:${term}`)

function sentence({ term, params = [] }: Sentence): string {
  if (term === 'code') {
    const { title, advice } = codeWords(Number(params[0]?.value))
    return `${title}. ${advice}`
  }
  return i18next.t(`terms:${term}`, Object.fromEntries(params.map((p) => [p.name, shown(p)])))
}

function shown({ name, kind, value }: SentenceParam): string {
  switch (kind) {
    case 'time':
      return formatDateTime(value)
    case 'day':
      return formatDate(value)
    case 'number':
      return formatNumber(Number(value))
    case 'people':
      return Number(value) < 0 ? i18next.t('words.anyNumber') : i18next.t('words.peopleADay', { n: formatNumber(Number(value)) })
    case 'word':
      return word(value)
    default:
      return apart(name === 'person' ? formatPhone(value) : value)
  }
}

/** Others' words and names, kept from turning the sentence around where they read the other way. */
const apart = (text: string) => (i18next.dir() === 'ltr' && !/[\u0590-\u08ff\ufb1d-\ufefc]/.test(text) ? text : isolated(text))

/** A word of WhatsApp's; one that is not known here is at least not shouted: SPAM_AND_SCAMS is "spam and scams". */
export function word(value: string) {
  return i18next.t(`words.whatsapp.${value.toLowerCase()}`, { defaultValue: apart(value.replace(/_/g, ' ').toLowerCase()) })
}
