import i18next from 'i18next'
import type { Finding, MetaTemplate, Severity } from '@/api/template-writing'
import { formatDateTime, formatNumber, isolated } from '@/lib/format'
import { word } from '@/lib/said'
import { record, text } from '@/lib/utils'
import arabic from './findings.ar.json'
import english from './findings.en.json'
import type { ButtonForm } from './form'

/**
 * What the check says, in the reader's language and at its field. The rules and their English are the server's
 * (`crates/cloud-api/src/template/lint/rule.rs`); `findings.en.json` is generated from them by `make openapi`.
 */

const SEVERITIES: Severity[] = ['refused', 'likely_refused', 'advice']
/** Of a parameter whose value is a word of WhatsApp's. */
const WORDS = new Set(['category', 'kind', 'component'])
const BLANK = /\{(\w+)\}/g

/** In the reader's language; the server's own English for a rule that is newer than this page. */
export function findingWords({ code, parameters, message }: Finding): string {
  const words: Record<string, string> = i18next.language === 'ar' ? arabic : english
  const sentence = words[code]
  if (sentence === undefined) return message
  // `{{1}}` is meant as it stands: it is no parameter's name.
  return sentence.replace(BLANK, (whole, name: string) => (name in parameters ? shown(name, parameters[name]) : whole))
}

function shown(name: string, value: unknown): string {
  if (typeof value === 'number') return formatNumber(value)
  const said = typeof value === 'string' ? value : JSON.stringify(value)
  if (WORDS.has(name)) return word(said)
  if (name === 'status') return i18next.t(`template.status.${said}`, { defaultValue: said })
  if (name === 'at' || name === 'until') return formatDateTime(said)
  return i18next.dir() === 'rtl' ? isolated(said) : said
}

export const bySeverity = (findings: PlacedFinding[]) => [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))

/** Something is not there yet: while somebody has not come to the field, it is no mistake. */
export const isMissing = ({ code }: Finding) => code.endsWith('_missing') || code === 'example_empty' || code === 'otp_terms'

/** A finding with the field that it is about, by the name that `field.tsx` knows it by. */
export interface PlacedFinding extends Finding {
  field: string
}

/** `checked`: the body that the findings are about; `buttons`: the fields it was made of. */
export const placed = (findings: Finding[], checked: MetaTemplate, buttons: ButtonForm[]): PlacedFinding[] => findings.map((finding) => ({ ...finding, field: fieldOf(finding, checked, buttons) }))

const STEPS = /[^.[\]]+/g

/** From a path in Meta's body to the editor's field. */
export function fieldOf({ path, code }: Pick<Finding, 'path' | 'code'>, checked: MetaTemplate, buttons: ButtonForm[]): string {
  const [root = '', index, ...rest] = path.match(STEPS) ?? []
  if (root !== 'components') return root === 'name' || root === 'language' || root === 'category' ? root : 'form'
  // Of the components as a whole only one thing can be said that has a field: which of them is not there.
  if (index === undefined) return code === 'body_missing' || code === 'duplicate_content' ? 'body' : code === 'auth_button' ? 'auth.otp' : 'form'
  const part = record(checked.components[Number(index)])
  const authentication = checked.category === 'AUTHENTICATION'
  switch (text(part.type)?.toUpperCase()) {
    case 'HEADER':
      return rest[0] === 'example' ? (part.format === 'TEXT' ? 'header.samples' : 'header.file') : rest[0] === 'text' ? 'header.text' : 'header.kind'
    case 'BODY':
      return authentication ? 'auth.security' : rest[0] === 'example' ? 'samples' : 'body'
    case 'FOOTER':
      return authentication ? 'auth.expiry' : 'footer'
    case 'BUTTONS':
      return authentication ? ofOtp(rest.slice(2)) : ofButton(rest, buttons)
    default:
      return 'form'
  }
}

const BUTTON_FIELDS: Record<string, string> = { text: 'text', url: 'url', phone_number: 'phone', example: 'sample' }

function ofButton([, index, key]: string[], buttons: ButtonForm[]): string {
  const button = index === undefined ? undefined : buttons[Number(index)]
  return button ? `button.${button.id}.${BUTTON_FIELDS[key ?? ''] ?? 'text'}` : 'buttons'
}

function ofOtp([key, index, field]: string[]): string {
  if (key === 'supported_apps') return index === undefined ? 'auth.apps' : `auth.apps.${index}.${field ?? 'package_name'}`
  if (key === 'zero_tap_terms_accepted') return 'auth.terms'
  if (key === 'text') return 'auth.text'
  if (key === 'autofill_text') return 'auth.autofill'
  return 'auth.otp'
}

