import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest'
import { ApiError, NetworkError } from '@/api/error'
import type { Draft, DraftIn } from '@/api/template-writing'
import { type Calls, DraftKeeper, type SaveState } from './draft-keeper'
import { toTemplate } from './convert'
import { blankButton, blankForm } from './form'
import { keep, kept } from './kept'

const form = (body: string) => blankForm({ channel: 'chn_1', body })
const draft = (version: number, body?: DraftIn): Draft => ({ id: 'tdr_1', mapping: {}, name: '', language: 'en', template: body?.template ?? { name: '', language: 'en', category: 'UTILITY', components: [] }, version, created_at: '', updated_at: '' })

function setUp(given: Partial<{ [K in keyof Calls]: Mock<Calls[K]> }> = {}, own?: { id: string; version: number }) {
  const states: SaveState[] = []
  const calls = { create: vi.fn((body: DraftIn) => Promise.resolve(draft(1, body))), save: vi.fn((_id: string, version: number, body: DraftIn) => Promise.resolve(draft(version + 1, body))), fetch: vi.fn(() => Promise.resolve(draft(7))), ...given }
  const onCreated = vi.fn()
  const keeper = new DraftKeeper({ calls, place: 'new', draft: own, onState: (state) => states.push(state), onCreated })
  return { keeper, calls, states, onCreated }
}

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
})
afterEach(() => vi.useRealTimers())

describe('a draft', () => {
  it('is kept here at once, and on the server after a pause', async () => {
    const { keeper, calls, states, onCreated } = setUp()
    keeper.changed(form('H'))
    keeper.changed(form('Hi'))
    expect(kept('new')).toMatchObject({ dirty: true, values: { body: 'Hi' } })
    expect(calls.create).not.toHaveBeenCalled()
    await vi.runAllTimersAsync()
    expect(calls.create).toHaveBeenCalledOnce()
    expect(onCreated).toHaveBeenCalledWith('tdr_1')
    expect(kept('new')).toBeUndefined()
    expect(kept('draft:tdr_1')).toMatchObject({ dirty: false, version: 1 })
    keeper.changed(form('Hi!'))
    await vi.runAllTimersAsync()
    expect(calls.save.mock.calls[0]?.slice(0, 2)).toEqual(['tdr_1', 1])
    expect(states.at(-1)).toBe('saved')
  })

  it('typed while it is saved, is saved again', async () => {
    let answer: (draft: Draft) => void = () => undefined
    const { keeper, calls, states } = setUp({ create: vi.fn(() => new Promise<Draft>((resolve) => (answer = resolve))) })
    keeper.changed(form('H'))
    await vi.runAllTimersAsync()
    keeper.changed(form('Hi'))
    answer(draft(1))
    await vi.runAllTimersAsync()
    expect(calls.create).toHaveBeenCalledOnce()
    expect(calls.save).toHaveBeenCalledOnce()
    expect(states.at(-1)).toBe('saved')
  })

  it('stays here without a connection, and is saved when there is one', async () => {
    const create = vi.fn().mockRejectedValueOnce(new NetworkError()).mockRejectedValueOnce(new ApiError({ status: 503, code: 'unavailable', detail: '' })).mockResolvedValue(draft(1))
    const { keeper, states } = setUp({ create })
    keeper.changed(form('Hi'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(states.at(-1)).toBe('local')
    expect(kept('new')?.dirty).toBe(true)
    await vi.runAllTimersAsync()
    expect(create).toHaveBeenCalledTimes(3)
    expect(states.at(-1)).toBe('saved')
  })

  it('whose answer was lost is our own version, not somebody else’s', async () => {
    const mine = { ...draft(3, { template: toTemplate(form('Hi')) }), channel_id: 'chn_1' }
    const save = vi.fn().mockRejectedValueOnce(new NetworkError()).mockRejectedValueOnce(new ApiError({ status: 409, code: 'draft_changed', detail: '' })).mockResolvedValue(draft(4))
    const { keeper, states } = setUp({ save, fetch: vi.fn(() => Promise.resolve(mine)) }, { id: 'tdr_1', version: 2 })
    keeper.changed(form('Hi'))
    await vi.runAllTimersAsync()
    expect(states).not.toContain('conflict')
    expect(states.at(-1)).toBe('saved')
    keeper.changed(form('Hi!'))
    await vi.runAllTimersAsync()
    expect(save.mock.calls.at(-1)?.slice(0, 2)).toEqual(['tdr_1', 3])
  })

  it('of which somebody saved another version, waits for a decision', async () => {
    const save = vi.fn().mockRejectedValueOnce(new ApiError({ status: 409, code: 'draft_changed', detail: '' })).mockResolvedValue(draft(8))
    const { keeper, states } = setUp({ save }, { id: 'tdr_1', version: 2 })
    keeper.changed(form('Hi'))
    await vi.runAllTimersAsync()
    expect(states.at(-1)).toBe('conflict')
    keeper.changed(form('Hi!'))
    await vi.runAllTimersAsync()
    expect(save).toHaveBeenCalledOnce()
    expect(kept('draft:tdr_1')).toMatchObject({ dirty: true, values: { body: 'Hi!' } })
    await keeper.keepMine()
    expect(save.mock.calls[1]?.[1]).toBe(7)
    expect(states.at(-1)).toBe('saved')
  })

  it('that somebody deleted becomes a new one', async () => {
    const save = vi.fn().mockRejectedValue(new ApiError({ status: 404, code: 'not_found', detail: '' }))
    const { keeper, calls, states } = setUp({ save }, { id: 'tdr_0', version: 2 })
    keeper.changed(form('Hi'))
    await vi.runAllTimersAsync()
    expect(calls.create).toHaveBeenCalledOnce()
    expect(states.at(-1)).toBe('saved')
  })

  it('that the server does not take is kept here, and the next change is tried', async () => {
    const { keeper, states } = setUp({ create: vi.fn().mockRejectedValueOnce(new ApiError({ status: 422, code: 'invalid_request', detail: '' })).mockResolvedValue(draft(1)) })
    keeper.changed(form('x'))
    await vi.runAllTimersAsync()
    expect(states.at(-1)).toBe('refused')
    keeper.changed(form('Hi'))
    await vi.runAllTimersAsync()
    expect(states.at(-1)).toBe('saved')
  })

  it('is saved when the page goes, and gone when it was submitted', async () => {
    const left = setUp()
    left.keeper.changed(form('Hi'))
    left.keeper.leave()
    await vi.runAllTimersAsync()
    expect(left.calls.create).toHaveBeenCalledOnce()
    const submitted = setUp({}, { id: 'tdr_2', version: 1 })
    submitted.keeper.changed(form('Hi'))
    submitted.keeper.finish()
    await vi.runAllTimersAsync()
    expect(submitted.calls.save).not.toHaveBeenCalled()
    expect(kept('draft:tdr_2')).toBeUndefined()
  })
})

describe('what this browser keeps', () => {
  it('comes back whole, but for the ids of buttons', () => {
    const values = { ...form('Hi'), buttons: [blankButton('URL')] }
    keep('new', { values, version: 0, dirty: true })
    expect(kept('new')?.values).toEqual({ ...values, buttons: [{ ...values.buttons[0], id: kept('new') && expect.any(String) }] })
  })

  it('is left out when it is of another version of this page', () => {
    localStorage.setItem('wapro.template..new', '{"values":{"body":"Hi"},"version":0,"dirty":true}')
    expect(kept('new')).toBeUndefined()
    localStorage.setItem('wapro.template..new', '{')
    expect(kept('new')).toBeUndefined()
  })
})
