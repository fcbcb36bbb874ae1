import { isSameDay } from 'date-fns'
import { placeIn } from '@/api/feed'
import type { Page } from '@/api/page'
import { reactionOf } from '@/lib/content'
import { extrasOf } from '@/lib/message-extras'
import type { Reacted } from './bubble/bubble'
import { isLocal, type ThreadMessage } from './thread-cache'

/** Messages this close together from one side are drawn as one group. */
const GROUP_MS = 3 * 60_000

/**
 * WhatsApp's clock ticks in whole seconds, ours finer: within one second the order of arrival decides. What is not sent yet is last, however
 * long ago it was written.
 */
function asHappened(a: ThreadMessage, b: ThreadMessage) {
  const local = Number(isLocal(a)) - Number(isLocal(b))
  if (local) return local
  const seconds = Math.floor(Date.parse(a.at) / 1000) - Math.floor(Date.parse(b.at) / 1000)
  return seconds || Date.parse(a.created_at) - Date.parse(b.created_at)
}

export const sameDay = (a: ThreadMessage, b: ThreadMessage) => isSameDay(new Date(a.at), new Date(b.at))

export function together(a: ThreadMessage | undefined, b: ThreadMessage | undefined) {
  return !!a && !!b && a.direction === b.direction && a.type !== 'system' && b.type !== 'system' && extrasOf(a).sender === extrasOf(b).sender && Math.abs(Date.parse(b.at) - Date.parse(a.at)) < GROUP_MS && sameDay(a, b)
}

/** A message keeps its key while it is being sent and after, and so its bubble. */
export const keyOf = (message: ThreadMessage) => message.client_key ?? message.id

/** One page of the cache, arranged. */
interface Part {
  /** Oldest first. */
  sorted: ThreadMessage[]
  /** What is drawn: without the reactions that are drawn on the messages they answer. */
  rows: ThreadMessage[]
  /** Reactions shown as messages, because what they answer is not loaded. */
  orphans: number
}

/**
 * The rows of a thread, oldest first. It follows the pages of the cache: a page that has changed is arranged again, the others stay as they
 * are, so that an arrival costs the same however much is loaded.
 */
export class ThreadRows {
  length = 0
  /** The number that a template of this thread was sent from, once one is loaded. */
  templateChannel?: string
  /** Changes when rows come, go or move, not when one is only drawn differently. */
  shape = 0
  private parts = new Map<Page<ThreadMessage>, Part>()
  /** Oldest page first, with the row each begins with. */
  private order: Part[] = []
  private starts: number[] = []
  /** By our id and by WhatsApp's. */
  private byId = new Map<string, ThreadMessage>()
  private byTarget = new Map<string, Set<ThreadMessage>>()
  private drawn = new Map<string, Reacted[]>()

  /** Takes over what the cache holds now: pages newest first. */
  update(pages: Page<ThreadMessage>[]): this {
    const parts = new Map<Page<ThreadMessage>, Part>()
    const fresh: Part[] = []
    for (const [page, part] of this.parts) if (!pages.includes(page)) this.forget(part)
    for (const page of pages) {
      const known = this.parts.get(page)
      const part = known ?? { sorted: page.items.toReversed().sort(asHappened), rows: [], orphans: 0 }
      if (!known) {
        this.learn(part)
        fresh.push(part)
      }
      parts.set(page, part)
    }
    this.parts = parts
    // A page that has come may bring what reactions elsewhere were waiting for.
    let moved = false
    for (const part of parts.values()) {
      if (!fresh.includes(part) && (fresh.length === 0 || part.orphans === 0)) continue
      const rows = part.rows.length
      this.arrange(part)
      if (!fresh.includes(part) && part.rows.length !== rows) moved = true
    }
    const before = this.order
    this.order = [...parts.values()].reverse()
    this.starts = []
    this.length = 0
    for (const part of this.order) {
      this.starts.push(this.length)
      this.length += part.rows.length
    }
    if (moved || !sameShape(before, this.order)) this.shape++
    return this
  }

  at(row: number): ThreadMessage | undefined {
    const part = placeIn(this.starts, row)
    return this.order[part]?.rows[row - (this.starts[part] ?? 0)]
  }

  /** A message by our id or WhatsApp's, also one that is no row of its own. */
  message(id: string | undefined): ThreadMessage | undefined {
    return id === undefined ? undefined : this.byId.get(id)
  }

  /** The row of a message, or -1. */
  rowOf(id: string | undefined): number {
    const message = this.message(id)
    if (!message) return -1
    for (let i = this.order.length - 1; i >= 0; i--) {
      const at = this.order[i]?.rows.lastIndexOf(message) ?? -1
      if (at !== -1) return (this.starts[i] ?? 0) + at
    }
    return -1
  }

  /** The page a row is on. */
  pageAt(row: number): Page<ThreadMessage> | undefined {
    const part = this.order[placeIn(this.starts, row)]
    for (const [page, known] of this.parts) if (known === part) return page
    return undefined
  }

  /** The row of the newest message of the customer, or -1. */
  newestInbound(): number {
    for (let row = this.length - 1; row >= 0; row--) if (this.at(row)?.direction === 'inbound') return row
    return -1
  }

  /** The row the last `count` messages of the customer begin with; -1 if not all of them are loaded. */
  unreadFrom(count: number): number {
    let left = count
    for (let row = this.length - 1; row >= 0 && left > 0; row--) {
      const message = this.at(row)
      if (message?.direction === 'inbound' && message.type !== 'system' && message.type !== 'reaction' && --left === 0) return row
    }
    return -1
  }

  /** What is drawn on a message: the same list as before unless it has changed. */
  reactionsOf(message: ThreadMessage): Reacted[] | undefined {
    const list = this.collect(message)
    const before = this.drawn.get(message.id)
    if (!list?.length) {
      this.drawn.delete(message.id)
      return undefined
    }
    if (before?.length === list.length && before.every((r, i) => r.emoji === list[i]?.emoji && r.ours === list[i]?.ours)) return before
    this.drawn.set(message.id, list)
    return list
  }

  private collect(message: ThreadMessage): Reacted[] | undefined {
    // What the server keeps on the message counts those too whose own message is not loaded.
    const kept = extrasOf(message).reactions
    const said = [...(this.byTarget.get(message.id) ?? []), ...((message.wamid && this.byTarget.get(message.wamid)) || [])].filter((m) => m.status !== 'failed')
    if (said.length === 0) return kept
    // One person has one reaction per message: the last one counts, an empty one takes it back.
    const latest = new Map<string, Reacted>()
    for (const m of said.sort(asHappened)) {
      const ours = m.direction === 'outbound'
      latest.set(ours ? 'us' : (extrasOf(m).sender ?? 'them'), { emoji: reactionOf(m)?.emoji ?? '', ours })
    }
    const own = [...latest.values()].filter((r) => r.emoji)
    if (!kept || said.some((m) => m.client_key === m.id)) return own
    // Our own, sent from here, are messages of their own.
    return [...kept, ...own.filter((r) => r.ours && !kept.some((k) => k.ours))]
  }

  private learn(part: Part) {
    for (const message of part.sorted) {
      this.byId.set(message.id, message)
      if (message.wamid) this.byId.set(message.wamid, message)
      if (message.type === 'template') this.templateChannel ??= message.channel_id || undefined
      const target = reactionOf(message)?.target
      if (target === undefined) continue
      const on = this.byTarget.get(target)
      if (on) on.add(message)
      else this.byTarget.set(target, new Set([message]))
    }
  }

  private forget(part: Part) {
    for (const message of part.sorted) {
      for (const id of [message.id, message.wamid]) if (id && this.byId.get(id) === message) this.byId.delete(id)
      const target = reactionOf(message)?.target
      if (target !== undefined) this.byTarget.get(target)?.delete(message)
    }
  }

  /** Reactions are drawn on the message they answer, when that is loaded; a failed one stays a message, so that its reason is seen. */
  private arrange(part: Part) {
    part.orphans = 0
    part.rows = part.sorted.filter((message) => {
      const reaction = reactionOf(message)
      if (!reaction || message.status === 'failed') return true
      if (this.byId.has(reaction.target)) return false
      part.orphans++
      return true
    })
  }
}

function sameShape(before: Part[], now: Part[]) {
  return (
    before.length === now.length &&
    now.every((part, i) => {
      const other = before[i]
      return part === other || (other?.rows.length === part.rows.length && part.rows.every((m, row) => keyOf(m) === keyOf(other.rows[row] as ThreadMessage)))
    })
  )
}
