import { describe, expect, it } from 'vitest'
import type { Slot } from '@/lib/shown'
import { asTyped, filesOf, missing, problemOf, valueOf, valuesOf } from './filling'

const name: Slot = { key: 'body_1', kind: 'text', variable: '1' }
const header: Slot = { key: 'header_1', kind: 'text', variable: '1' }
const picture: Slot = { key: 'header_media', kind: 'image' }
const place: Slot = { key: 'header_location', kind: 'location' }
const end: Slot = { key: 'offer_until', kind: 'end' }
const code: Slot = { key: 'otp', kind: 'password' }

describe('filling a template', () => {
  it('takes what was typed before what the server found, and an emptied field stays empty', () => {
    const found = [{ key: 'body_1', kind: 'text', value: 'Ana', from: 'contact' }]
    expect(valueOf(name, {}, found)).toBe('Ana')
    expect(missing([name], {}, found)).toEqual([])
    expect(valueOf(name, { body_1: 'Bea' }, found)).toBe('Bea')
    expect(missing([name], { body_1: '' }, found)).toEqual([name])
  })

  it('sends only what was typed and may go', () => {
    const slots = [name, header, picture, place, end]
    expect(valuesOf(slots, { body_1: ' Ana ', header_1: '', header_media: { link: 'nothing' }, offer_until: '2999-01-01T10:00' })).toEqual({ body_1: 'Ana', offer_until: Date.parse('2999-01-01T10:00') })
    expect(valuesOf(slots, { header_media: { media_id: 'med_1', name: 'a.png', url: 'blob:x', filename: 'a.png' }, header_location: { name: 'Shop', address: '1 High St', latitude: '51.5', longitude: '-0.12' } })).toEqual({
      header_media: { media_id: 'med_1' },
      header_location: { name: 'Shop', address: '1 High St', latitude: 51.5, longitude: -0.12 },
    })
  })

  it('names what WhatsApp refuses', () => {
    expect(['', 'a\nb', 'a      b', 'fine'].map((value) => problemOf(name, value))).toEqual(['required', 'spaces', 'spaces', undefined])
    expect(problemOf(header, 'x'.repeat(61))).toBe('tooLong')
    expect(problemOf(code, '1'.repeat(16))).toBe('tooLong')
    expect(problemOf(picture, undefined)).toBe('required')
    expect(problemOf(picture, { link: 'x.jpg' })).toBe('link')
    expect(problemOf(place, { name: 'a', address: 'b', latitude: '91', longitude: '0' })).toBe('coordinate')
    expect([problemOf(end, ''), problemOf(end, '2001-01-01T10:00'), problemOf(end, '2999-01-01T10:00')]).toEqual(['required', 'past', undefined])
  })

  it('reads the values of the server, and knows the files of this browser', () => {
    expect(asTyped({ link: 'https://x.test/a.jpg', size: 3, deep: {} })).toEqual({ link: 'https://x.test/a.jpg', size: '3' })
    expect(asTyped(null)).toBeUndefined()
    expect(filesOf([picture, name], { header_media: { media_id: 'med_1', url: 'blob:x' }, body_1: 'Ana' })).toEqual({ header_media: 'blob:x' })
  })
})
