import type { Template } from '@/api/types'
import { safeLink } from '@/lib/content'
import { list, record, text } from '@/lib/utils'

/** One blank of a template that somebody has to fill before it can be sent. */
export interface TemplateField {
  key: string
  part: 'header' | 'body' | 'button'
  kind: 'text' | 'image' | 'video' | 'document' | 'code'
  /** The name between the braces: "1" or "first_name". */
  variable?: string
  index?: number
  example?: string
}

export interface TemplateParts {
  header?: { format: string; text?: string }
  body: string
  footer?: string
  buttons: { type: string; text: string; url?: string }[]
}

const VARIABLE = /\{\{\s*([\w.]+)\s*\}\}/g

export function partsOf(template: Template): TemplateParts {
  const parts: TemplateParts = { body: '', buttons: [] }
  for (const raw of template.components) {
    const component = record(raw)
    switch (text(component.type)?.toUpperCase()) {
      case 'HEADER':
        parts.header = { format: text(component.format)?.toUpperCase() ?? 'TEXT', text: text(component.text) }
        break
      case 'BODY':
        parts.body = text(component.text) ?? ''
        break
      case 'FOOTER':
        parts.footer = text(component.text)
        break
      case 'BUTTONS':
        parts.buttons = list(component.buttons).map((b) => {
          const button = record(b)
          return { type: text(button.type)?.toUpperCase() ?? '', text: text(button.text) ?? '', url: text(button.url) }
        })
        break
    }
  }
  return parts
}

const variables = (source: string | undefined) => [...new Set([...(source ?? '').matchAll(VARIABLE)].map((m) => m[1] ?? ''))]

export function fieldsOf(template: Template): TemplateField[] {
  const parts = partsOf(template)
  const fields: TemplateField[] = []
  const format = parts.header?.format
  if (format === 'TEXT') variables(parts.header?.text).forEach((v) => fields.push({ key: `header_${v}`, part: 'header', kind: 'text', variable: v }))
  else if (format === 'IMAGE' || format === 'VIDEO' || format === 'DOCUMENT')
    fields.push({ key: 'header_media', part: 'header', kind: format.toLowerCase() as 'image' | 'video' | 'document' })
  const examples = bodyExamples(template)
  variables(parts.body).forEach((v) => fields.push({ key: `body_${v}`, part: 'body', kind: 'text', variable: v, example: examples[v] }))
  parts.buttons.forEach((button, index) => {
    if (button.type === 'URL' && variables(button.url).length > 0) fields.push({ key: `button_${index}`, part: 'button', kind: 'text', index, variable: button.text })
    if (button.type === 'COPY_CODE') fields.push({ key: `button_${index}`, part: 'button', kind: 'code', index, variable: button.text })
  })
  return fields
}

function bodyExamples(template: Template): Record<string, string> {
  const body = template.components.map(record).find((c) => text(c.type)?.toUpperCase() === 'BODY')
  const example = record(body?.example)
  const out: Record<string, string> = {}
  list(list(example.body_text)[0]).forEach((value, i) => {
    if (typeof value === 'string') out[String(i + 1)] = value
  })
  for (const named of list(example.body_text_named_params).map(record)) {
    const [name, value] = [text(named.param_name), text(named.example)]
    if (name && value) out[name] = value
  }
  return out
}

/** The text with its blanks filled; an empty blank keeps its braces, so that it is seen to be missing. */
export const fill = (source: string, values: Record<string, string>, prefix: string) =>
  source.replace(VARIABLE, (whole, name: string) => values[`${prefix}_${name}`]?.trim() || whole)

export function missingFields(fields: TemplateField[], values: Record<string, string>) {
  return fields.filter((f) => {
    const value = values[f.key]?.trim()
    return f.kind === 'text' || f.kind === 'code' ? !value : !safeLink(value)
  })
}

/** The `components` of a send call, in WhatsApp's own shape. */
export function componentsFor(template: Template, values: Record<string, string>): Record<string, unknown>[] {
  const fields = fieldsOf(template)
  const parameter = (field: TemplateField): Record<string, unknown> => {
    const value = values[field.key]?.trim() ?? ''
    if (field.kind === 'code') return { type: 'coupon_code', coupon_code: value }
    if (field.kind !== 'text') return { type: field.kind, [field.kind]: { link: value } }
    // Positional blanks are numbers; named ones must say their name.
    const named = field.part !== 'button' && field.variable && !/^\d+$/.test(field.variable)
    return { type: 'text', text: value, ...(named ? { parameter_name: field.variable } : {}) }
  }
  const inOrder = (part: TemplateField['part']) =>
    fields.filter((f) => f.part === part).sort((a, b) => (Number(a.variable) || 0) - (Number(b.variable) || 0))
  const out: Record<string, unknown>[] = []
  for (const part of ['header', 'body'] as const) {
    const own = inOrder(part)
    if (own.length > 0) out.push({ type: part, parameters: own.map(parameter) })
  }
  for (const field of fields.filter((f) => f.part === 'button'))
    out.push({ type: 'button', sub_type: field.kind === 'code' ? 'copy_code' : 'url', index: String(field.index), parameters: [parameter(field)] })
  return out
}

/** The words of a template that was sent, from the template and what filled it. Media and unknown templates give nothing. */
export function sentText(content: unknown, templates: Template[]): string | undefined {
  const sent = record(content)
  const language = text(record(sent.language).code) ?? text(sent.language)
  const template = templates.find((t) => t.name === text(sent.name) && t.language === language)
  if (!template) return undefined
  const values: Record<string, string> = {}
  for (const component of list(sent.components).map(record)) {
    const part = text(component.type)?.toLowerCase()
    list(component.parameters).map(record).forEach((parameter, i) => {
      values[`${part ?? ''}_${text(parameter.parameter_name) ?? String(i + 1)}`] = text(parameter.text) ?? ''
    })
  }
  const parts = partsOf(template)
  return [parts.header?.text && `*${fill(parts.header.text, values, 'header')}*`, fill(parts.body, values, 'body'), parts.footer && `_${parts.footer}_`].filter(Boolean).join('\n')
}

export const isSendable = (template: Template) => (template.status ?? '').toUpperCase() === 'APPROVED'
