import type { Template, TemplateStatus } from '@/api/templates'

/** WhatsApp takes messages of approved templates; while a change of one is in review, of the version before. */
export const isSendable = ({ status, live }: Pick<Template, 'status' | 'live'>) => status === 'APPROVED' || (status === 'PENDING' && live !== undefined)

/** The template as WhatsApp sends it now. */
export const sentNow = (template: Template): Template => (template.live ? { ...template, ...template.live } : template)

export type Tone = 'success' | 'info' | 'warning' | 'destructive' | 'secondary'

const TONES: Record<TemplateStatus, Tone> = {
  SUBMITTING: 'info', PENDING: 'info', IN_APPEAL: 'info', APPROVED: 'success', REJECTED: 'destructive', DISABLED: 'destructive', LOCKED: 'destructive', LIMIT_EXCEEDED: 'destructive',
  PAUSED: 'warning', ARCHIVED: 'secondary', PENDING_DELETION: 'secondary', DELETED: 'secondary', UNKNOWN: 'secondary',
}

export const toneOf = (status: TemplateStatus): Tone => TONES[status] ?? 'secondary'

/** States in which somebody has to do something. */
export const TROUBLED = ['REJECTED', 'PAUSED', 'DISABLED'] as const satisfies TemplateStatus[]

/** What WhatsApp refused of what was handed in, if it did. */
export const isRefused = ({ submission }: Pick<Template, 'submission'>) => submission?.state === 'refused'

export const isGone = ({ status, gone_at }: Pick<Template, 'status' | 'gone_at'>) => status === 'DELETED' || status === 'PENDING_DELETION' || gone_at !== undefined

/** The text of its body, for lists: without it, of its first card. */
export function bodyOf(components: Record<string, unknown>[]): string {
  const body = components.find(({ type }) => String(type).toUpperCase() === 'BODY')
  return typeof body?.text === 'string' ? body.text : ''
}
