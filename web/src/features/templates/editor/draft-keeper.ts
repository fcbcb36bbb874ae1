import { ApiError } from '@/api/error'
import type { Draft, DraftIn } from '@/api/template-writing'
import type { Mapping } from '@/api/templates'
import { toTemplate } from './convert'
import type { TemplateForm } from './form'
import { forget, keep, placeOfDraft } from './kept'

/**
 * `untouched`: nothing was typed. `saved`: the server has it. `local`: only this browser has it, and it is tried again. `refused`: the
 * server does not take it as it is; the next change is tried again. `conflict`: somebody has saved another version of the draft.
 */
export type SaveState = 'untouched' | 'waiting' | 'saving' | 'saved' | 'local' | 'refused' | 'conflict'

export interface Calls {
  create: (body: DraftIn) => Promise<Draft>
  save: (id: string, version: number, body: DraftIn) => Promise<Draft>
  fetch: (id: string) => Promise<Draft>
}

interface Options {
  calls: Calls
  /** Where it is kept in this browser until it is a draft on the server. */
  place: string
  draft?: { id: string; version: number }
  templateId?: string
  /** What its blanks are filled with: saved with the draft as it is. */
  mapping?: Mapping
  /** Somebody has saved another version already; `values` is what this browser had. */
  conflict?: { values: TemplateForm; theirs: Draft }
  onState: (state: SaveState, error?: unknown) => void
  /** It has become a draft on the server. */
  onCreated: (id: string) => void
}

/** From the last key until it is saved. */
const PAUSE = 1_000
/** Until a save that failed is tried again. */
const AGAIN = 5_000

/** Saves what is typed: at once in this browser, and after a pause as a draft on the server. One save at a time. */
export class DraftKeeper {
  state: SaveState = 'untouched'
  /** What somebody else has saved, after `conflict`. */
  theirs?: Draft
  private values?: TemplateForm
  private id?: string
  private version: number
  private timer?: ReturnType<typeof setTimeout>
  private running?: Promise<void>
  private stopped = false
  private finished = false

  constructor(private readonly options: Options) {
    this.id = options.draft?.id
    this.version = options.draft?.version ?? 0
    if (!options.conflict) return
    this.state = 'conflict'
    this.values = options.conflict.values
    this.theirs = options.conflict.theirs
  }

  get draftId() {
    return this.id
  }

  /** Something was typed. */
  changed(values: TemplateForm) {
    this.values = values
    this.keepHere(true)
    if (this.state === 'conflict') return
    if (this.state !== 'saving') this.become('waiting')
    this.later(PAUSE)
  }

  /** Saves now what is not saved yet. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    await this.running
    if (this.values && this.state !== 'saved' && this.state !== 'conflict') await this.save()
  }

  /** After a conflict: what is on this screen counts. */
  async keepMine(): Promise<void> {
    if (!this.theirs) return
    this.version = this.theirs.version
    this.theirs = undefined
    this.become('waiting')
    await this.flush()
  }

  /** It was submitted or thrown away: nothing of it is kept, and nothing is saved any more. */
  finish() {
    this.finished = true
    this.stop()
    this.values = undefined
    forget(this.place)
  }

  /** The page is there (again). */
  enter() {
    this.stopped = this.finished
  }

  /** The page goes: what waits for its pause is saved now. */
  leave() {
    if (!this.stopped && (this.state === 'waiting' || this.state === 'local')) void this.flush()
    this.stop()
  }

  private stop() {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private get place() {
    return this.id ? placeOfDraft(this.id) : this.options.place
  }

  private keepHere(dirty: boolean) {
    if (this.values) keep(this.place, { values: this.values, draft: this.id, version: this.version, dirty })
  }

  private later(ms: number) {
    clearTimeout(this.timer)
    if (!this.stopped) this.timer = setTimeout(() => void this.flush(), ms)
  }

  private become(state: SaveState, error?: unknown) {
    this.state = state
    if (!this.stopped) this.options.onState(state, error)
  }

  private save(): Promise<void> {
    this.running = this.attempt().finally(() => (this.running = undefined))
    return this.running
  }

  private async attempt() {
    const values = this.values
    if (!values) return
    this.become('saving')
    const { templateId, mapping } = this.options
    const body: DraftIn = { channel_id: values.channel || undefined, template_id: templateId, template: toTemplate(values), mapping }
    try {
      const draft = this.id ? await this.options.calls.save(this.id, this.version, body) : await this.options.calls.create(body)
      this.saved(draft, values)
    } catch (error) {
      await this.failed(error)
    }
  }

  private saved(draft: Draft, values: TemplateForm) {
    const isNew = !this.id
    if (isNew) forget(this.options.place)
    this.id = draft.id
    this.version = draft.version
    const all = this.values === values
    // It may have been finished meanwhile: then nothing is kept.
    if (this.values) this.keepHere(!all)
    this.become(all ? 'saved' : 'waiting')
    if (!all) this.later(PAUSE)
    if (isNew && !this.stopped) this.options.onCreated(draft.id)
  }

  private async failed(error: unknown) {
    const status = error instanceof ApiError ? error.status : 0
    if (status === 409 && this.id) {
      try {
        const theirs = await this.options.calls.fetch(this.id)
        // Our own, of which the answer was lost.
        if (this.values && sameBody(theirs.template, toTemplate(this.values))) return this.saved(theirs, this.values)
        this.theirs = theirs
        this.become('conflict')
      } catch {
        this.unreachable(error)
      }
    } else if (status === 404 && this.id) {
      // Somebody deleted the draft; what is on the screen becomes a new one.
      this.id = undefined
      this.version = 0
      this.keepHere(true)
      this.become('waiting')
      this.later(0)
    } else if (status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429) this.become('refused', error)
    else this.unreachable(error)
  }

  private unreachable(error: unknown) {
    this.become('local', error)
    this.later(AGAIN)
  }
}

/** Whether two bodies say the same, in whatever order their fields come. */
const sameBody = (one: unknown, other: unknown) => ordered(one) === ordered(other)
const ordered = (value: unknown) => JSON.stringify(value, (_, inner: unknown) => (inner && typeof inner === 'object' && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner))
