import type { Outgoing } from '../outgoing'

/** What the builder of buttons, lists, links and location requests holds (Cloud API: interactive messages). */
export interface Choices {
  kind: 'button' | 'list' | 'cta_url' | 'location_request_message'
  header: string
  body: string
  footer: string
  buttons: string[]
  listButton: string
  sections: { title: string; rows: { title: string; description: string }[] }[]
  linkLabel: string
  link: string
}

export const LIMITS = { header: 60, body: 1024, footer: 60, button: 20, buttons: 3, listButton: 20, sectionTitle: 24, rowTitle: 24, rowDescription: 72, rows: 10, sections: 10, linkLabel: 20, link: 2000 } as const

export const emptyChoices = (kind: Choices['kind']): Choices => ({ kind, header: '', body: '', footer: '', buttons: ['', ''], listButton: '', sections: [{ title: '', rows: [{ title: '', description: '' }, { title: '', description: '' }] }], linkLabel: '', link: '' })

/** Characters as WhatsApp counts them. */
export const length = (value: string) => [...value.trim()].length
export const rowCount = (choices: Choices) => choices.sections.reduce((sum, s) => sum + s.rows.length, 0)

/** The first thing WhatsApp would refuse, as the name of a sentence; undefined when it may go. */
export function choicesProblem(choices: Choices): { key: string; max?: number } | undefined {
  const { header, body, footer } = choices
  if (!length(body)) return { key: 'bodyMissing' }
  if (length(body) > LIMITS.body) return { key: 'bodyLong', max: LIMITS.body }
  if (choices.kind !== 'location_request_message') {
    if (length(header) > LIMITS.header) return { key: 'headerLong', max: LIMITS.header }
    if (length(footer) > LIMITS.footer) return { key: 'footerLong', max: LIMITS.footer }
  }
  if (choices.kind === 'button') return buttonsProblem(choices.buttons)
  if (choices.kind === 'cta_url') {
    if (!length(choices.linkLabel)) return { key: 'labelMissing' }
    if (length(choices.linkLabel) > LIMITS.linkLabel) return { key: 'labelLong', max: LIMITS.linkLabel }
    if (!/^https?:\/\/[^\s.]+\.[^\s]+$/i.test(choices.link.trim())) return { key: 'linkMissing' }
  }
  if (choices.kind === 'list') return listProblem(choices)
  return undefined
}

function buttonsProblem(all: string[]) {
  const titles = all.map((b) => b.trim()).filter(Boolean)
  if (titles.length === 0) return { key: 'buttonMissing' }
  if (titles.some((b) => length(b) > LIMITS.button)) return { key: 'buttonLong', max: LIMITS.button }
  if (new Set(titles).size < titles.length) return { key: 'buttonTwice' }
  return undefined
}

function listProblem(choices: Choices) {
  if (!length(choices.listButton)) return { key: 'listButtonMissing' }
  if (length(choices.listButton) > LIMITS.listButton) return { key: 'labelLong', max: LIMITS.listButton }
  const sections = filledSections(choices)
  if (sections.length === 0) return { key: 'rowMissing' }
  const rows = sections.flatMap((s) => s.rows)
  if (rows.length > LIMITS.rows) return { key: 'rowsMany', max: LIMITS.rows }
  if (sections.length > 1 && sections.some((s) => !length(s.title))) return { key: 'sectionMissing' }
  if (sections.some((s) => length(s.title) > LIMITS.sectionTitle)) return { key: 'sectionLong', max: LIMITS.sectionTitle }
  if (rows.some((r) => length(r.title) > LIMITS.rowTitle)) return { key: 'rowLong', max: LIMITS.rowTitle }
  if (rows.some((r) => length(r.description) > LIMITS.rowDescription)) return { key: 'descriptionLong', max: LIMITS.rowDescription }
  return undefined
}

const filledSections = (choices: Choices) => choices.sections.map((s) => ({ ...s, rows: s.rows.filter((r) => r.title.trim()) })).filter((s) => s.rows.length > 0)

/** An id that says in a webhook what was tapped: "Yes, please" → "yes-please". Unique within the message. */
function ids() {
  const used = new Set<string>()
  return (title: string) => {
    const base = title.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 100) || 'choice'
    let id = base
    for (let n = 2; used.has(id); n++) id = `${base}-${n}`
    used.add(id)
    return id
  }
}

/** The message in WhatsApp's own form. */
export function interactiveOf(choices: Choices): Record<string, unknown> {
  const idOf = ids()
  const plain = choices.kind === 'location_request_message'
  const [header, footer] = [choices.header.trim(), choices.footer.trim()]
  return {
    type: choices.kind,
    ...(header && !plain ? { header: { type: 'text', text: header } } : {}),
    body: { text: choices.body.trim() },
    ...(footer && !plain ? { footer: { text: footer } } : {}),
    action: actionOf(choices, idOf),
  }
}

function actionOf(choices: Choices, idOf: (title: string) => string): Record<string, unknown> {
  switch (choices.kind) {
    case 'button':
      return { buttons: choices.buttons.map((b) => b.trim()).filter(Boolean).map((title) => ({ type: 'reply', reply: { id: idOf(title), title } })) }
    case 'list':
      return {
        button: choices.listButton.trim(),
        sections: filledSections(choices).map((s) => ({
          ...(s.title.trim() ? { title: s.title.trim() } : {}),
          rows: s.rows.map((r) => ({ id: idOf(r.title), title: r.title.trim(), ...(r.description.trim() ? { description: r.description.trim() } : {}) })),
        })),
      }
    case 'cta_url':
      return { name: 'cta_url', parameters: { display_text: choices.linkLabel.trim(), url: choices.link.trim() } }
    case 'location_request_message':
      return { name: 'send_location' }
  }
}

export const outgoingChoices = (choices: Choices): Outgoing => ({ type: 'interactive', content: interactiveOf(choices) })
