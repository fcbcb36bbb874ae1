import { ApiError, type FieldError, NetworkError } from '@/api/error'
import type { Media } from '@/api/media'
import type { MediaKind } from '@/lib/files'

export type OutgoingType = 'text' | 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'location' | 'contacts' | 'reaction' | 'interactive' | 'template'

/** What a screen wants to say: a type, and the object under that type's key in WhatsApp's own form. */
export interface Outgoing {
  type: OutgoingType
  content: Record<string, unknown> | unknown[]
  /** What the request says in place of the content: a template by its id and values. */
  request?: Record<string, unknown>
  /** Our id of the message it answers. */
  reply_to?: string
  /** A file that is not on the server yet: it is uploaded first, and `content` gets its id. */
  file?: OutgoingFile
  /** For the bubble only, until the server has answered. `local_url` lives as long as the page. */
  shown?: { text?: string; media?: Media; local_url?: string; quotes?: string }
}

export interface OutgoingFile {
  blob: Blob
  name: string
  kind: MediaKind
}

/** The request body of a reply. */
export const bodyFor = ({ type, content, request, reply_to }: Pick<Outgoing, 'type' | 'content' | 'request' | 'reply_to'>): Record<string, unknown> => ({ type, ...(request ?? { [type]: content }), ...(reply_to ? { reply_to } : {}) })

/** The server remembers an Idempotency-Key for 24 hours from the request; an hour less, for clocks that differ. */
export const KEY_LIVES_MS = 23 * 3_600_000
/** Bytes of one file that is kept until it can be uploaded. Larger ones have to be uploaded before Send. */
export const MAX_FILE = 16 * 1024 * 1024
/** Bytes of all files that are kept for one person. */
export const MAX_FILES = 64 * 1024 * 1024
/** Messages that are kept for one person. */
export const MAX_ENTRIES = 200

/** Why a message was not sent, in a form that can be stored. `expired`: too old to be sent without a person's decision. */
export type Problem = { kind: 'network' } | { kind: 'expired' } | { kind: 'internal' } | { kind: 'refused'; status: number; code: string; detail: string; errors: FieldError[] }

/** A message that has not reached the server yet, as far as this browser knows. */
export interface Entry {
  id: string
  /** Whose it is: see `ownerOf`. */
  owner: string
  conversation_id: string
  /** ISO time; entries of a conversation are sent in this order. */
  created_at: string
  /** Places entries of one millisecond. */
  order: number
  out: Outgoing
  /** The Idempotency-Key, and the time (ms) it counts from. */
  key: string
  key_since: number
  /** `waiting`: sent as soon as possible. `failed`: only when a person says so. */
  state: 'waiting' | 'failed'
  /** Requests since a person last pressed Send. */
  attempts: number
  /** Not before this time (ms). */
  next_at: number
  problem?: Problem
}

export const ownerOf = (userId: string, tenantId: string) => `${userId}/${tenantId}`

export const inOrder = (a: Entry, b: Entry) => Date.parse(a.created_at) - Date.parse(b.created_at) || a.order - b.order

export function created(owner: string, conversationId: string, out: Outgoing, id: string, now: number, order: number): Entry {
  return { id, owner, conversation_id: conversationId, created_at: new Date(now).toISOString(), order, out, key: id, key_since: now, state: 'waiting', attempts: 0, next_at: 0 }
}

/** Whether the server may have forgotten the key: sending again could then make a second message. */
export const hasExpired = (entry: Entry, now: number) => now - entry.key_since >= KEY_LIVES_MS

export const expired = (entry: Entry): Entry => ({ ...entry, state: 'failed', problem: { kind: 'expired' } })

/** A request begins. */
export const begun = (entry: Entry): Entry => ({ ...entry, attempts: entry.attempts + 1 })

/** The file is on the server: from now on the request stays the same. */
export function uploaded(entry: Entry, media: Media): Entry {
  const { type, content, reply_to, shown } = entry.out
  return { ...entry, out: { type, content: { ...(content as Record<string, unknown>), media_id: media.id }, reply_to, shown: { ...shown, media } } }
}

/** The answer was no, or there was none. What may work by itself later waits; the rest needs a person. */
export function afterError(entry: Entry, error: unknown, now: number, random = Math.random()): Entry {
  const problem = problemOf(error)
  if (!isPassing(error)) return { ...entry, state: 'failed', problem }
  const wait = error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : Math.min(60_000, 1000 * 2 ** Math.min(entry.attempts, 6)) * (0.5 + random / 2)
  return { ...entry, problem, next_at: now + wait }
}

/** A person wants it sent again. An expired key is replaced: the server would not know it any more. */
export function again(entry: Entry, now: number, key: string): Entry {
  const fresh = entry.problem?.kind === 'expired' || hasExpired(entry, now)
  return { ...entry, state: 'waiting', problem: undefined, attempts: 0, next_at: 0, ...(fresh ? { key, key_since: now } : {}) }
}

/** Errors after which the same request may work: no connection, a busy server, a session that has ended. */
function isPassing(error: unknown): boolean {
  if (error instanceof NetworkError) return true
  return error instanceof ApiError && (error.status >= 500 || [401, 408, 425, 429].includes(error.status))
}

function problemOf(error: unknown): Problem {
  if (error instanceof NetworkError) return { kind: 'network' }
  if (error instanceof ApiError) return { kind: 'refused', status: error.status, code: error.code, detail: error.detail, errors: error.errors.map(({ field, message, limit }) => ({ field, message, limit })) }
  return { kind: 'internal' }
}

/** The problem as an error that can be described to a person. */
export function errorOf(problem: Problem): Error {
  if (problem.kind === 'network') return new NetworkError()
  if (problem.kind === 'refused') return new ApiError(problem)
  if (problem.kind === 'expired') return new ApiError({ status: 0, code: 'outbox_expired', detail: 'This waited for more than a day.' })
  return new Error('internal')
}
