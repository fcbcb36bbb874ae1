import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventItems, LiveClient, type LiveEvent, type LiveState } from './live'

class FakeSocket {
  static all: FakeSocket[] = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  closed = false
  constructor(readonly url: string) {
    FakeSocket.all.push(this)
  }
  close() {
    this.closed = true
  }
  say(frame: unknown) {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
  }
  static get last() {
    return FakeSocket.all[FakeSocket.all.length - 1] as FakeSocket
  }
}

function client() {
  const events: LiveEvent[] = []
  const states: LiveState[] = []
  const resync = vi.fn()
  const live = new LiveClient({
    url: (cursor) => `ws://test/live?cursor=${cursor ?? ''}`,
    onEvent: (event) => events.push(event),
    onResync: resync,
    onState: (state) => states.push(state),
    WebSocketImpl: FakeSocket as unknown as new (url: string) => WebSocket,
    random: () => 0.5,
  })
  live.start()
  return { live, events, states, resync }
}

const event = (seq: number) => ({ type: 'event', seq, name: 'messages_received', payload: { items: [] } })

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
})
afterEach(() => vi.useRealTimers())

describe('the live client', () => {
  it('resumes from the last event it saw', () => {
    const { live, states, events } = client()
    expect(FakeSocket.last.url).toBe('ws://test/live?cursor=')
    FakeSocket.last.say({ type: 'hello', cursor: 10 })
    FakeSocket.last.say(event(11))
    FakeSocket.last.say(event(12))
    FakeSocket.last.onclose?.()
    expect(states).toEqual(['connecting', 'live', 'reconnecting'])
    vi.advanceTimersByTime(600)
    expect(FakeSocket.all).toHaveLength(2)
    expect(FakeSocket.last.url).toBe('ws://test/live?cursor=12')
    FakeSocket.last.say({ type: 'hello', cursor: 14 })
    FakeSocket.last.say(event(13))
    FakeSocket.last.say(event(14))
    expect(events.map((e) => e.seq)).toEqual([11, 12, 13, 14])
    live.stop()
  })

  it('drops what it has seen and what it cannot read', () => {
    const { live, events } = client()
    FakeSocket.last.say({ type: 'hello', cursor: 5 })
    FakeSocket.last.say(event(5))
    FakeSocket.last.say(event(6))
    FakeSocket.last.say(event(6))
    FakeSocket.last.say('not json')
    FakeSocket.last.say({ type: 'ping' })
    expect(events.map((e) => e.seq)).toEqual([6])
    live.stop()
  })

  it('goes on from where a resync says', () => {
    const { live, resync } = client()
    FakeSocket.last.say({ type: 'hello', cursor: 5 })
    FakeSocket.last.say({ type: 'resync', cursor: 130 })
    expect(resync).toHaveBeenCalledOnce()
    FakeSocket.last.onclose?.()
    vi.advanceTimersByTime(600)
    expect(FakeSocket.last.url).toBe('ws://test/live?cursor=130')
    live.stop()
  })

  it('waits longer each time, and says offline when it lasts', () => {
    const { live, states } = client()
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      const before = FakeSocket.all.length
      FakeSocket.last.onclose?.()
      let waited = 0
      while (FakeSocket.all.length === before) {
        vi.advanceTimersByTime(50)
        waited += 50
      }
      waits.push(waited)
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(waits[0]).toBeLessThanOrEqual(500)
    expect(waits[5]).toBeGreaterThan(4000)
    expect(states).toContain('offline')
    live.stop()
  })

  it('takes silence for a dead socket', () => {
    const { live } = client()
    FakeSocket.last.say({ type: 'hello', cursor: 1 })
    const first = FakeSocket.last
    vi.advanceTimersByTime(49_000)
    first.say({ type: 'ping' })
    vi.advanceTimersByTime(49_000)
    expect(FakeSocket.all).toHaveLength(1)
    vi.advanceTimersByTime(2_000)
    expect(first.closed).toBe(true)
    vi.advanceTimersByTime(1_000)
    expect(FakeSocket.all).toHaveLength(2)
    live.stop()
  })

  it('reconnects at once when the network is back', () => {
    const { live, states } = client()
    FakeSocket.last.say({ type: 'hello', cursor: 1 })
    window.dispatchEvent(new Event('offline'))
    expect(states[states.length - 1]).toBe('offline')
    window.dispatchEvent(new Event('online'))
    expect(FakeSocket.all).toHaveLength(2)
    live.stop()
  })

  it('stays quiet once stopped', () => {
    const { live } = client()
    live.stop()
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all).toHaveLength(1)
    expect(FakeSocket.last.closed).toBe(true)
  })
})

describe('event items', () => {
  it('are only those that carry what is asked for', () => {
    expect(eventItems({ items: [{ a: 'x', b: 1 }, { b: 2 }, null, 'x'] }, 'a')).toEqual([{ a: 'x', b: 1 }])
    expect(eventItems(undefined, 'a')).toEqual([])
    expect(eventItems({ items: 3 }, 'a')).toEqual([])
  })
})
