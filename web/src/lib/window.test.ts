import { describe, expect, it } from 'vitest'
import { windowState } from './window'

const now = Date.parse('2026-11-22T12:00:00Z')
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()

describe('the 24-hour window', () => {
  it('is closed when the customer never wrote, or wrote too long ago', () => {
    expect(windowState(undefined, now)).toEqual({ kind: 'closed' })
    expect(windowState(at(0), now)).toEqual({ kind: 'closed' })
    expect(windowState(at(-1), now)).toEqual({ kind: 'closed' })
    expect(windowState('not a time', now)).toEqual({ kind: 'closed' })
  })

  it('counts down in hours and minutes, then warns in the last hour', () => {
    expect(windowState(at(24 * 3600), now)).toEqual({ kind: 'open', hours: 24, minutes: 0 })
    expect(windowState(at(24 * 3600 + 20), now)).toEqual({ kind: 'open', hours: 24, minutes: 0 })
    expect(windowState(at(22 * 3600 + 29 * 60), now)).toEqual({ kind: 'open', hours: 22, minutes: 29 })
    expect(windowState(at(3601), now)).toEqual({ kind: 'open', hours: 1, minutes: 1 })
    expect(windowState(at(3600), now)).toEqual({ kind: 'closing', minutes: 60 })
    expect(windowState(at(1), now)).toEqual({ kind: 'closing', minutes: 1 })
  })
})
