import { describe, expect, it } from 'vitest'
import type { Page } from '@/api/page'
import type { ThreadMessage } from './thread-cache'
import { ThreadRows } from './thread-rows'

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString()
const message = (id: string, second: number, more: Partial<ThreadMessage> = {}): ThreadMessage => ({
  id, wamid: `wamid.${id}`, conversation_id: 'cnv_1', contact_id: 'con_1', channel_id: 'chn_1', direction: 'inbound', type: 'text', text: id, preview: id, content: {}, status: 'received', timestamps: {}, at: at(second), created_at: at(second), ...more,
})
const reaction = (id: string, second: number, target: string, emoji: string, more: Partial<ThreadMessage> = {}) => message(id, second, { type: 'reaction', content: { message_id: target, emoji }, ...more })
const page = (...items: ThreadMessage[]): Page<ThreadMessage> => ({ items })
const ids = (rows: ThreadRows) => Array.from({ length: rows.length }, (_, i) => rows.at(i)?.id)

describe('the rows of a thread', () => {
  it('go from the oldest to the newest over all pages, and each is found', () => {
    const rows = new ThreadRows().update([page(message('m4', 40), message('m3', 30)), page(message('m2', 20), message('m1', 10))])
    expect(ids(rows)).toEqual(['m1', 'm2', 'm3', 'm4'])
    expect([rows.rowOf('m3'), rows.rowOf('wamid.m1'), rows.rowOf('m9')]).toEqual([2, 0, -1])
  })

  it('are arranged again on the page that has changed only', () => {
    const old = page(message('m2', 20), message('m1', 10))
    const rows = new ThreadRows().update([page(message('m3', 30)), old])
    const kept = rows.at(0)
    const { shape } = rows
    rows.update([page(message('m4', 40), message('m3', 30)), old])
    expect(rows.at(0)).toBe(kept)
    expect(ids(rows)).toEqual(['m1', 'm2', 'm3', 'm4'])
    expect(rows.shape).toBe(shape + 1)
  })

  it('keep their shape when a tick changes, and when a message that was sent gets its id', () => {
    const old = page(message('m1', 10))
    const sent = message('key', 20, { client_key: 'key', direction: 'outbound', status: 'queued' })
    const rows = new ThreadRows().update([page(sent), old])
    const { shape } = rows
    rows.update([page({ ...sent, id: 'm2', status: 'read' }), old])
    expect([rows.shape, rows.at(1)?.status]).toEqual([shape, 'read'])
  })

  it('draw a reaction on what it answers, on whatever page, once that is loaded', () => {
    const newest = page(reaction('r1', 40, 'wamid.m1', '🎉'), message('m3', 30))
    const rows = new ThreadRows().update([newest])
    expect(ids(rows)).toEqual(['m3', 'r1'])
    const target = message('m1', 10)
    rows.update([newest, page(target)])
    expect(ids(rows)).toEqual(['m1', 'm3'])
    expect(rows.reactionsOf(target)).toEqual([{ emoji: '🎉', ours: false }])
    expect(rows.reactionsOf(target)).toBe(rows.reactionsOf(target))
  })

  it('show the last reaction of each, and none that was taken back or has failed', () => {
    const target = message('m1', 10)
    const rows = new ThreadRows().update([
      page(
        reaction('r4', 50, 'm1', '👍', { direction: 'outbound', status: 'failed' }),
        reaction('r3', 40, 'm1', '', { direction: 'outbound', status: 'sent' }),
        reaction('r2', 30, 'm1', '❤️'),
        reaction('r1', 20, 'm1', '🎉', { direction: 'outbound', status: 'sent' }),
        reaction('r0', 15, 'm1', '😮'),
        target,
      ),
    ])
    expect(rows.reactionsOf(target)).toEqual([{ emoji: '❤️', ours: false }])
    expect(ids(rows)).toEqual(['m1', 'r4'])
  })

  it('tell where unread messages begin, if they are loaded', () => {
    const rows = new ThreadRows().update([page(message('m4', 40), message('m3', 30, { direction: 'outbound', status: 'sent' }), message('m2', 20), message('s', 15, { type: 'system' }), message('m1', 10))])
    expect([rows.unreadFrom(1), rows.unreadFrom(2), rows.unreadFrom(3), rows.unreadFrom(4)]).toEqual([4, 2, 0, -1])
    expect(rows.newestInbound()).toBe(4)
  })
})
