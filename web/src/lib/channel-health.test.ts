import { describe, expect, it } from 'vitest'
import type { Channel } from '@/api/channels'
import { healthOf, problemsOf } from './channel-health'

const channel = (more: Partial<Channel>): Channel => ({ status: 'connected', status_terms: [], ...more }) as Channel
const held = { reason: 'locked', terms: [] } as unknown as Channel['held']

describe('the health of a number', () => {
  it('is good only when nothing is wrong', () => {
    expect(healthOf(channel({ phone_status: 'CONNECTED', name_status: 'APPROVED', quality_rating: 'GREEN' }))).toBe('connected')
    expect(healthOf(channel({ status: 'untested' }))).toBe('untested')
  })

  it('is not "connected" beside a declined name, low quality or a state at WhatsApp that needs somebody', () => {
    expect(problemsOf(channel({ name_status: 'DECLINED' }))).toEqual(['name'])
    expect(healthOf(channel({ name_status: 'DECLINED' }))).toBe('attention')
    expect(healthOf(channel({ quality_rating: 'RED' }))).toBe('attention')
    expect(healthOf(channel({ phone_status: 'FLAGGED' }))).toBe('attention')
  })

  it('names a stop once, though the status repeats its reason', () => {
    expect(problemsOf(channel({ status: 'attention', status_reason: 'locked', held }))).toEqual(['held'])
    expect(healthOf(channel({ status: 'attention', status_reason: 'locked', held }))).toBe('paused')
    expect(problemsOf(channel({ status: 'attention', status_reason: 'the token has expired', held }))).toEqual(['held', 'connection'])
  })
})
