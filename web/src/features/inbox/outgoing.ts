export type { Outgoing, OutgoingType } from '@/lib/outbox/entry'
