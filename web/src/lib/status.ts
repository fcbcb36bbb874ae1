import type { MessageStatus } from '@/api/types'

const RANK: Record<MessageStatus, number> = {
  unknown: 0, queued: 1, sending: 2, sent: 3, failed: 4, received: 5, delivered: 5, read: 6, played: 7,
}

export const isStatus = (value: unknown): value is MessageStatus => typeof value === 'string' && Object.hasOwn(RANK, value)

const rank = (status: string) => (isStatus(status) ? RANK[status] : 0)

/** Statuses arrive in any order; a bubble never goes back. */
export const laterStatus = (current: string, incoming: string) => (rank(incoming) > rank(current) ? incoming : current)
