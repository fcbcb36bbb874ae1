import type { MessageStatus } from '@/api/messages'

/** The server's order: the state of a message is the highest that was ever told. */
const RANK: Record<MessageStatus, number> = {
  received: 0, queued: 1, cancelled: 2, sending: 3, unknown: 4, accepted: 5, sent: 6, failed: 7, delivered: 8, read: 9, played: 10,
}

export const isStatus = (value: unknown): value is MessageStatus => typeof value === 'string' && Object.hasOwn(RANK, value)

/** A state that only a newer server knows yields to any that is known here. */
const rank = (status: string) => (isStatus(status) ? RANK[status] : -1)

/** Statuses arrive in any order; a bubble never goes back. */
export const laterStatus = <T extends string>(current: T, incoming: T): T => (rank(incoming) > rank(current) ? incoming : current)
