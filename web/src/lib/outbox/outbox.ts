import type { Media } from '@/api/media'
import type { Message } from '@/api/messages'
import { afterError, again, begun, bodyFor, created, type Entry, expired, hasExpired, inOrder, MAX_ENTRIES, MAX_FILE, MAX_FILES, type Outgoing, uploaded } from './entry'
import type { Store } from './store'

export type Outcome = { message: Message } | { refused: unknown; entry: Entry }

export interface OutboxOptions {
  owner: string
  store: Store
  /** Sends one message; rejects with the client's errors. */
  send: (entry: Entry, body: Record<string, unknown>) => Promise<Message>
  upload: (entry: Entry) => Promise<Media>
  /** Whether this browser still works for the owner: another person may have signed in in another tab. */
  mayGo: () => boolean
  /** What the tabs of the browser tell each other by. */
  channel?: () => Channel
  /** Web Locks, where the browser has them: without, the Idempotency-Key alone keeps two tabs from sending twice. */
  locks?: Pick<LockManager, 'request'>
  now?: () => number
  newId?: () => string
}

export type Channel = Pick<BroadcastChannel, 'postMessage' | 'close'> & { onmessage: ((event: MessageEvent) => void) | null }

/** A screen that follows single messages. */
export interface Watcher {
  /** A message is on its way, from this tab or another. */
  sending(conversationId: string, id: string): void
  /** The request is over. `outcome` is undefined when nothing came of it, and in other tabs when it was refused. */
  done(conversationId: string, id: string, outcome: Outcome | undefined): void
}

type Told = { owner: string } & ({ kind: 'changed' } | { kind: 'sending'; conversation_id: string; id: string } | { kind: 'done'; conversation_id: string; id: string; message?: Message })

/** How long another tab has for its next try. */
const TAKE_OVER_MS = 5000

const NONE: Entry[] = []

/**
 * What a person has sent and the server has not taken yet. It is stored before it is sent, shown until it is sent or discarded, and sent
 * by one of the browser's tabs: in order within a conversation, under one Idempotency-Key for as long as the server remembers it.
 */
export class Outbox {
  private entries: Entry[] = NONE
  private byConversation = new Map<string, Entry[]>()
  private readonly listeners = new Set<() => void>()
  private readonly urls = new Map<string, string>()
  private readonly draining = new Map<string, Promise<void>>()
  /** Conversations to be looked at again after the running turn; true: without waiting for a time. */
  private readonly more = new Map<string, boolean>()
  private readonly watchers = new Set<Watcher>()
  private channel: Channel | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private timerAt = 0
  private stopped = true
  private order = 0
  /** Entries on their way to the store: a reload of the list must not lose them. */
  private readonly storing = new Map<string, Entry>()
  /** Entries that the browser had no room for: they live as long as the page. */
  private readonly unstored = new Map<string, Entry>()
  private reloads = 0

  constructor(private readonly options: OutboxOptions) {}

  start() {
    this.stopped = false
    this.channel = this.options.channel?.()
    if (this.channel) this.channel.onmessage = (event) => this.hear(event.data as Told)
    void this.reload().then(() => this.wake())
  }

  stop() {
    this.stopped = true
    clearTimeout(this.timer)
    this.timer = undefined
    this.channel?.close()
    this.channel = undefined
    this.urls.forEach((url) => URL.revokeObjectURL(url))
    this.urls.clear()
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  watch(watcher: Watcher) {
    this.watchers.add(watcher)
    return () => void this.watchers.delete(watcher)
  }

  /** Everything unsent, oldest first; the same list until something changes. */
  all = () => this.entries

  of = (conversationId: string) => this.byConversation.get(conversationId) ?? NONE

  /** This browser's own copy of an entry's file, to show it by. */
  fileUrl(entry: Entry): string | undefined {
    const known = this.urls.get(entry.id) ?? entry.out.shown?.local_url
    if (known || !entry.out.file) return known
    const url = URL.createObjectURL(entry.out.file.blob)
    this.urls.set(entry.id, url)
    return url
  }

  /** Shows it at once; resolves when it is stored. */
  async add(conversationId: string, out: Outgoing): Promise<void> {
    const { local_url, ...shown } = out.shown ?? {}
    const id = this.newId()
    const entry = created(this.options.owner, conversationId, { ...out, shown }, id, this.now(), this.order++)
    if (local_url) this.urls.set(id, local_url)
    this.storing.set(id, entry)
    this.show([...this.entries, entry])
    try {
      await this.options.store.put(entry)
    } catch {
      // No room in the browser's store: it is sent from this page, and lost with it.
      this.unstored.set(id, entry)
    }
    // Makes older readings of the store void, which do not have it.
    await this.reload()
    // Discarded in the meantime.
    if (!this.storing.delete(id)) await this.discard(id)
    this.tell({ kind: 'changed' })
    void this.drain(conversationId)
  }

  /** Whether all of these can be kept. */
  hasRoom(outs: Outgoing[]): boolean {
    const sizes = [...this.entries.map((entry) => entry.out), ...outs].map((out) => out.file?.blob.size ?? 0)
    return sizes.length <= MAX_ENTRIES && sizes.every((size) => size <= MAX_FILE) && sizes.reduce((sum, size) => sum + size, 0) <= MAX_FILES
  }

  /** A person wants it sent again. */
  async again(id: string) {
    const next = await this.change(id, (entry) => again(entry, this.now(), this.newId()))
    await this.changed()
    if (next) void this.drain(next.conversation_id)
  }

  async discard(id: string) {
    await this.take(id)
    await this.changed()
  }

  /** Tries everything that waits, whatever it waits for: the connection is back, or somebody has signed in again. */
  wake() {
    for (const conversationId of new Set(this.entries.map((entry) => entry.conversation_id))) void this.drain(conversationId, true)
  }

  /** Sends what waits in a conversation, once at a time in this tab and, by a lock, in this browser. */
  private drain(conversationId: string, now = false): Promise<void> {
    const running = this.draining.get(conversationId)
    if (running) {
      this.more.set(conversationId, now || this.more.get(conversationId) === true)
      return running
    }
    const name = `wapro.outbox.${this.options.owner}.${conversationId}`
    const work = () => this.sendAll(conversationId, now)
    const done = (this.options.locks ? this.options.locks.request(name, work).then(() => undefined) : work())
      .catch(() => undefined)
      .finally(() => {
        this.draining.delete(conversationId)
        const hurry = this.more.get(conversationId)
        if (this.more.delete(conversationId)) void this.drain(conversationId, hurry)
      })
    this.draining.set(conversationId, done)
    return done
  }

  private async sendAll(conversationId: string, hurry: boolean) {
    while (!this.stopped && this.options.mayGo()) {
      const all = await this.read().catch(() => undefined)
      // Without the browser's store, what this page alone has is still sent.
      const entry = (all ?? [...this.unstored.values()].sort(inOrder)).find((one) => one.conversation_id === conversationId && one.state === 'waiting')
      if (!entry) {
        if (!all) this.later(this.now() + TAKE_OVER_MS)
        return
      }
      if (hasExpired(entry, this.now())) {
        await this.change(entry.id, expired)
        await this.changed()
        continue
      }
      if (!hurry && entry.next_at > this.now()) {
        this.later(entry.next_at)
        return
      }
      hurry = false
      if (!(await this.sendOne(entry))) return
    }
  }

  /** Whether the next may follow. */
  private async sendOne(entry: Entry): Promise<boolean> {
    const { id, conversation_id } = entry
    this.tell({ kind: 'sending', conversation_id, id })
    this.watchers.forEach((watcher) => watcher.sending(conversation_id, id))
    let now: Entry | undefined
    try {
      now = await this.change(id, begun)
      // Discarded in the meantime.
      if (!now) {
        this.done(conversation_id, id, undefined)
        return true
      }
      if (now.out.file) {
        const media = await this.options.upload(now)
        now = await this.change(id, (one) => uploaded(one, media))
        if (!now || this.stopped || !this.options.mayGo()) {
          this.done(conversation_id, id, undefined)
          return !now
        }
        await this.changed()
      }
      const message = await this.options.send(now, bodyFor(now.out))
      await this.take(id)
      await this.reload(() => this.done(conversation_id, id, { message }))
      this.tell({ kind: 'done', conversation_id, id, message })
      return true
    } catch (error) {
      const next = await this.change(id, (one) => afterError(one, error, this.now()))
      const refused = next?.state === 'failed'
      // A reaction has no bubble that could tell of its failure.
      if (refused && next.out.type === 'reaction') await this.take(id)
      await this.reload(() => this.done(conversation_id, id, refused ? { refused: error, entry: next } : undefined))
      this.tell({ kind: 'done', conversation_id, id })
      if (next && !refused) this.later(next.next_at)
      return !next || refused
    }
  }

  private done(conversationId: string, id: string, outcome: Outcome | undefined) {
    this.watchers.forEach((watcher) => watcher.done(conversationId, id, outcome))
  }

  private later(at: number) {
    if (this.timer !== undefined && this.timerAt <= at) return
    clearTimeout(this.timer)
    this.timerAt = at
    this.timer = setTimeout(() => {
      this.timer = undefined
      for (const conversationId of new Set(this.entries.map((entry) => entry.conversation_id))) void this.drain(conversationId)
    }, Math.max(250, at - this.now()))
  }

  private hear(told: Told) {
    if (told.owner !== this.options.owner || this.stopped) return
    if (told.kind === 'sending') this.watchers.forEach((watcher) => watcher.sending(told.conversation_id, told.id))
    else if (told.kind === 'done') {
      const { conversation_id, id, message } = told
      void this.reload(() => this.done(conversation_id, id, message && { message })).then(() => this.follow())
    } else void this.reload().then(() => this.follow())
  }

  /** Takes over what another tab leaves behind when it is closed. */
  private follow() {
    const waiting = this.entries.filter((entry) => entry.state === 'waiting').map((entry) => entry.next_at)
    if (waiting.length > 0) this.later(Math.max(this.now() + TAKE_OVER_MS, Math.min(...waiting)))
  }

  private tell(told: { kind: 'changed' } | { kind: 'sending'; conversation_id: string; id: string } | { kind: 'done'; conversation_id: string; id: string; message?: Message }) {
    try {
      if (!this.stopped) this.channel?.postMessage({ ...told, owner: this.options.owner })
    } catch {
      // The channel is closed: nobody is left to be told.
    }
  }

  private async changed() {
    await this.reload()
    this.tell({ kind: 'changed' })
  }

  /** What is stored, in the order in which it is sent. */
  private async read(): Promise<Entry[]> {
    const stored = await this.options.store.all(this.options.owner)
    return [...stored, ...this.unstored.values()].sort(inOrder)
  }

  /** `before`: called in the same turn in which the list changes, so that both are drawn together. */
  private async reload(before?: () => void) {
    const turn = ++this.reloads
    const entries = await this.read().catch(() => undefined)
    before?.()
    // An answer that was overtaken by another is older.
    if (!entries || turn !== this.reloads || this.stopped) return
    const ids = new Set(entries.map((entry) => entry.id))
    this.show([...entries, ...[...this.storing.values()].filter((entry) => !ids.has(entry.id))])
  }

  private show(entries: Entry[]) {
    const known = new Map(this.entries.map((entry) => [entry.id, entry]))
    this.entries = entries.sort(inOrder).map((entry) => {
      const before = known.get(entry.id)
      return before && same(before, entry) ? before : entry
    })
    const left = new Set(entries.map((entry) => entry.id))
    for (const [id, url] of this.urls) {
      if (left.has(id)) continue
      URL.revokeObjectURL(url)
      this.urls.delete(id)
    }
    const grouped = new Map<string, Entry[]>()
    for (const entry of this.entries) grouped.set(entry.conversation_id, [...(grouped.get(entry.conversation_id) ?? []), entry])
    // A conversation's list stays the same object while nothing in it changes.
    for (const [id, list] of grouped) {
      const before = this.byConversation.get(id)
      if (before?.length === list.length && list.every((entry, i) => entry === before[i])) grouped.set(id, before)
    }
    this.byConversation = grouped
    this.listeners.forEach((listener) => listener())
  }

  private async change(id: string, by: (entry: Entry) => Entry | undefined): Promise<Entry | undefined> {
    const kept = this.unstored.get(id)
    if (!kept) return this.options.store.change(id, by)
    const next = by(kept)
    if (next) this.unstored.set(id, next)
    return next
  }

  private async take(id: string) {
    this.storing.delete(id)
    if (!this.unstored.delete(id)) await this.options.store.remove(id)
  }

  private now() {
    return this.options.now?.() ?? Date.now()
  }

  private newId() {
    return this.options.newId?.() ?? crypto.randomUUID()
  }
}

const same = (a: Entry, b: Entry) =>
  a.state === b.state && a.attempts === b.attempts && a.key === b.key && a.out.file === undefined === (b.out.file === undefined) && a.problem?.kind === b.problem?.kind && JSON.stringify(a.problem) === JSON.stringify(b.problem)
