import { describe, expect, it } from 'vitest'
import { bodyOf, draftOf, dragged, extent, nextSpan, problemsOf, timeOf } from './week'

describe('the week', () => {
  it('reads spans over midnight as ending on the next day', () => {
    expect(extent({ start: '20:00', end: '02:00' })).toEqual([1200, 1560])
    expect(extent({ start: '09:00', end: '24:00' })).toEqual([540, 1440])
    expect(extent({ start: '', end: '02:00' })).toBeUndefined()
  })

  it('says which spans overlap and which have no time', () => {
    const spans = [{ start: '09:00', end: '12:00' }, { start: '11:00', end: '13:00' }, { start: '12:00', end: '' }]
    expect([...problemsOf(spans)]).toEqual([[1, 'overlap'], [2, 'missing']])
    expect(problemsOf([{ start: '09:00', end: '12:00' }, { start: '12:00', end: '13:00' }]).size).toBe(0)
  })

  it('offers a span after the last one, and drags to quarters of an hour', () => {
    expect(nextSpan([])).toEqual({ start: '09:00', end: '17:00' })
    expect(nextSpan([{ start: '09:00', end: '12:00' }])).toEqual({ start: '13:00', end: '17:00' })
    expect(timeOf(dragged(0.5103))).toBe('12:15')
    expect(dragged(2)).toBe(1440)
  })

  it('sends no week for a business that is always open', () => {
    const draft = draftOf({ time_zone: 'UTC', holidays: [], now: { open: true } })
    expect(draft.always).toBe(true)
    expect(bodyOf(draft)).toEqual({ week: undefined, holidays: [] })
    expect(bodyOf({ ...draft, always: false }).week?.mon).toEqual([{ start: '09:00', end: '17:00' }])
  })
})
