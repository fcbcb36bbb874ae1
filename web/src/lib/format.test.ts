import i18next from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import { dayLabel, displayName, formatPhone, hueIndex, initials, mayBePhone, personSeed, shortWhen } from './format'
import { laterStatus } from './status'
import { parseWhatsApp } from './wa-format'

beforeAll(() => i18next.init({ lng: 'en', resources: {} }))

describe('phones', () => {
  it('are spaced for reading', () => {
    expect(formatPhone('+447700900123')).toBe('+44 7700 900123')
    expect(formatPhone('12025550143')).toBe('+1 202 555 0143')
    expect(formatPhone('971501112233')).toBe('+971 50 111 2233')
    expect(formatPhone('4790012345')).toBe('+47 900 123 45')
    expect(formatPhone('12345')).toBe('12345')
  })

  it('are only offered as numbers here: the server reads them', () => {
    for (const typed of ['+44 (0)7700 900-123', '0044 7700 900123', '+٩٧١ ٥٠ ١١١ ٢٢٣٣', '(202) 555-0143', '\u202a+44\u20117700\u2011900123\u202c']) expect(mayBePhone(typed), typed).toBe(true)
    for (const typed of ['Sara', '+12', '', 'Room 10100']) expect(mayBePhone(typed), typed).toBe(false)
  })
})

describe('people', () => {
  it('are called by what is known of them', () => {
    expect(displayName({ name: 'Sara', phone: '+447700900123' }, '?')).toBe('Sara')
    expect(displayName({ phone: '+447700900123' }, '?')).toBe('+44 7700 900123')
    expect(displayName({ username: 'luca' }, '?')).toBe('@luca')
    expect(displayName({}, '?')).toBe('?')
  })

  it('have initials in any script, and none for numbers', () => {
    expect(initials('Sara Okafor')).toBe('SO')
    expect(initials('يوسف المنصوري')).toBe('يا')
    expect(initials('+44 7700 900123')).toBe('')
    expect(initials('@luca')).toBe('L')
  })

  it('keep their colour', () => {
    expect(hueIndex('con_1', 7)).toBe(hueIndex('con_1', 7))
    expect(hueIndex('con_1', 7)).toBeLessThan(7)
    // The inbox writes a phone with its plus and has no BSUID; the simulator writes digits and has no id of ours.
    expect(personSeed({ id: 'con_1', name: 'Sara', phone: '+447700900123' })).toBe(personSeed({ name: 'Sara', phone: '447700900123' }))
    expect(personSeed({ id: 'con_1', name: 'Luca', username: 'luca' })).toBe(personSeed({ id: 'con_1', name: 'Luca', username: 'luca', bsuid: 'US.1' }))
    expect(personSeed({ id: 'con_1' })).toBe('con_1')
  })
})

describe('times', () => {
  const now = new Date(2026, 10, 22, 12, 0)
  it('are as short as they can be', () => {
    expect(dayLabel(new Date(2026, 10, 22, 9).toISOString(), now)).toBe('Today')
    expect(dayLabel(new Date(2026, 10, 21, 23).toISOString(), now)).toBe('Yesterday')
    expect(dayLabel(new Date(2026, 10, 18).toISOString(), now)).toBe('Wednesday')
    expect(shortWhen(new Date(2026, 10, 18).toISOString(), now)).toBe('Wed')
    expect(dayLabel(new Date(2024, 0, 5).toISOString(), now)).toContain('2024')
  })
})

describe('statuses', () => {
  it('never go back', () => {
    expect(laterStatus('read', 'delivered')).toBe('read')
    expect(laterStatus('queued', 'sent')).toBe('sent')
    expect(laterStatus('sending', 'accepted')).toBe('accepted')
    expect(laterStatus('sending', 'unknown')).toBe('unknown')
    expect(laterStatus('unknown', 'accepted')).toBe('accepted')
    expect(laterStatus('sent', 'accepted')).toBe('sent')
    expect(laterStatus('failed', 'delivered')).toBe('delivered')
    expect(laterStatus('sent', 'not yet invented')).toBe('sent')
    expect(laterStatus('sent', 'failed')).toBe('failed')
    expect(laterStatus('failed', 'sent')).toBe('failed')
  })
})

describe('WhatsApp marks', () => {
  it('are read as the phone reads them', () => {
    expect(parseWhatsApp('a *b* c')).toEqual([{ kind: 'text', text: 'a' }, { kind: 'text', text: ' ' }, { kind: 'bold', pieces: [{ kind: 'text', text: 'b' }] }, { kind: 'text', text: ' c' }])
    expect(parseWhatsApp('2*3*4')).toEqual([{ kind: 'text', text: '2*3*4' }])
    expect(parseWhatsApp('see https://x.test/a_b_c.')).toEqual([{ kind: 'text', text: 'see ' }, { kind: 'link', text: 'https://x.test/a_b_c', href: 'https://x.test/a_b_c' }, { kind: 'text', text: '.' }])
    expect(parseWhatsApp('`*x*`')).toEqual([{ kind: 'code', pieces: [{ kind: 'text', text: '*x*' }] }])
    expect(parseWhatsApp('')).toEqual([])
  })
})
