import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { created, type Entry } from './entry'
import { openStore } from './store'

const entry = (id: string, owner = 'a/b') => created(owner, 'cnv_1', { type: 'text', content: { body: id } }, id, 1000, 0)

describe('the store of unsent messages', () => {
  it('keeps entries by owner, for every tab', async () => {
    const [one, two] = [openStore(), openStore()]
    await one.put(entry('x'))
    await one.put(entry('y', 'a/c'))
    expect(await two.all('a/b')).toEqual([entry('x')])
    expect(await two.all('a/c')).toEqual([entry('y', 'a/c')])
  })

  it('changes and removes only what is there', async () => {
    const store = openStore()
    await store.put(entry('z'))
    const failed = (one: Entry): Entry => ({ ...one, state: 'failed' })
    expect(await store.change('z', failed)).toMatchObject({ state: 'failed' })
    expect(await store.change('gone', failed)).toBeUndefined()
    expect(await store.remove('z')).toBe(true)
    expect(await store.remove('z')).toBe(false)
    expect(await store.change('z', failed)).toBeUndefined()
  })
})
