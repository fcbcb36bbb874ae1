import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, NetworkError } from '@/api/error'
import type { Message } from '@/api/messages'
import { type Entry, KEY_LIVES_MS, MAX_ENTRIES, MAX_FILE, type Outgoing, ownerOf } from './entry'
import { type Channel, Outbox, type OutboxOptions } from './outbox'
import { memoryStore, type Store } from './store'

const OWNER = ownerOf('usr_1', 'tnt_1')
const say = (body: string): Outgoing => ({ type: 'text', content: { body } })
const sent = (id: string) => ({ id, conversation_id: 'cnv_1' }) as Message
const refusal = (status: number, code = 'no') => new ApiError({ status, code, detail: code })

let store: Store
let made: Outbox[]
let person: string
beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-12-01T08:00:00Z') })
  store = memoryStore()
  made = []
  person = 'usr_1'
})
afterEach(() => {
  made.forEach((outbox) => outbox.stop())
  vi.useRealTimers()
})

/** Tabs that hear each other, as by a BroadcastChannel. */
function tabs() {
  const all = new Set<Channel>()
  return () => {
    const own: Channel = {
      onmessage: null,
      postMessage: (data: unknown) => all.forEach((other) => other !== own && other.onmessage?.({ data: structuredClone(data) } as MessageEvent)),
      close: () => void all.delete(own),
    }
    all.add(own)
    return own
  }
}

/** One lock at a time, in the order in which they are asked for. */
function oneLock(): OutboxOptions['locks'] {
  const last = new Map<string, Promise<unknown>>()
  const request = (name: string, work: () => Promise<unknown>) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work)
    last.set(name, turn.catch(() => undefined))
    return turn
  }
  return { request } as unknown as OutboxOptions['locks']
}

function open(options: Partial<OutboxOptions> = {}) {
  const send = vi.fn<OutboxOptions['send']>()
  const upload = vi.fn<OutboxOptions['upload']>()
  const outbox = new Outbox({ owner: OWNER, store, send, upload, mayGo: () => person === 'usr_1', ...options })
  made.push(outbox)
  outbox.start()
  return { outbox, send: (options.send ?? send) as typeof send, upload }
}

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
const states = (outbox: Outbox) => outbox.all().map((entry) => [(entry.out.content as { body?: string }).body, entry.state])

describe('the outbox', () => {
  it('shows a message at once, stores it before it is sent, and lets go of it when the server has it', async () => {
    const { outbox, send } = open()
    let stored: Entry[] = []
    send.mockImplementation(async () => {
      stored = await store.all(OWNER)
      return sent('msg_1')
    })
    void outbox.add('cnv_1', say('hello'))
    expect(states(outbox)).toEqual([['hello', 'waiting']])
    await settle()
    expect(stored).toHaveLength(1)
    expect(outbox.all()).toEqual([])
    expect(await store.all(OWNER)).toEqual([])
  })

  it('keeps the key over failures and a reload, and tries again by itself', async () => {
    const first = open()
    first.send.mockRejectedValue(new NetworkError())
    await first.outbox.add('cnv_1', say('hello'))
    await settle()
    expect(first.outbox.all()[0]).toMatchObject({ state: 'waiting', attempts: 1, problem: { kind: 'network' } })
    first.outbox.stop()
    const second = open()
    second.send.mockRejectedValueOnce(refusal(503)).mockResolvedValue(sent('msg_1'))
    await settle(5 * 60_000)
    expect(second.outbox.all()).toEqual([])
    const keys = [...first.send.mock.calls, ...second.send.mock.calls].map(([entry]) => entry.key)
    expect(keys.length).toBeGreaterThanOrEqual(3)
    expect(new Set(keys).size).toBe(1)
  })

  it('waits as long as the server asks', async () => {
    const { outbox, send } = open()
    send.mockRejectedValueOnce(new ApiError({ status: 429, code: 'too_many_requests', detail: '', retryAfter: 20 })).mockResolvedValue(sent('msg_1'))
    await outbox.add('cnv_1', say('hello'))
    await settle(19_000)
    expect(send).toHaveBeenCalledTimes(1)
    await settle(2000)
    expect(send).toHaveBeenCalledTimes(2)
  })

  it('leaves a refused message to a person, and sends what comes after it', async () => {
    const { outbox, send } = open()
    send.mockImplementation((entry) => ((entry.out.content as { body: string }).body === 'one' ? Promise.reject(refusal(422)) : Promise.resolve(sent('msg_2'))))
    await outbox.add('cnv_1', say('one'))
    await outbox.add('cnv_1', say('two'))
    await settle(10 * 60_000)
    expect(states(outbox)).toEqual([['one', 'failed']])
    expect(send).toHaveBeenCalledTimes(2)
    send.mockResolvedValue(sent('msg_1'))
    await outbox.again(outbox.all()[0]?.id ?? '')
    await settle()
    expect(outbox.all()).toEqual([])
  })

  it('sends a conversation in order; one that waits holds up its own conversation only', async () => {
    const { outbox, send } = open()
    const order: string[] = []
    let down = true
    send.mockImplementation((entry) => {
      if (entry.conversation_id === 'cnv_1' && down) return Promise.reject(new NetworkError())
      order.push((entry.out.content as { body: string }).body)
      return Promise.resolve(sent('msg'))
    })
    for (const [where, body] of [['cnv_1', 'one'], ['cnv_1', 'two'], ['cnv_2', 'other']] as const) await outbox.add(where, say(body))
    await settle(100)
    expect(order).toEqual(['other'])
    down = false
    outbox.wake()
    await settle(100)
    expect(order).toEqual(['other', 'one', 'two'])
  })

  it('sends nothing by itself once the server may have forgotten the key, then under a new one', async () => {
    const { outbox, send } = open()
    send.mockRejectedValue(new NetworkError())
    await outbox.add('cnv_1', say('hello'))
    const key = outbox.all()[0]?.key
    await settle()
    outbox.stop()
    vi.setSystemTime(Date.now() + KEY_LIVES_MS)
    const later = open()
    await settle(60_000)
    expect(later.send).not.toHaveBeenCalled()
    expect(later.outbox.all()[0]).toMatchObject({ state: 'failed', problem: { kind: 'expired' }, key })
    later.send.mockResolvedValue(sent('msg_1'))
    await later.outbox.again(later.outbox.all()[0]?.id ?? '')
    await settle()
    expect(later.send.mock.calls[0]?.[0].key).not.toBe(key)
    expect(later.outbox.all()).toEqual([])
  })

  it('keeps the same key for a person who sends again while the server knows it', async () => {
    const { outbox, send } = open()
    send.mockRejectedValueOnce(refusal(409)).mockResolvedValue(sent('msg_1'))
    await outbox.add('cnv_1', say('hello'))
    await settle()
    await outbox.again(outbox.all()[0]?.id ?? '')
    await settle()
    expect(send.mock.calls.map(([entry]) => entry.key)).toEqual([send.mock.calls[0]?.[0].key, send.mock.calls[0]?.[0].key])
  })

  it('is sent by one of several tabs; the others follow', async () => {
    const [channel, locks] = [tabs(), oneLock()]
    let there = 0
    const send = vi.fn<OutboxOptions['send']>(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return sent(`msg_${++there}`)
    })
    const [one, two] = [open({ channel, locks, send }), open({ channel, locks, send })]
    const done = vi.fn()
    two.outbox.watch({ sending: () => undefined, done })
    await settle()
    await one.outbox.add('cnv_1', say('hello'))
    await settle(10)
    expect(states(two.outbox)).toEqual([['hello', 'waiting']])
    two.outbox.wake()
    one.outbox.wake()
    await settle(500)
    expect(send).toHaveBeenCalledTimes(1)
    expect(two.outbox.all()).toEqual([])
    expect(done).toHaveBeenCalledWith('cnv_1', expect.any(String), { message: sent('msg_1') })
  })

  it('goes on in another tab when the one that sends is closed', async () => {
    const [channel, locks] = [tabs(), oneLock()]
    const one = open({ channel, locks })
    one.send.mockRejectedValue(new NetworkError())
    const two = open({ channel, locks })
    two.send.mockResolvedValue(sent('msg_1'))
    await one.outbox.add('cnv_1', say('hello'))
    await settle()
    one.outbox.stop()
    await settle(10_000)
    expect(two.outbox.all()).toEqual([])
    expect(two.send).toHaveBeenCalledTimes(1)
  })

  it('shows and sends nothing of another person or business', async () => {
    const first = open()
    first.send.mockRejectedValue(new NetworkError())
    await first.outbox.add('cnv_1', say('secret'))
    await settle()
    for (const owner of [ownerOf('usr_2', 'tnt_1'), ownerOf('usr_1', 'tnt_2')]) {
      const other = open({ owner })
      await settle(60_000)
      expect(other.outbox.all()).toEqual([])
      expect(other.send).not.toHaveBeenCalled()
    }
    // Somebody else has signed in in another tab: their session must not send it.
    person = 'usr_2'
    const calls = first.send.mock.calls.length
    first.outbox.wake()
    await settle(120_000)
    expect(first.send).toHaveBeenCalledTimes(calls)
    expect(first.outbox.all()).toHaveLength(1)
  })

  it('waits for a session that has ended', async () => {
    const { outbox, send } = open()
    send.mockRejectedValueOnce(refusal(401, 'unauthenticated')).mockResolvedValue(sent('msg_1'))
    await outbox.add('cnv_1', say('hello'))
    await settle()
    expect(outbox.all()[0]?.state).toBe('waiting')
    outbox.wake()
    await settle()
    expect(outbox.all()).toEqual([])
  })

  it('does not bring back what was discarded', async () => {
    const { outbox, send } = open()
    let fail = (_: Error) => undefined as void
    send.mockImplementation(() => new Promise((_, reject) => (fail = reject)))
    await outbox.add('cnv_1', say('hello'))
    await settle()
    expect(send).toHaveBeenCalledTimes(1)
    await outbox.discard(outbox.all()[0]?.id ?? '')
    expect(await store.all(OWNER)).toEqual([])
    fail(new NetworkError())
    await settle(60_000)
    expect(outbox.all()).toEqual([])
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('uploads a file once, and sends the same request from then on', async () => {
    const { outbox, send, upload } = open()
    upload.mockRejectedValueOnce(new NetworkError()).mockResolvedValue({ id: 'med_1' } as Awaited<ReturnType<OutboxOptions['upload']>>)
    send.mockRejectedValueOnce(new NetworkError()).mockResolvedValue(sent('msg_1'))
    await outbox.add('cnv_1', { type: 'image', content: { caption: 'x' }, file: { blob: new Blob(['abc']), name: 'a.png', kind: 'image' } })
    await settle(10 * 60_000)
    expect(outbox.all()).toEqual([])
    expect(upload).toHaveBeenCalledTimes(2)
    expect(send.mock.calls.map(([, body]) => body)).toEqual([{ type: 'image', image: { caption: 'x', media_id: 'med_1' } }, { type: 'image', image: { caption: 'x', media_id: 'med_1' } }])
  })

  it('is bounded', () => {
    const { outbox } = open()
    const file = (size: number): Outgoing => ({ type: 'document', content: {}, file: { blob: { size } as Blob, name: 'a', kind: 'document' } })
    expect(outbox.hasRoom([file(MAX_FILE)])).toBe(true)
    expect(outbox.hasRoom([file(MAX_FILE + 1)])).toBe(false)
    expect(outbox.hasRoom(Array.from({ length: 5 }, () => file(MAX_FILE)))).toBe(false)
    expect(outbox.hasRoom(Array.from({ length: MAX_ENTRIES + 1 }, () => say('x')))).toBe(false)
  })

  it('sends from memory what the browser has no room for', async () => {
    const full: Store = { ...memoryStore(), put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')) }
    const { outbox, send } = open({ store: full })
    send.mockRejectedValueOnce(new NetworkError()).mockResolvedValue(sent('msg_1'))
    await outbox.add('cnv_1', say('hello'))
    await settle()
    expect(states(outbox)).toEqual([['hello', 'waiting']])
    await settle(60_000)
    expect(outbox.all()).toEqual([])
  })
})
