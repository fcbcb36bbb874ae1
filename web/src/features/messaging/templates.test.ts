import { describe, expect, it } from 'vitest'
import type { Template } from '@/api/types'
import { componentsFor, fieldsOf, fill, missingFields, sentText } from './templates'

const template = (components: Record<string, unknown>[]): Template => ({ id: 't', name: 'n', language: 'en', category: 'UTILITY', status: 'APPROVED', components })

const order = template([
  { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}' },
  { type: 'BODY', text: 'Hi {{1}}, {{2}} and again {{1}}', example: { body_text: [['Sara', 'coffee']] } },
  { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Ok' }, { type: 'URL', text: 'Track', url: 'https://x.test/{{1}}' }] },
])

describe('templates', () => {
  it('know their blanks, each once, with examples', () => {
    expect(fieldsOf(order).map((f) => [f.key, f.example])).toEqual([
      ['header_1', undefined],
      ['body_1', 'Sara'],
      ['body_2', 'coffee'],
      ['button_1', undefined],
    ])
  })

  it('are sent in the shape WhatsApp wants', () => {
    const values = { header_1: '#1', body_1: 'Sara', body_2: 'tea', button_1: 'abc' }
    expect(missingFields(fieldsOf(order), values)).toEqual([])
    expect(componentsFor(order, values)).toEqual([
      { type: 'header', parameters: [{ type: 'text', text: '#1' }] },
      { type: 'body', parameters: [{ type: 'text', text: 'Sara' }, { type: 'text', text: 'tea' }] },
      { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'abc' }] },
    ])
  })

  it('name their named blanks and take media by link', () => {
    const named = template([{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: 'Hi {{first_name}}' }])
    expect(missingFields(fieldsOf(named), { header_media: 'x.jpg', body_first_name: ' ' }).map((f) => f.key)).toEqual(['header_media', 'body_first_name'])
    expect(componentsFor(named, { header_media: 'https://x.test/a.jpg', body_first_name: 'Sara' })).toEqual([
      { type: 'header', parameters: [{ type: 'image', image: { link: 'https://x.test/a.jpg' } }] },
      { type: 'body', parameters: [{ type: 'text', text: 'Sara', parameter_name: 'first_name' }] },
    ])
  })

  it('say afterwards what was sent', () => {
    const content = { name: 'n', language: { code: 'en' }, components: componentsFor(order, { header_1: '#1', body_1: 'Sara', body_2: 'tea', button_1: 'x' }) }
    expect(sentText(content, [order])).toBe('*Order #1*\nHi Sara, tea and again Sara')
    expect(sentText({ name: 'other', language: 'en' }, [order])).toBeUndefined()
    expect(sentText(null, [order])).toBeUndefined()
  })

  it('show what is missing in the preview', () => {
    expect(fill('Hi {{1}}, {{2}}', { body_1: 'Sara' }, 'body')).toBe('Hi Sara, {{2}}')
  })
})
