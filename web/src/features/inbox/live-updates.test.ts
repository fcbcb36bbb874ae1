import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Conversation, conversationKeys, fetchConversation } from '@/api/conversations'
import { fetchNewest, type Message, messageKeys } from '@/api/messages'
import { created, type Entry } from '@/lib/outbox/entry'
import { messageEvents, outboxWatcher } from './live-updates'
import type { ThreadMessage } from './thread-cache'
import { withUnsent } from './unsent'

vi.mock('@/api/conversations', async (original) => ({ ...(await original<object>()), fetchConversation: vi.fn() }))
vi.mock('@/api/messages', async (original) => ({ ...(await original<object>()), fetchNewest: vi.fn() }))

const tell = (name: string, payload: unknown) => messageEvents[name]?.(client, payload)

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString()

const message = (id: string, minute: number, more: Partial<Message> = {}): Message => ({
  id, conversation_id: 'cnv_1', contact_id: 'con_1', channel_id: 'chn_1', direction: 'inbound', type: 'text', text: id, preview: id, content: {}, status: 'received', timestamps: {}, at: at(minute), created_at: at(minute), ...more,
})

const conversation = (id: string, minute: number, more: Partial<Conversation> = {}): Conversation => ({
  id, channel_id: 'chn_1', contact: { id: `con_${id}`, name: id }, last_at: at(minute), preview: '', last_direction: 'inbound', unread: 0, state: 'open', created_at: at(0), ...more,
})

interface Pages<T> {
  pages: { items: T[]; next?: string }[]
  pageParams: unknown[]
}

let client: QueryClient
const thread = () => client.getQueryData<Pages<ThreadMessage>>(messageKeys.of('cnv_1'))?.pages.flatMap((p) => p.items) ?? []
const listed = (filter = {}) => client.getQueryData<Pages<Conversation>>(conversationKeys.list(filter))?.pages.flatMap((p) => p.items.map((c) => c.id)) ?? []
const settle = () => vi.advanceTimersByTimeAsync(200)

beforeEach(() => {
  vi.useFakeTimers()
  client = new QueryClient()
  client.setQueryData(messageKeys.of('cnv_1'), { pages: [{ items: [message('m2', 2), message('m1', 1)], next: 'older' }, { items: [message('m0', 0)] }], pageParams: [undefined, 'older'] })
  client.setQueryData(conversationKeys.list({}), { pages: [{ items: [conversation('cnv_2', 5), conversation('cnv_1', 2)] }], pageParams: [undefined] })
  vi.mocked(fetchConversation).mockImplementation((id) => Promise.resolve(conversation(id, 9, { unread: 1 })))
  vi.mocked(fetchNewest).mockResolvedValue({ items: [message('m3', 9), message('m2', 2)], next: 'x' })
})
afterEach(async () => {
  await settle()
  vi.clearAllMocks()
  vi.useRealTimers()
})

describe('what the stream says', () => {
  it('puts a new message into the thread and its conversation on top, without a refetch of either', async () => {
    tell('messages_received', { items: [{ message_id: 'm3', conversation_id: 'cnv_1', preview: 'hi' }] })
    await settle()
    expect(thread().map((m) => m.id)).toEqual(['m3', 'm2', 'm1', 'm0'])
    expect(listed()).toEqual(['cnv_1', 'cnv_2'])
  })

  it('shows the total of unread messages that it is told, and does not ask for it', async () => {
    tell('unread_changed', { items: [{ unread: 4211 }] })
    tell('messages_received', { items: [{ message_id: 'm3', conversation_id: 'cnv_1' }] })
    tell('unread_changed', { items: [] })
    await settle()
    expect(client.getQueryData(conversationKeys.unread)).toEqual({ unread: 4211 })
    expect(client.getQueryState(conversationKeys.unread)?.isInvalidated).toBe(false)
  })

  it('asks once for a burst', async () => {
    for (let i = 0; i < 5; i++) tell('messages_received', { items: [{ message_id: `m${i}`, conversation_id: 'cnv_1' }] })
    await settle()
    expect(fetchConversation).toHaveBeenCalledTimes(1)
  })

  it('keeps a conversation of another number out of a filtered list', async () => {
    client.setQueryData(conversationKeys.list({ channel_id: 'chn_9' }), { pages: [{ items: [] }], pageParams: [undefined] })
    tell('conversations_changed', { items: [{ conversation_id: 'cnv_1' }] })
    await settle()
    expect(listed({ channel_id: 'chn_9' })).toEqual([])
  })

  it('asks again when a file has arrived, and not for an upload', async () => {
    tell('media_changed', { items: [{ media_id: 'med_1', state: 'ready' }] })
    await settle()
    expect(fetchConversation).not.toHaveBeenCalled()
    tell('media_changed', { items: [{ media_id: 'med_2', message_id: 'm1', conversation_id: 'cnv_1', state: 'ready' }] })
    await settle()
    expect(fetchConversation).toHaveBeenCalledTimes(1)
  })

  it('never lets a tick go back', () => {
    client.setQueryData(messageKeys.of('cnv_1'), { pages: [{ items: [message('m2', 2, { direction: 'outbound', status: 'read' })] }], pageParams: [undefined] })
    tell('message_statuses_changed', { items: [{ message_id: 'm2', conversation_id: 'cnv_1', status: 'delivered' }] })
    expect(thread()[0]?.status).toBe('read')
  })
})

describe('a message being sent', () => {
  const entry = created('usr_1/tnt_1', 'cnv_1', { type: 'text', content: { body: 'tmp' } }, 'tmp', Date.parse(at(9)), 0)
  const outbox = { fileUrl: () => undefined }
  const drawn = (unsent: Entry[]) => withUnsent(client.getQueryData<Pages<ThreadMessage>>(messageKeys.of('cnv_1'))?.pages ?? [], unsent, outbox).flatMap((page) => page.items)

  it('becomes the real one in place, however the answers cross', async () => {
    const watcher = outboxWatcher(client)
    watcher.sending('cnv_1', 'tmp')
    expect(drawn([entry])[0]).toMatchObject({ id: 'tmp', client_key: 'tmp', sending: true })
    // The stream is faster than the answer: the real message must not appear beside its own bubble.
    tell('messages_queued', { items: [{ message_id: 'm3', conversation_id: 'cnv_1' }] })
    await settle()
    expect(drawn([entry]).map((m) => m.id)).toEqual(['tmp', 'm2', 'm1', 'm0'])
    vi.mocked(fetchNewest).mockResolvedValue({ items: [message('m3', 9, { direction: 'outbound', status: 'delivered' }), message('m2', 2)], next: 'x' })
    watcher.done('cnv_1', 'tmp', { message: message('m3', 9, { direction: 'outbound', status: 'queued' }) })
    // Still in the outbox's list, or not any more: once.
    expect(drawn([entry]).map((m) => m.id)).toEqual(['m3', 'm2', 'm1', 'm0'])
    await settle()
    expect(drawn([]).map((m) => m.id)).toEqual(['m3', 'm2', 'm1', 'm0'])
    expect(thread()[0]).toMatchObject({ client_key: 'tmp', status: 'delivered' })
  })

  it('stays, marked, when it could not be sent, and is not part of what is refetched', () => {
    const failed: Entry = { ...entry, state: 'failed', problem: { kind: 'network' } }
    expect(drawn([failed])[0]).toMatchObject({ id: 'tmp', sending: false, failed_to_send: expect.any(Error) })
    const waiting: Entry = { ...entry, problem: { kind: 'network' } }
    expect(drawn([waiting])[0]).toMatchObject({ sending: true, held_up: expect.any(Error) })
    client.removeQueries({ queryKey: messageKeys.of('cnv_1') })
    client.setQueryData(messageKeys.of('cnv_1'), { pages: [{ items: [] }], pageParams: [undefined] })
    expect(drawn([failed]).map((m) => m.id)).toEqual(['tmp'])
  })
})
