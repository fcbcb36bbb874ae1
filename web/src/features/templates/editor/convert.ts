import type { MetaTemplate } from '@/api/template-writing'
import { list, record, text } from '@/lib/utils'
import { blankButton, blankForm, type ButtonForm, CATEGORIES, type Category, type HeaderKind, isMedia, OTP_TYPES, type OtpType, type TemplateForm } from './form'
import { sampleOrder } from './variables'

/**
 * Between the editor's fields and Meta's own body of a template (Cloud API: template components). Each half-written state goes there and
 * comes back unchanged, because drafts are kept in Meta's form.
 */

type Part = Record<string, unknown>
const upper = (value: unknown) => text(value)?.toUpperCase() ?? ''
const isAuthentication = (category: string) => category === 'AUTHENTICATION'
const END = /\{\{\s*[\w.]+\s*\}\}$/

export function toTemplate(form: TemplateForm): MetaTemplate {
  const components = isAuthentication(form.category) ? authComponents(form) : [...header(form), ...body(form), ...footer(form), ...form.extra, ...buttons(form)]
  return {
    name: form.name,
    language: form.language,
    category: form.category,
    ...(form.named && !isAuthentication(form.category) ? { parameter_format: 'NAMED' } : {}),
    ...(/^-?\d+$/.test(form.ttl) ? { message_send_ttl_seconds: Number(form.ttl) } : {}),
    components,
  }
}

function header({ header, named }: TemplateForm): Part[] {
  if (header.kind === 'none') return []
  const part: Part = { type: 'HEADER', format: header.kind.toUpperCase() }
  if (header.kind === 'text') return [{ ...part, text: header.text, ...example('header_text', header.text, header.samples, named) }]
  return [isMedia(header.kind) && header.handle ? { ...part, example: { header_handle: [header.handle] } } : part]
}

function body({ body, samples, named }: TemplateForm): Part[] {
  return [{ type: 'BODY', text: body, ...example('body_text', body, samples, named) }]
}

const footer = (form: TemplateForm): Part[] => (form.footer ? [{ type: 'FOOTER', text: form.footer }] : [])

/** The samples of a text's variables. Of a body Meta wants a row of them, of a header the values alone. */
function example(key: 'header_text' | 'body_text', source: string, samples: Record<string, string>, named: boolean): Part {
  const names = sampleOrder(source, named)
  if (names.length === 0) return {}
  if (named) return { example: { [`${key}_named_params`]: names.map((name) => ({ param_name: name, example: samples[name] ?? '' })) } }
  const values = names.map((name) => samples[name] ?? '')
  return { example: { [key]: key === 'body_text' ? [values] : values } }
}

const buttons = (form: TemplateForm): Part[] => (form.buttons.length > 0 ? [{ type: 'BUTTONS', buttons: form.buttons.map(button) }] : [])

function button(form: ButtonForm): Part {
  const { kind, text } = form
  switch (kind) {
    case 'QUICK_REPLY':
      return { type: kind, text }
    case 'URL':
      return { type: kind, text, url: form.dynamic ? `${form.url}{{1}}` : form.url, ...(form.dynamic ? { example: [form.sample] } : {}) }
    case 'PHONE_NUMBER':
      return { type: kind, text, phone_number: form.phone }
    case 'COPY_CODE':
      return { type: kind, example: form.sample }
    case 'OTHER':
      return form.raw ?? {}
  }
}

function authComponents({ auth, extra }: TemplateForm): Part[] {
  const otp: Part = { type: 'OTP', otp_type: auth.otp, ...(auth.text ? { text: auth.text } : {}) }
  if (auth.otp !== 'COPY_CODE') {
    if (auth.autofill) otp.autofill_text = auth.autofill
    otp.supported_apps = auth.apps
  }
  if (auth.otp === 'ZERO_TAP') otp.zero_tap_terms_accepted = auth.terms
  // An expiry that is no number is handed on as it is: the check says what is wrong with it.
  const expiry = auth.expiry.trim()
  return [
    { type: 'BODY', add_security_recommendation: auth.security },
    ...(expiry ? [{ type: 'FOOTER', code_expiration_minutes: /^\d+$/.test(expiry) ? Number(expiry) : expiry }] : []),
    ...extra,
    { type: 'BUTTONS', buttons: [otp] },
  ]
}

/** Reads a body of Meta's, or a template as Meta reads it back. `channel`: the number whose account it is for. */
export function fromTemplate(template: Partial<MetaTemplate>, channel = ''): TemplateForm {
  const category = categoryOf(template.category)
  const named = upper(template.parameter_format) === 'NAMED'
  const form = blankForm({ channel, name: template.name ?? '', language: template.language ?? 'en', category, named, ttl: template.message_send_ttl_seconds === undefined ? '' : String(template.message_send_ttl_seconds) })
  if (isAuthentication(category)) form.auth = { ...form.auth, security: false, expiry: '' }
  for (const part of list(template.components).map(record)) readPart(form, part)
  return form
}

function readPart(form: TemplateForm, part: Part) {
  const authentication = isAuthentication(form.category)
  switch (upper(part.type)) {
    case 'HEADER':
      return readHeader(form, part)
    case 'BODY':
      if (authentication) form.auth.security = part.add_security_recommendation === true || /\.\s*.+\.$/s.test(text(part.text) ?? '')
      else {
        form.body = text(part.text) ?? ''
        form.samples = samplesOf(part, 'body_text')
      }
      return
    case 'FOOTER':
      if (authentication) form.auth.expiry = minutes(part)
      else form.footer = text(part.text) ?? ''
      return
    case 'BUTTONS':
      if (authentication) readOtp(form, record(list(part.buttons)[0]))
      else form.buttons = list(part.buttons).map(record).map(readButton)
      return
    default:
      form.extra.push(part)
  }
}

const categoryOf = (category: unknown): Category => CATEGORIES.find((known) => known === upper(category)) ?? 'UTILITY'

/** As it was written, or the number in the line that Meta made of it. */
function minutes(part: Part) {
  const given = part.code_expiration_minutes
  if (typeof given === 'number' || typeof given === 'string') return String(given)
  return /\d+/.exec(text(part.text) ?? '')?.[0] ?? ''
}

function readHeader(form: TemplateForm, part: Part) {
  const format = (upper(part.format) || 'TEXT').toLowerCase()
  const kinds: HeaderKind[] = ['text', 'image', 'video', 'document', 'location']
  const kind = kinds.find((known) => known === format)
  if (!kind) {
    form.extra.push(part)
    return
  }
  const handle = text(list(record(part.example).header_handle)[0]) ?? ''
  form.header = {
    ...form.header,
    kind,
    text: text(part.text) ?? '',
    samples: samplesOf(part, 'header_text'),
    // Meta reads a sample back as an address of its own, which it does not take again.
    handle: /^https?:/i.test(handle) ? '' : handle,
  }
}

function samplesOf(part: Part, key: 'header_text' | 'body_text'): Record<string, string> {
  const example = record(part.example)
  const named = list(example[`${key}_named_params`]).map(record).map((it): [string, string] => [text(it.param_name) ?? '', text(it.example) ?? ''])
  if (named.length > 0) return Object.fromEntries(named.filter(([name]) => name))
  const given = list(example[key])
  const values = Array.isArray(given[0]) ? list(given[0]) : given
  const names = sampleOrder(text(part.text) ?? '', false)
  return Object.fromEntries(values.map((value, at) => [names[at] ?? String(at + 1), text(value) ?? '']))
}

function readButton(raw: Part): ButtonForm {
  const sample = text(list(raw.example)[0]) ?? text(raw.example) ?? ''
  const label = text(raw.text) ?? ''
  switch (upper(raw.type)) {
    case 'QUICK_REPLY':
      return { ...blankButton('QUICK_REPLY'), text: label }
    case 'URL': {
      const url = text(raw.url) ?? ''
      // Meta may read a sample back as the whole address.
      const base = url.replace(END, '')
      const dynamic = base !== url
      return { ...blankButton('URL'), text: label, url: base, dynamic, sample: dynamic && sample.startsWith(base) ? sample.slice(base.length) : sample }
    }
    case 'PHONE_NUMBER':
      return { ...blankButton('PHONE_NUMBER'), text: label, phone: text(raw.phone_number) ?? '' }
    case 'COPY_CODE':
      return { ...blankButton('COPY_CODE'), sample }
    default:
      return { ...blankButton('OTHER'), text: label, raw }
  }
}

/** As it was written, or as Meta reads it back: a link button whose address says the rest. */
function readOtp(form: TemplateForm, raw: Part) {
  const url = text(raw.url)
  const query = url && URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams()
  const said = (key: string) => text(raw[key]) ?? query.get(key) ?? ''
  const apps = list(raw.supported_apps).map(record).map((app) => ({ package_name: text(app.package_name) ?? '', signature_hash: text(app.signature_hash) ?? '' }))
  const single = { package_name: said('package_name'), signature_hash: said('signature_hash') }
  const otp: OtpType = OTP_TYPES.find((known) => known === said('otp_type').toUpperCase().replace(/[- ]/g, '_')) ?? 'COPY_CODE'
  form.auth = {
    ...form.auth,
    otp,
    text: text(raw.text) ?? '',
    autofill: text(raw.autofill_text) ?? query.get('cta_display_name') ?? '',
    apps: apps.length > 0 || otp === 'COPY_CODE' ? (apps.length > 0 ? apps : form.auth.apps) : single.package_name ? [single] : Array.isArray(raw.supported_apps) ? [] : form.auth.apps,
    terms: raw.zero_tap_terms_accepted === true,
  }
}
