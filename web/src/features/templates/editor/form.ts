import { z } from '@/lib/zod'

/** What the editor has in its fields. `convert.ts` makes Meta's own body of it and reads one back. */

export const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const
export const HEADERS = ['none', 'text', 'image', 'video', 'document', 'location'] as const
export const BUTTONS = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE'] as const
export const OTP_TYPES = ['COPY_CODE', 'ONE_TAP', 'ZERO_TAP'] as const

export type Category = (typeof CATEGORIES)[number]
export type HeaderKind = (typeof HEADERS)[number]
export type ButtonKind = (typeof BUTTONS)[number]
export type OtpType = (typeof OTP_TYPES)[number]
export const isMedia = (kind: HeaderKind): kind is 'image' | 'video' | 'document' => kind === 'image' || kind === 'video' || kind === 'document'

/** Lengths and counts that Meta documents. The check on the server says the same of each. */
export const LIMITS = { name: 512, header: 60, body: 1024, footer: 60, buttons: 10, buttonText: 25, url: 2000, phone: 20, code: 15, apps: 5, hash: 11 } as const
/** How many there may be of each kind. */
export const MOST: Record<ButtonKind, number> = { QUICK_REPLY: 10, URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1 }

const samples = z.record(z.string(), z.string())
const buttonSchema = z.object({
  /** For React and for findings: stays the same while buttons are moved. */
  id: z.string(),
  /** A kind that the editor does not write is kept in `raw` and can be moved and removed only. */
  kind: z.enum([...BUTTONS, 'OTHER']),
  text: z.string(),
  url: z.string(),
  /** A link whose end is filled in for each message. */
  dynamic: z.boolean(),
  phone: z.string(),
  /** The sample of a link's end, or of a code. */
  sample: z.string(),
  raw: z.record(z.string(), z.unknown()).optional(),
})

export const formSchema = z.object({
  channel: z.string(),
  name: z.string(),
  category: z.enum(CATEGORIES),
  language: z.string(),
  named: z.boolean(),
  header: z.object({
    kind: z.enum(HEADERS),
    text: z.string(),
    samples,
    /** What the upload of the sample gave. */
    handle: z.string(),
    /** The sample's own name, for the person who writes. */
    file: z.string(),
  }),
  body: z.string(),
  samples,
  footer: z.string(),
  buttons: z.array(buttonSchema),
  auth: z.object({
    security: z.boolean(),
    /** Minutes; empty for no line about it. */
    expiry: z.string(),
    otp: z.enum(OTP_TYPES),
    text: z.string(),
    autofill: z.string(),
    apps: z.array(z.object({ package_name: z.string(), signature_hash: z.string() })),
    terms: z.boolean(),
  }),
  /** How long WhatsApp tries to deliver, in seconds; empty for its default. Kept as it is. */
  ttl: z.string(),
  /** Components that the editor does not write (carousel, offer, …): kept as they are. */
  extra: z.array(z.record(z.string(), z.unknown())),
})

export type TemplateForm = z.infer<typeof formSchema>
export type ButtonForm = TemplateForm['buttons'][number]

let ids = 0
export const newId = () => `b${++ids}`

export const blankButton = (kind: ButtonForm['kind']): ButtonForm => ({ id: newId(), kind, text: '', url: '', dynamic: false, phone: '', sample: '' })

export const blankForm = (given: Partial<TemplateForm> = {}): TemplateForm => ({
  channel: '',
  name: '',
  category: 'UTILITY',
  language: 'en',
  named: false,
  header: { kind: 'none', text: '', samples: {}, handle: '', file: '' },
  body: '',
  samples: {},
  footer: '',
  buttons: [],
  auth: { security: true, expiry: '10', otp: 'COPY_CODE', text: '', autofill: '', apps: [{ package_name: '', signature_hash: '' }], terms: false },
  ttl: '',
  extra: [],
  ...given,
})

/** Quick replies stand together: before or after all other buttons, never between them. */
export function isGrouped(buttons: ButtonForm[]): boolean {
  const groups = buttons.map(({ kind }) => kind === 'QUICK_REPLY').filter((quick, at, all) => at === 0 || quick !== all[at - 1])
  return groups.length <= 2
}

/** Where a new button goes so that the rule is kept: at the end of its own group. */
export function withButton(buttons: ButtonForm[], added: ButtonForm): ButtonForm[] {
  const last = buttons.findLastIndex(({ kind }) => (kind === 'QUICK_REPLY') === (added.kind === 'QUICK_REPLY'))
  const at = last < 0 ? buttons.length : last + 1
  return buttons.toSpliced(at, 0, added)
}

/**
 * A button moved to another place. Where it would stand inside the other group, it goes round that group, and takes its own group along:
 * the order changes only in ways that Meta accepts.
 */
export function moved(buttons: ButtonForm[], from: number, to: number): ButtonForm[] {
  const button = buttons[from]
  if (!button || from === to || to < 0 || to >= buttons.length) return buttons
  const next = buttons.toSpliced(from, 1).toSpliced(to, 0, button)
  if (isGrouped(next) || !isGrouped(buttons)) return next
  const own = next.filter(({ kind }) => (kind === 'QUICK_REPLY') === (button.kind === 'QUICK_REPLY'))
  const others = next.filter((other) => !own.includes(other))
  return to < from ? [...own, ...others] : [...others, ...own]
}
