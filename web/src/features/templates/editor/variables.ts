/** Variables in the texts of a template: `{{1}}` by position or `{{first_name}}` by name (Cloud API: template components). */

const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g
const NUMBER = /^[1-9]\d*$/
const NAME = /^[a-z][a-z0-9_]*$/

/** Names of the variables, each once, in the order of their first appearance. Empty braces are none. */
export const variablesIn = (text: string) => [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1] ?? '').filter(Boolean))]

/** In the order in which their samples are written: by number, or as they appear. */
export function sampleOrder(text: string, named: boolean): string[] {
  const found = variablesIn(text)
  if (named) return found
  return found.filter((name) => NUMBER.test(name)).sort((a, b) => Number(a) - Number(b))
}

export const isVariableName = (name: string) => NAME.test(name)

/** The number that the next positional variable gets. */
export const nextNumber = (text: string) => Math.max(0, ...variablesIn(text).filter((name) => NUMBER.test(name)).map(Number)) + 1

/** A name that is not yet taken: `value`, `value_2`, … */
export function freeName(text: string, wanted: string): string {
  const taken = new Set(variablesIn(text))
  let name = wanted
  for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`
  return name
}

/** What somebody types for a name, in the form that WhatsApp takes. */
export const variableName = (typed: string) => plain(typed).replace(/^[^a-z]+/, '')

/** Whether the numbers run from 1 without a gap. */
export const isSequential = (text: string) => sampleOrder(text, false).every((name, at) => Number(name) === at + 1)

interface Written {
  text: string
  samples: Record<string, string>
}

/** The same text with other names; samples go with their variables. */
function renamed({ text, samples }: Written, nameOf: Map<string, string>): Written {
  return {
    text: text.replace(VARIABLE, (whole, name: string) => (nameOf.has(name) ? `{{${nameOf.get(name)}}}` : whole)),
    samples: Object.fromEntries(Object.entries(samples).map(([name, sample]) => [nameOf.get(name) ?? name, sample])),
  }
}

/** Numbered anew from 1, in the order of the numbers there are. */
export function renumbered(written: Written): Written {
  return renamed(written, new Map(sampleOrder(written.text, false).map((name, at) => [name, String(at + 1)])))
}

/** From numbers to names and back. */
export function converted(written: Written, named: boolean): Written {
  const found = variablesIn(written.text)
  if (!named) return renamed(written, new Map(found.map((name, at) => [name, String(at + 1)])))
  return renamed(written, new Map(found.map((name) => [name, isVariableName(name) ? name : NUMBER.test(name) ? `value_${name}` : freeName(written.text, variableName(name) || 'value')])))
}

/** A template's name in Meta's form: small Latin letters, digits and underscores. One that is too long is said to be, and not cut. */
export const metaName = (typed: string) => plain(typed)

function plain(typed: string) {
  return typed
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9_]+/g, '_')
}

/** Characters as Meta counts them: code points. */
export const length = (text: string) => [...text].length
