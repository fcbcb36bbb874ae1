import { describe, expect, it } from 'vitest'
import type { TemplateChange } from '@/api/templates'
import { worsened } from './live-updates'

const change = (more: Partial<TemplateChange>): TemplateChange => ({ template_id: 'tpl_1', waba_id: '1', name: 'order_update', language: 'en', changed: ['status'], status: 'APPROVED', at: '2026-01-01T00:00:00Z', ...more })
const worse = (more: Partial<TemplateChange>) => worsened([change(more)])[0]?.worse

describe('news about templates', () => {
  it('are told when a template became worse', () => {
    expect(worse({ status: 'REJECTED' })).toBe('rejected')
    expect(worse({ status: 'PAUSED' })).toBe('paused')
    expect(worse({ status: 'DISABLED' })).toBe('disabled')
    expect(worse({ changed: ['category'], previous_category: 'UTILITY', category: 'MARKETING' })).toBe('recategorised')
    expect(worse({ changed: ['pending_category'], category: 'UTILITY', pending_category: 'MARKETING' })).toBe('announced')
  })

  it('are silent about good ones, about what was read for the first time, and about other parts of a rejected one', () => {
    expect(worse({ status: 'APPROVED' })).toBeUndefined()
    expect(worse({ status: 'REJECTED', changed: ['added', 'status'] })).toBeUndefined()
    expect(worse({ status: 'REJECTED', changed: ['quality'] })).toBeUndefined()
    expect(worse({ changed: ['pending_category'], category: 'UTILITY', pending_category: 'UTILITY' })).toBeUndefined()
  })
})
