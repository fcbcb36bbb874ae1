import type { Channel } from '@/api/channels'
import type { Draft, MetaTemplate } from '@/api/template-writing'
import type { Mapping, Template } from '@/api/templates'
import { slotsOf } from '@/lib/shown'
import { fromTemplate } from './convert'
import { blankForm, type TemplateForm } from './form'
import { type Kept, kept, placeOfDraft } from './kept'
import { isStarter, STARTERS } from './starters'

/** What the editor begins with. */
export interface Start {
  values: TemplateForm
  /** Where it is kept in this browser until it is a draft on the server. */
  place: string
  draft?: { id: string; version: number }
  /** What its blanks are filled with, which goes on to what is written: from the draft, or from what a new language begins with. */
  mapping?: Mapping
  /** Another language of a name: the name stays. */
  nameFixed?: boolean
  /** Typed before, and not yet on the server. */
  restored: boolean
  /** Somebody has saved another version of the draft since. */
  theirs?: Draft
}

export interface Asked {
  /** The template that is changed. */
  template?: Template
  draft?: Draft
  /** The template that a new one begins with, and for which language. */
  clone?: Template
  language?: string
  from?: string
  channels: Channel[]
  /** The reader's language. */
  reader: string
}

const bodyOf = (template: Template) => ({
  name: template.name,
  language: template.language,
  category: template.category ?? 'UTILITY',
  parameter_format: template.named ? 'NAMED' : undefined,
  components: template.components,
  message_send_ttl_seconds: template.ttl_seconds,
})

export function startOf(asked: Asked): Start {
  const { template, draft, clone } = asked
  const account = template ?? clone
  const channel = (account && asked.channels.find(({ waba_id: waba }) => waba === account.waba_id)?.id) ?? asked.channels[0]?.id ?? ''
  if (draft) return fromDraft(draft, channel)
  const mapping = clone?.mapping
  const place = template ? `edit:${template.id}` : clone ? `clone:${clone.id}:${asked.language ?? ''}` : asked.from ? `from:${asked.from}` : 'new'
  const own = kept(place)
  if (own?.dirty) return { values: own.values, place, draft: own.draft ? { id: own.draft, version: own.version } : undefined, mapping, nameFixed: !!clone, restored: true }
  return { values: fresh(asked, channel), place, mapping, nameFixed: !!clone, restored: false }
}

function fresh({ template, clone, language, from, reader }: Asked, channel: string): TemplateForm {
  if (template) return fromTemplate(bodyOf(template), channel)
  if (clone) return { ...fromTemplate(bodyOf(clone), channel), language: language ?? otherLanguage(clone.language) }
  if (isStarter(from)) return fromTemplate(STARTERS[from][reader === 'ar' ? 'ar' : 'en'], channel)
  return blankForm({ channel, language: reader === 'ar' ? 'ar' : 'en' })
}

/** A new language begins with one that the template does not have. */
const otherLanguage = (of: string) => (of.startsWith('ar') ? 'en' : 'ar')

/** What this browser kept goes before the server's copy: it may be newer, and it knows the names of files. */
function fromDraft(draft: Draft, channel: string): Start {
  const place = placeOfDraft(draft.id)
  const own: Kept | undefined = kept(place)
  const server = fromTemplate(draft.template, draft.channel_id ?? channel)
  const start = { place, draft: { id: draft.id, version: draft.version }, mapping: draft.mapping }
  if (!own) return { ...start, values: server, restored: false }
  if (own.version === draft.version) return { ...start, values: own.values, restored: own.dirty }
  if (own.dirty) return { ...start, values: own.values, restored: true, theirs: draft }
  return { ...start, values: server, restored: false }
}

/** Of a mapping, what the template still has blanks for. */
export function fitting(mapping: Mapping | undefined, template: MetaTemplate): Mapping | undefined {
  if (!mapping) return undefined
  const keys = new Set(slotsOf(template).map(({ key }) => key))
  return Object.fromEntries(Object.entries(mapping).filter(([key]) => keys.has(key)))
}
