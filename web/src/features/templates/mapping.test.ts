import { describe, expect, it } from 'vitest'
import { begin, changed, incomplete, same, sourceOf, sourcesOf } from './mapping'

describe('what a template is filled with', () => {
  it('offers what a slot can take', () => {
    expect(sourcesOf({ key: 'body_1', kind: 'text' })).toContain('contact')
    expect(sourcesOf({ key: 'header_media', kind: 'image' })).toEqual(['ask', 'fixed'])
    expect(sourcesOf({ key: 'header_location', kind: 'location' })).toEqual(['ask'])
  })

  it('is automatic for a text until something is chosen', () => {
    expect(sourceOf({ key: 'body_1', kind: 'text' }, undefined)).toBe('auto')
    expect(sourceOf({ key: 'header_media', kind: 'image' }, undefined)).toBe('ask')
    const chosen = changed({}, 'body_1', begin('ask', { from: 'contact', field: 'name', fallback: 'there' }))
    expect(chosen).toEqual({ body_1: { from: 'ask', fallback: 'there' } })
    expect(changed(chosen, 'body_1', begin('auto', chosen.body_1))).toEqual({})
  })

  it('is the same in any order', () => {
    expect(same({ a: { from: 'text', text: 'x' }, b: { from: 'ask', fallback: undefined } }, { b: { from: 'ask' }, a: { text: 'x', from: 'text' } })).toBe(true)
    expect(same({ a: { from: 'ask' } }, {})).toBe(false)
  })

  it('is not saved half filled in', () => {
    expect(incomplete({ from: 'contact', field: 'attribute:' })).toBe(true)
    expect(incomplete({ from: 'contact', field: 'attribute:city' })).toBe(false)
    expect(incomplete({ from: 'text', text: ' ' })).toBe(true)
    expect(incomplete({ from: 'fixed', value: { link: '' } })).toBe(true)
    expect(incomplete({ from: 'ask' })).toBe(false)
    expect(incomplete(undefined)).toBe(false)
  })
})
