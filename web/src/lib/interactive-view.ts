import { list, record, text } from './utils'

/** What an interactive message offers, as the customer's phone draws it. */
export interface InteractiveView {
  kind: string
  header?: { format: string; text?: string; file: Record<string, unknown> }
  body?: string
  footer?: string
  buttons: { title: string; kind: 'reply' | 'link' | 'flow' | 'place' | 'address' | 'catalogue' | 'call' | 'contact' | 'product' | 'pay' | 'order'; url?: string; hint?: string }[]
  /** A list or products, behind one button. */
  sheet?: { button?: string; sections: { title?: string; rows: { title: string; description?: string }[] }[]; products?: boolean }
  cards: InteractiveView[]
  product?: string
  /** An order to pay for, or how far one is. */
  order?: { id?: string; total?: { amount: number; currency: string }; status?: string }
  known: boolean
}

const KNOWN = new Set(['button', 'list', 'cta_url', 'location_request_message', 'address_message', 'flow', 'product', 'product_list', 'catalog_message', 'carousel', 'call_permission_request', 'voice_call', 'request_contact_info', 'order_details', 'order_status'])

export function interactiveView(raw: unknown): InteractiveView {
  const body = record(raw)
  const action = record(body.action)
  const parameters = record(action.parameters)
  const kind = text(body.type) ?? ''
  const header = record(body.header)
  const format = text(header.type)
  const view: InteractiveView = {
    kind,
    header: format ? { format, text: text(header.text), file: record(header[format]) } : undefined,
    body: text(record(body.body).text),
    footer: text(record(body.footer).text),
    buttons: [],
    cards: [],
    known: KNOWN.has(kind),
  }
  const label = text(parameters.display_text)
  for (const button of list(action.buttons).map(record)) {
    const title = text(record(button.reply).title) ?? text(record(button.quick_reply).title)
    if (title) view.buttons.push({ title, kind: 'reply' })
  }
  switch (kind) {
    case 'list':
      view.sheet = { button: text(action.button), sections: sections(action.sections, 'rows', (row) => ({ title: text(row.title) ?? '', description: text(row.description) })) }
      break
    case 'product_list':
      view.sheet = { products: true, sections: sections(action.sections, 'product_items', (row) => ({ title: text(row.product_retailer_id) ?? '' })) }
      break
    case 'flow':
      view.buttons.push({ title: text(parameters.flow_cta) ?? '', kind: 'flow' })
      break
    case 'location_request_message':
      view.buttons.push({ title: '', kind: 'place' })
      break
    case 'address_message':
      view.buttons.push({ title: '', kind: 'address' })
      break
    case 'catalog_message':
      view.buttons.push({ title: '', kind: 'catalogue' })
      break
    case 'voice_call':
    case 'call_permission_request':
      view.buttons.push({ title: label ?? '', kind: 'call' })
      break
    case 'request_contact_info':
      view.buttons.push({ title: '', kind: 'contact' })
      break
    case 'product':
      view.product = text(action.product_retailer_id)
      view.buttons.push({ title: '', kind: 'product' })
      break
    case 'order_details': {
      const { value, offset } = record(parameters.total_amount)
      const currency = text(parameters.currency)
      view.order = { id: text(parameters.reference_id), total: currency && Number.isFinite(Number(value)) ? { amount: Number(value) / (Number(offset) || 100), currency } : undefined }
      view.buttons.push({ title: '', kind: 'pay' })
      break
    }
    case 'order_status':
      view.order = { id: text(parameters.reference_id), status: text(record(parameters.order).status) }
      view.buttons.push({ title: '', kind: 'order' })
      break
    case 'carousel':
      view.cards = list(action.cards).map(interactiveView)
      break
  }
  if (text(parameters.url) && label) view.buttons.push({ title: label, kind: 'link', url: text(parameters.url) })
  return view
}

function sections<T>(raw: unknown, key: string, row: (value: Record<string, unknown>) => T) {
  return list(raw).map(record).map((section) => ({ title: text(section.title), rows: list(section[key]).map((r) => row(record(r))) }))
}

/** What a customer answered: a tapped choice, a filled form, a permission. */
export type Answer =
  | { kind: 'choice'; title: string; description?: string }
  | { kind: 'form'; name?: string; fields: { label: string; value: string }[] }
  | { kind: 'address'; fields: { label: string; value: string }[] }
  | { kind: 'call'; accepted: boolean; always: boolean; until?: number }

export function answerOf(raw: unknown): Answer | undefined {
  const body = record(raw)
  const choice = record(body.button_reply ?? body.list_reply)
  const title = text(choice.title)
  if (title) return { kind: 'choice', title, description: text(choice.description) }
  if (body.nfm_reply !== undefined) {
    const reply = record(body.nfm_reply)
    const answers = record(parse(reply.response_json))
    const address = text(reply.name) === 'address_message'
    return { kind: address ? 'address' : 'form', name: text(reply.name), fields: fieldsOf(address ? { ...answers, ...record(answers.values), values: undefined, saved_address_id: undefined } : answers) }
  }
  if (body.call_permission_reply !== undefined) {
    const reply = record(body.call_permission_reply)
    return { kind: 'call', accepted: reply.response === 'accept', always: reply.is_permanent === true, until: Number(reply.expiration_timestamp) || undefined }
  }
  return undefined
}

function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return { answer: value }
  }
}

/** Names out of a program become words: screen_0_First_name_1 is "First name". */
export function fieldLabel(key: string) {
  const words = key.replace(/^screen_\d+_/, '').replace(/_\d+$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ').trim()
  return words.charAt(0).toLocaleUpperCase() + words.slice(1)
}

const said = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? '✓' : '✗'
  if (typeof value === 'string') return value.replace(/^\d+_(?=\D)/, '').replace(/_/g, value.match(/^\d+_/) ? ' ' : '_')
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(said).filter(Boolean).join(', ')
  return Object.values(record(value)).map(said).filter(Boolean).join(', ')
}

/** The token that ties the form to its question is ours, not the customer's words. */
const fieldsOf = (answers: Record<string, unknown>) =>
  Object.entries(answers).flatMap(([key, value]) => {
    const words = key === 'flow_token' ? '' : said(value)
    return words ? [{ label: fieldLabel(key), value: words }] : []
  })

export interface Order {
  note?: string
  items: { id: string; quantity: number; price: number; currency: string }[]
  /** By currency: WhatsApp does not promise one. */
  totals: { amount: number; currency: string }[]
}

export function orderOf(raw: unknown): Order {
  const body = record(raw)
  const items = list(body.product_items).map(record).map((item) => ({ id: text(item.product_retailer_id) ?? '', quantity: Number(item.quantity) || 1, price: Number(item.item_price) || 0, currency: text(item.currency) ?? '' }))
  const totals = new Map<string, number>()
  for (const item of items) totals.set(item.currency, (totals.get(item.currency) ?? 0) + item.price * item.quantity)
  return { note: text(body.text), items, totals: [...totals].map(([currency, amount]) => ({ currency, amount })) }
}
