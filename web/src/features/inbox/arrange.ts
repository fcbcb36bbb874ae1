import { isSameDay } from 'date-fns'
import { reactionOf } from '@/lib/content'
import { extrasOf } from '@/lib/message-extras'
import type { Reacted } from './bubble/bubble'
import type { ThreadMessage } from './live-updates'

/** Messages this close together from one side are drawn as one group. */
const GROUP_MS = 3 * 60_000

/** WhatsApp's clock ticks in whole seconds, ours finer: within one second the order of arrival decides. */
export function asHappened(a: ThreadMessage, b: ThreadMessage) {
  const seconds = Math.floor(Date.parse(a.at) / 1000) - Math.floor(Date.parse(b.at) / 1000)
  return seconds || Date.parse(a.created_at) - Date.parse(b.created_at)
}

export function together(a: ThreadMessage | undefined, b: ThreadMessage | undefined) {
  return !!a && !!b && a.direction === b.direction && a.type !== 'system' && b.type !== 'system' && extrasOf(a).sender === extrasOf(b).sender && Math.abs(Date.parse(b.at) - Date.parse(a.at)) < GROUP_MS && isSameDay(new Date(a.at), new Date(b.at))
}

/**
 * Reactions are drawn on the message they answer, when that message is loaded; a failed one stays a message, so that its
 * reason is seen. `reactions` is by our message id.
 */
export function arrange(all: ThreadMessage[]) {
  const byId = new Map<string, ThreadMessage>()
  for (const message of all) {
    byId.set(message.id, message)
    if (message.wamid) byId.set(message.wamid, message)
  }
  const latest = new Map<string, { target: string; emoji: string; ours: boolean }>()
  const messages = all.filter((message) => {
    const reaction = reactionOf(message)
    const target = reaction && byId.get(reaction.target)
    if (!reaction || !target) return true
    if (message.status === 'failed') return true
    const ours = message.direction === 'outbound'
    // One person has one reaction per message: the last one counts, an empty one takes it back.
    latest.set(`${ours ? 'us' : (extrasOf(message).sender ?? 'them')} ${target.id}`, { target: target.id, emoji: reaction.emoji, ours })
    return false
  })
  const reactions = new Map<string, Reacted[]>()
  for (const { target, emoji, ours } of latest.values()) if (emoji) reactions.set(target, [...(reactions.get(target) ?? []), { emoji, ours }])
  for (const message of messages) {
    // What the server keeps on the message counts those too whose own message is not loaded.
    const kept = extrasOf(message).reactions
    if (!kept) continue
    const pending = all.some((m) => m.client_key === m.id && reactionOf(m) && byId.get(reactionOf(m)?.target ?? '')?.id === message.id)
    if (pending) continue
    // Our own, sent from here, are messages of their own.
    const own = (reactions.get(message.id) ?? []).filter((r) => r.ours && !kept.some((k) => k.ours))
    if (kept.length + own.length > 0) reactions.set(message.id, [...kept, ...own])
    else reactions.delete(message.id)
  }
  return { messages, reactions, byId }
}
