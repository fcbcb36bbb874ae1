import { describe, expect, it } from 'vitest'
import type { Template } from '@/api/templates'
import { templateView } from '@/lib/template-view'
import { componentsFor, fieldsOf, missingFields, problemOf } from './templates'

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

  it('show what is missing in the preview', () => {
    expect(templateView(order.components, componentsFor(order, { body_1: 'Sara' })).body).toBe('Hi Sara, {{2}} and again Sara')
  })

  it('of an authentication say the code twice, in body and button', () => {
    const code = { ...template([{ type: 'BODY', text: '*{{1}}* is your verification code.' }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' }] }]), category: 'AUTHENTICATION' }
    expect(fieldsOf(code).map((f) => f.kind)).toEqual(['otp'])
    expect(missingFields(fieldsOf(code), { otp: '1234567890123456' }).length).toBe(1)
    const parameters = [{ type: 'text', text: '482913' }]
    expect(componentsFor(code, { otp: '482913' })).toEqual([{ type: 'body', parameters }, { type: 'button', sub_type: 'url', index: '0', parameters }])
    expect(templateView(code.components, componentsFor(code, { otp: '482913' }))).toMatchObject({ body: '*482913* is your verification code.', buttons: [{ type: 'OTP', code: '482913' }] })
  })

  it('carry a place, an offer with its end, a coupon, and cards with their own files', () => {
    const rich = template([
      { type: 'HEADER', format: 'LOCATION' },
      { type: 'BODY', text: 'Hi {{1}}' },
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
      { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copy code' }, { type: 'QUICK_REPLY', text: 'Stop' }] },
      { type: 'CAROUSEL', cards: [0, 1].map((i) => ({ components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: `Card ${i} for {{1}}` }, { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'See', url: 'https://x.test/{{1}}' }] }] })) },
    ])
    const values: Record<string, string> = {
      header_name: 'Shop', header_address: '1 High St', header_latitude: '51.5', header_longitude: '-0.12', body_1: 'Ana', offer_until: '2999-01-01T10:00', button_0: 'SAVE10',
      card0_header_media: 'med_1', card0_body_1: 'you', card0_button_0: 'a', card1_header_media: 'https://x.test/b.png', card1_body_1: 'us', card1_button_0: 'b',
    }
    expect(missingFields(fieldsOf(rich), {}).length).toBe(fieldsOf(rich).length)
    expect(missingFields(fieldsOf(rich), values)).toEqual([])
    const sent = componentsFor(rich, values)
    expect(sent.map((c) => c.type)).toEqual(['header', 'body', 'limited_time_offer', 'button', 'carousel'])
    expect(sent[0]).toEqual({ type: 'header', parameters: [{ type: 'location', location: { latitude: 51.5, longitude: -0.12, name: 'Shop', address: '1 High St' } }] })
    expect(sent[3]).toEqual({ type: 'button', sub_type: 'copy_code', index: '0', parameters: [{ type: 'coupon_code', coupon_code: 'SAVE10' }] })
    const [card] = (sent[4] as { cards: { components: unknown[] }[] }).cards
    expect(card?.components[0]).toEqual({ type: 'header', parameters: [{ type: 'image', image: { media_id: 'med_1' } }] })
    const view = templateView(rich.components, sent)
    expect(view.header?.location?.name).toBe('Shop')
    expect(view.offer).toMatchObject({ text: 'Ends soon', code: 'SAVE10' })
    expect(view.cards.map((c) => c.body)).toEqual(['Card 0 for you', 'Card 1 for us'])
    expect(view.cards[1]?.buttons[0]?.url).toBe('https://x.test/b')
  })

  it('refuse what WhatsApp refuses in a value', () => {
    const field = fieldsOf(order)[1]
    expect(field && [problemOf(field, 'a      b'), problemOf(field, 'a\tb'), problemOf(field, ''), problemOf(field, 'fine')]).toEqual(['spaces', 'spaces', 'required', undefined])
  })
})
