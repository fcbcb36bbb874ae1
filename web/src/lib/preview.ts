import i18next from 'i18next'
import { isolated } from './format'

/**
 * The line of a conversation's last message. The server writes it once, for every reader; where there are no words of the message's
 * own it says its kind in English, from a short list. These words, and only these, are said in the reader's language.
 */
const WORDS: Record<string, string> = {
  Photo: 'image', Video: 'video', Audio: 'audio', 'Voice message': 'voice', Document: 'document', Sticker: 'sticker', Location: 'location', Contact: 'contacts',
  Product: 'product', Products: 'products', Order: 'order', Catalogue: 'catalogue',
  'Reaction removed': 'reactionRemoved', 'Removed a reaction': 'reactionRemoved', 'Deleted a message': 'deleted', 'Unsupported message': 'unsupported',
  'Interactive message': 'interactive', Answered: 'answered', 'Answered a call request': 'answered', 'Allowed calls': 'callAllowed',
  'Location wanted': 'locationWanted', 'Address wanted': 'addressWanted', 'Phone number wanted': 'phoneWanted', 'Call us': 'callUs', 'May we call you?': 'mayWeCall',
}

export function localPreview(line: string): string {
  if (i18next.language === 'en') return line
  const [, sign = '', words = ''] = /^(\p{Extended_Pictographic}\uFE0F? )?(.*)$/su.exec(line) ?? []
  if (Object.hasOwn(WORDS, words)) return sign + i18next.t(`previews.${WORDS[words] ?? ''}`)
  const reacted = /^Reacted (\p{Extended_Pictographic}\S*)$/u.exec(line)?.[1]
  if (reacted) return i18next.t('previews.reacted', { emoji: reacted })
  const items = sign && /^Order, (\d+) items?$/.exec(words)?.[1]
  if (items) return `${sign}${i18next.t('previews.orderOf', { n: items })}`
  const edited = /^Edited: (.*)$/s.exec(line)?.[1]
  return edited === undefined ? line : i18next.t('previews.edited', { words: isolated(localPreview(edited)) })
}

/** What this knows: a test compares it with what the server writes. */
export const PREVIEW_WORDS = Object.keys(WORDS)
