import { describe, expect, it } from 'vitest'
import { directionOf, showTemplate, slotsOf } from './shown'

const order = {
  language: 'en_US',
  category: 'UTILITY',
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['#42'] } },
    { type: 'BODY', text: 'Hi *{{1}}*, {{2}} is on its way, {{1}}.', example: { body_text: [['Sara', 'your coffee']] } },
    { type: 'FOOTER', text: 'Reply STOP to opt out' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'URL', text: 'Track', url: 'https://x.test/t/{{1}}', example: ['https://x.test/t/abc'] },
        { type: 'PHONE_NUMBER', text: 'Call us', phone_number: '+442079460000' },
        { type: 'QUICK_REPLY', text: 'Thanks' },
      ],
    },
  ],
}

describe('a template on the phone', () => {
  it('has its samples, or keeps its braces', () => {
    expect(showTemplate(order)).toMatchObject({
      header: { type: 'text', text: 'Order #42' },
      body: 'Hi *Sara*, your coffee is on its way, Sara.',
      footer: 'Reply STOP to opt out',
      buttons: [{ type: 'URL', url: 'https://x.test/t/abc' }, { type: 'PHONE_NUMBER', phone_number: '+442079460000' }, { type: 'QUICK_REPLY', text: 'Thanks' }],
    })
    expect(showTemplate(order, 'braces').body).toBe('Hi *{{1}}*, {{2}} is on its way, {{1}}.')
    expect(showTemplate(order, { body_1: 'Ana', body_2: ' ' }).body).toBe('Hi *Ana*, {{2}} is on its way, Ana.')
  })

  it('never reads a value as a variable', () => {
    expect(showTemplate(order, { body_1: '{{2}}', body_2: '$&' }).body).toBe('Hi *{{2}}*, $& is on its way, {{2}}.')
  })

  it('knows its slots with their samples, in the order of the phone', () => {
    expect(slotsOf(order).map(({ key, kind, example }) => [key, kind, example])).toEqual([
      ['header_1', 'text', '#42'],
      ['body_1', 'text', 'Sara'],
      ['body_2', 'text', 'your coffee'],
      ['button_0', 'suffix', 'abc'],
    ])
  })

  it('takes named variables', () => {
    const named = { components: [{ type: 'body', text: 'Hi {{first_name}}', example: { body_text_named_params: [{ param_name: 'first_name', example: 'Ana' }] } }] }
    expect(showTemplate(named).body).toBe('Hi Ana')
    expect(slotsOf(named)[0]).toEqual({ key: 'body_first_name', kind: 'text', variable: 'first_name', example: 'Ana' })
  })

  it('writes what WhatsApp writes into an authentication template, in its language', () => {
    const code = { language: 'en', category: 'AUTHENTICATION', components: [{ type: 'BODY', add_security_recommendation: true }, { type: 'FOOTER', code_expiration_minutes: 5 }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' }] }] }
    expect(showTemplate(code, { otp: '4711' })).toMatchObject({ body: '*4711* is your verification code. For your security, do not share this code.', footer: 'This code expires in 5 minutes.' })
    expect(showTemplate({ ...code, language: 'ar' }, 'braces').body).toContain('{{1}}')
    expect(slotsOf(code).map(({ key }) => key)).toEqual(['otp'])
    const read = { ...code, components: [{ type: 'BODY', text: '*{{1}}* is your verification code.' }, { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}' }] }] }
    expect(showTemplate(read, { otp: '4711' })).toMatchObject({ body: '*4711* is your verification code.', buttons: [{ type: 'OTP' }] })
  })

  it('has an offer and cards, each card with slots of its own', () => {
    const rich = {
      components: [
        { type: 'BODY', text: 'Look, {{1}}' },
        { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
        { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'SAVE10' }] },
        { type: 'CAROUSEL', cards: [0, 1].map((i) => ({ components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: `Card ${i} for {{1}}` }] })) },
      ],
    }
    expect(slotsOf(rich).map(({ key }) => key)).toEqual(['body_1', 'offer_until', 'button_0', 'card0_header_media', 'card0_body_1', 'card1_header_media', 'card1_body_1'])
    const shown = showTemplate(rich, { card1_body_1: 'you', button_0: 'SAVE10' })
    expect(shown.offer).toBe('Ends soon')
    expect(shown.buttons[0]?.code).toBe('SAVE10')
    expect(shown.cards?.map(({ body, header }) => [body, header?.type])).toEqual([['Card 0 for {{1}}', 'image'], ['Card 1 for you', 'image']])
  })

  it('reads from the right in the languages that do', () => {
    expect(['ar', 'he', 'fa', 'ur', 'en_US', 'arz', 'pt_BR'].map(directionOf)).toEqual(['rtl', 'rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr'])
  })
})
