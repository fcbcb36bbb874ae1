import { inner, type Carried } from './content'
import { record, text } from './utils'

/** What a message carries besides its content: where it came from, what became of it, who reacted. */
export interface Extras {
  referral?: Record<string, unknown>
  forwarded?: 'once' | 'often'
  /** The article of the catalogue a question is about. */
  product?: string
  edited?: boolean
  /** What it said before it was edited. */
  original?: unknown
  deleted?: boolean
  /** Only when the server keeps them on the message; else they come as messages of their own. */
  reactions?: { emoji: string; ours: boolean }[]
  group?: string
  /** In a group: who of it wrote. */
  sender?: string
}

export function extrasOf(message: Carried): Extras {
  const own = record(message)
  const content = record(message.content)
  const context = record(content.context)
  const referral = record(own.referral ?? content.referral)
  const often = own.frequently_forwarded === true || context.frequently_forwarded === true
  const once = own.forwarded === true || context.forwarded === true
  return {
    referral: Object.keys(referral).length > 0 ? referral : undefined,
    product: text(record(own.referred_product).product_retailer_id),
    forwarded: often ? 'often' : once ? 'once' : undefined,
    edited: own.edited_at !== undefined,
    original: own.original_content,
    deleted: own.revoked_at !== undefined,
    // A reaction without a contact is the business's own.
    reactions: Array.isArray(own.reactions) ? own.reactions.map(record).flatMap((r) => (text(r.emoji) ? [{ emoji: text(r.emoji) ?? '', ours: r.contact_id === undefined }] : [])) : undefined,
    group: text(own.group_id) ?? text(content.group_id),
    sender: text(own.sender_name),
  }
}

/** Nothing a customer wrote, but something WhatsApp says about them: a line between the messages. */
export const isSystem = (message: Carried) => message.type === 'system'

/** A sticker stands on the thread itself, without a bubble around it. */
export const isBare = (message: Carried & { media?: { state: string } }) => message.type === 'sticker' && (!message.media || message.media.state === 'ready') && Object.keys(inner(message)).length > 0
