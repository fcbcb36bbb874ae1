/**
 * The live stream: one WebSocket per tab, resumed by cursor, so nothing is missed across reconnects.
 * It knows no cache and no screen; the app hands it callbacks.
 */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline'

export interface LiveEvent {
  seq: number
  name: string
  payload: unknown
}

export interface LiveOptions {
  url: (cursor: number | undefined) => string
  onEvent: (event: LiveEvent) => void
  /** The stream cannot fill the gap: refetch everything. */
  onResync: () => void
  onState: (state: LiveState) => void
  WebSocketImpl?: new (url: string) => WebSocket
  random?: () => number
  /** Silence after which the socket counts as dead. The server pings every 20 s. */
  silenceMs?: number
}

const BASE_DELAY = 500
const MAX_DELAY = 20_000

export class LiveClient {
  private socket: WebSocket | undefined
  private cursor: number | undefined
  private attempts = 0
  private everOpen = false
  private stopped = true
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setTimeout> | undefined
  private state: LiveState | undefined

  constructor(private readonly options: LiveOptions) {}

  start() {
    if (!this.stopped) return
    this.stopped = false
    window.addEventListener('online', this.wake)
    window.addEventListener('offline', this.lost)
    document.addEventListener('visibilitychange', this.visible)
    this.connect()
  }

  stop() {
    this.stopped = true
    window.removeEventListener('online', this.wake)
    window.removeEventListener('offline', this.lost)
    document.removeEventListener('visibilitychange', this.visible)
    this.clearTimers()
    this.drop()
  }

  private connect() {
    if (this.stopped) return
    this.clearTimers()
    this.drop()
    if (navigator.onLine === false) {
      this.report('offline')
      return
    }
    this.report(this.everOpen ? 'reconnecting' : 'connecting')
    const Impl = this.options.WebSocketImpl ?? WebSocket
    const socket = new Impl(this.options.url(this.cursor))
    this.socket = socket
    socket.onmessage = (message) => {
      if (socket !== this.socket) return
      this.heard()
      this.receive(String(message.data))
    }
    socket.onopen = () => {
      if (socket === this.socket) this.heard()
    }
    socket.onclose = () => {
      if (socket === this.socket) this.retry()
    }
    socket.onerror = () => {
      if (socket === this.socket) this.retry()
    }
  }

  private receive(text: string) {
    const frame = parse(text)
    if (!frame) return
    switch (frame.type) {
      case 'hello':
        // A first connection learns where the log stands. A resumed one keeps its own place: the replay follows.
        if (this.cursor === undefined && typeof frame.cursor === 'number') this.cursor = frame.cursor
        this.attempts = 0
        this.everOpen = true
        this.report('live')
        return
      case 'event': {
        if (typeof frame.seq !== 'number' || typeof frame.name !== 'string') return
        if (this.cursor !== undefined && frame.seq <= this.cursor) return
        this.cursor = frame.seq
        this.options.onEvent({ seq: frame.seq, name: frame.name, payload: frame.payload })
        return
      }
      case 'resync':
        if (typeof frame.cursor === 'number') this.cursor = frame.cursor
        this.options.onResync()
        return
      default:
        return
    }
  }

  private retry() {
    this.drop()
    this.clearTimers()
    if (this.stopped) return
    if (navigator.onLine === false) {
      this.report('offline')
      return
    }
    this.attempts += 1
    this.report(this.attempts > 4 ? 'offline' : this.everOpen ? 'reconnecting' : 'connecting')
    // Full jitter: a restarted server is not met by every browser at once.
    const ceiling = Math.min(MAX_DELAY, BASE_DELAY * 2 ** Math.min(this.attempts - 1, 10))
    const random = this.options.random ?? Math.random
    const delay = document.visibilityState === 'hidden' ? MAX_DELAY : BASE_DELAY / 2 + random() * ceiling
    this.retryTimer = setTimeout(() => this.connect(), delay)
  }

  private heard() {
    clearTimeout(this.silenceTimer)
    this.silenceTimer = setTimeout(() => this.retry(), this.options.silenceMs ?? 50_000)
  }

  private readonly wake = () => {
    this.attempts = 0
    if (this.state !== 'live') this.connect()
  }

  private readonly lost = () => {
    this.clearTimers()
    this.drop()
    this.report('offline')
  }

  private readonly visible = () => {
    // A tab that comes back should not wait out a long background delay.
    if (document.visibilityState === 'visible' && this.state !== 'live') this.wake()
  }

  private drop() {
    const socket = this.socket
    this.socket = undefined
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
    socket.close()
  }

  private clearTimers() {
    clearTimeout(this.retryTimer)
    clearTimeout(this.silenceTimer)
  }

  private report(state: LiveState) {
    if (state === this.state) return
    this.state = state
    this.options.onState(state)
  }
}

interface Frame {
  type?: unknown
  cursor?: unknown
  seq?: unknown
  name?: unknown
  payload?: unknown
}

function parse(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Frame) : undefined
  } catch {
    return undefined
  }
}

/** Items of an event payload that carry the wanted id, whatever else they hold. */
export function eventItems<K extends string>(payload: unknown, ...required: K[]): (Record<K, string> & Record<string, unknown>)[] {
  if (typeof payload !== 'object' || payload === null || !('items' in payload) || !Array.isArray(payload.items)) return []
  return payload.items.filter(
    (item): item is Record<K, string> & Record<string, unknown> =>
      typeof item === 'object' && item !== null && required.every((key) => typeof (item as Record<string, unknown>)[key] === 'string'),
  )
}
