import type { ThreadMessage } from './thread-cache'

/** What a line of text and what is around it take, about. */
const LINE = 20
const AROUND = 38
const CHARACTERS_A_LINE = 52

const HEIGHTS: Partial<Record<string, number>> = { image: 300, video: 300, sticker: 190, audio: 84, document: 100, location: 260, contacts: 110, order: 130, interactive: 150, template: 160, system: 40, unsupported: 70 }

/** The height of a row before it is measured, in pixels: near enough that the scroll bar does not jump. */
export function likelyHeight(message: ThreadMessage | undefined): number {
  if (!message) return 60
  const known = HEIGHTS[message.type]
  if (known) return known
  const words = message.text ?? message.preview
  let lines = 0
  for (const line of words.split('\n', 60)) lines += Math.max(1, Math.ceil(line.length / CHARACTERS_A_LINE))
  return AROUND + lines * LINE
}
