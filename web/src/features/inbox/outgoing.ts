import type { Media } from '@/api/media'
import type { Message } from '@/api/messages'
import { record, text } from '@/lib/utils'

export type OutgoingType = 'text' | 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'location' | 'contacts' | 'reaction' | 'interactive' | 'template'

/** What a screen wants to say: a type, and the object under that type's key in WhatsApp's own form. */
export interface Outgoing {
  type: OutgoingType
  content: Record<string, unknown> | unknown[]
  /** Our id of the message it answers. */
  reply_to?: string
  /** For the bubble only, until the server has answered. */
  shown?: { text?: string; media?: Media; local_url?: string; quotes?: string }
}

/** The request body of a reply. */
export const bodyFor = ({ type, content, reply_to }: Outgoing): Record<string, unknown> => ({ type, [type]: content, ...(reply_to ? { reply_to } : {}) })

const RESENDABLE = new Set<string>(['text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'interactive', 'template'])

/** In what is kept, our id of a file stands where WhatsApp's would; in a request it has a name of its own. */
function ownFiles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ownFiles)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => (key === 'id' && typeof inner === 'string' && inner.startsWith('med_') ? ['media_id', inner] : [key, ownFiles(inner)])))
}

/** The request that would say the same again. `quotedId`: our id of what it quoted, if that is known here. */
export function outgoingFrom(message: Message, quotedId?: string): Outgoing | undefined {
  if (!RESENDABLE.has(message.type)) return undefined
  const type = message.type as OutgoingType
  const raw = message.content
  const nested = record(raw)[type]
  const content = ownFiles(Array.isArray(raw) ? raw : Array.isArray(nested) ? nested : record(nested ?? raw)) as Record<string, unknown> | unknown[]
  if (Array.isArray(content)) return content.length > 0 ? { type, content, reply_to: quotedId } : undefined
  if (type === 'text' && !text(content.body)) {
    if (!message.text) return undefined
    content.body = message.text
  }
  if (['image', 'video', 'audio', 'document', 'sticker'].includes(type)) {
    // A file of ours goes by our id: WhatsApp's may be gone by now.
    if (message.media) {
      delete content.id
      content.media_id = message.media.id
    }
    if (!text(content.media_id) && !text(content.link) && !text(content.id)) return undefined
  }
  if (type === 'template') {
    const language = text(record(content.language).code) ?? text(content.language)
    if (!text(content.name) || !language) return undefined
    content.language = language
  }
  return { type, content, reply_to: quotedId, shown: { text: message.text, media: message.media } }
}
