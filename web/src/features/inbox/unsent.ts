import type { Page } from '@/api/page'
import { headline } from '@/lib/content'
import { type Entry, errorOf } from '@/lib/outbox/entry'
import type { Outbox } from '@/lib/outbox/outbox'
import type { ThreadMessage } from './thread-cache'

/** The same bubble as long as the entry is the same: a row is drawn again only when something of it has changed. */
const bubbles = new WeakMap<Entry, ThreadMessage>()

/** What to show for a message that the server has not taken yet. */
export function bubbleOf(entry: Entry, outbox: Pick<Outbox, 'fileUrl'>): ThreadMessage {
  const known = bubbles.get(entry)
  if (known) return known
  const { id, out, created_at: at, problem } = entry
  const words = out.shown?.text ?? headline({ type: out.type, content: out.content })
  const waiting = entry.state === 'waiting'
  const bubble: ThreadMessage = {
    id,
    client_key: id,
    sending: waiting,
    held_up: waiting && problem ? errorOf(problem) : undefined,
    failed_to_send: waiting ? undefined : errorOf(problem ?? { kind: 'internal' }),
    conversation_id: entry.conversation_id,
    contact_id: '',
    channel_id: '',
    direction: 'outbound',
    type: out.type,
    text: out.type === 'text' || out.type === 'template' ? words : undefined,
    preview: words ?? '',
    content: out.content,
    media: out.shown?.media,
    local_url: outbox.fileUrl(entry),
    status: 'queued',
    reply_to: out.shown?.quotes ?? out.reply_to,
    timestamps: { queued_at: at },
    at,
    created_at: at,
  }
  bubbles.set(entry, bubble)
  return bubble
}

/** The thread with what is unsent, on the newest page. What the server has taken is there already, under the same key. */
export function withUnsent(pages: Page<ThreadMessage>[], unsent: Entry[], outbox: Pick<Outbox, 'fileUrl'>): Page<ThreadMessage>[] {
  const [head, ...rest] = pages
  if (!head || unsent.length === 0) return pages
  const arrived = new Set(head.items.map((message) => message.client_key))
  const left = unsent.filter((entry) => !arrived.has(entry.id))
  if (left.length === 0) return pages
  return [{ ...head, items: [...left.map((entry) => bubbleOf(entry, outbox)).reverse(), ...head.items] }, ...rest]
}
