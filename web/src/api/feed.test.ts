import { describe, expect, it } from 'vitest'
import { type Conversation, renewConversations } from './conversations'
import { append, changeItem, type Feed, PagedRows, renewed } from './feed'

interface Row {
  id: string
  words?: string
}
const feed = (...pages: string[][]): Feed<Row> => ({
  pages: pages.map((ids, i) => ({ items: ids.map((id) => ({ id })), next: i === pages.length - 1 ? 'more' : `after${i + 1}` })),
  pageParams: pages.map((_, i) => (i === 0 ? undefined : `after${i}`)),
})
const ids = (of: Feed<{ id: string }>) => of.pages.map((page) => page.items.map((row) => row.id).join(' '))

describe('a feed', () => {
  it('copies the page that changes and no other', () => {
    const before = feed(['a', 'b'], ['c', 'd'])
    const after = changeItem(before, 'c', (row) => ({ ...row, words: 'new' }))
    expect(after.pages[0]).toBe(before.pages[0])
    expect(after.pages[1]?.items).toEqual([{ id: 'c', words: 'new' }, { id: 'd' }])
    expect(changeItem(before, 'x', (row) => ({ ...row }))).toBe(before)
    expect(changeItem(before, 'a', (row) => row)).toBe(before)
  })

  it('takes each row once, and only the page it has asked for', () => {
    const before = feed(['a', 'b'])
    expect(ids(append(before, 'more', { items: [{ id: 'b' }, { id: 'c' }] }))).toEqual(['a b', 'c'])
    expect(append(before, 'other', { items: [{ id: 'c' }] })).toBe(before)
  })

  it('reads a stale page again without taking what has moved elsewhere', () => {
    const before = feed(['a', 'b'], ['c', 'd', 'e'], ['f'])
    const stale = { ...before, pages: before.pages.map((page, i) => (i === 1 ? { ...page, stale: true } : page)) }
    const after = renewed(stale, 'after1', { items: [{ id: 'b' }, { id: 'c', words: 'new' }, { id: 'e' }, { id: 'f' }], next: 'x' })
    expect(ids(after)).toEqual(['a b', 'c e', 'f'])
    expect(after.pages[1]?.stale).toBeUndefined()
    expect(renewed(before, 'after1', { items: [] })).toBe(before)
  })

  it('gives rows by their place, over all pages', () => {
    const rows = new PagedRows(feed(['a', 'b'], [], ['c'], ['d', 'e']).pages)
    expect(Array.from({ length: rows.length }, (_, i) => rows.at(i)?.id)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect([rows.find('c'), rows.find('e'), rows.find('x')]).toEqual([2, 4, -1])
    expect(rows.at(5)).toBeUndefined()
  })
})

describe('a list of conversations that is fetched again', () => {
  const conversation = (id: string, minute: number): Conversation => ({
    id, channel_id: 'chn_1', contact: { id: `con_${id}` }, last_at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(), preview: '', last_direction: 'inbound', unread: 0, state: 'open', created_at: '',
  })
  const known: Feed<Conversation> = { pages: [{ items: [conversation('a', 50), conversation('b', 40), conversation('c', 30)], next: 'x' }, { items: [conversation('d', 20), conversation('e', 10)] }], pageParams: [undefined, 'x'] }

  it('keeps the pages below, takes what has moved up from them, and drops what is not among the newest any more', () => {
    const after = renewConversations(known, { items: [conversation('d', 60), conversation('a', 50), conversation('f', 35)], next: 'y' })
    expect(after && ids(after)).toEqual(['d a f c', 'e'])
    expect(after?.pages[1]?.stale).toBe(true)
    expect(after?.pages[0]?.items[1]).toBe(known.pages[0]?.items[0])
  })

  it('cannot close a gap', () => {
    expect(renewConversations(known, { items: [conversation('x', 90), conversation('y', 80)], next: 'z' })).toBeUndefined()
  })
})
