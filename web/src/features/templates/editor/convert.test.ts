import { describe, expect, it } from 'vitest'
import type { MetaTemplate } from '@/api/template-writing'
import { fromTemplate, toTemplate } from './convert'
import { blankButton, blankForm, isGrouped, moved, type TemplateForm, withButton } from './form'

/** Ids of buttons are made anew each time. */
const plain = (form: TemplateForm) => ({ ...form, buttons: form.buttons.map((button) => ({ ...button, id: '' })) })
const around = (form: TemplateForm) => expect(plain(fromTemplate(toTemplate(form), form.channel))).toEqual(plain(form))
const back = (template: MetaTemplate) => expect(toTemplate(fromTemplate(template))).toEqual(template)

const order = blankForm({ channel: 'chn_1', name: 'order_update', body: 'Hello {{1}}, order {{2}} has left us.', samples: { 1: 'Ana', 2: 'A-77' } })
const button = (kind: Parameters<typeof blankButton>[0], more = {}) => ({ ...blankButton(kind), ...more })
const auth = blankForm({ category: 'AUTHENTICATION', name: 'code', auth: { security: true, expiry: '5', otp: 'COPY_CODE', text: 'Copy', autofill: '', apps: [{ package_name: '', signature_hash: '' }], terms: false } })
const APPS = [{ package_name: 'com.example.shop', signature_hash: 'K8a/AINcGX7' }]

describe('the fields and Meta’s own body', () => {
  it.each<[string, TemplateForm]>([
    ['blank', blankForm()],
    ['positional variables', order],
    ['samples that are not all there', { ...order, samples: { 1: '', 2: 'A-77' } }],
    ['named variables', { ...order, named: true, body: 'Hello {{first_name}}, {{order}} left.', samples: { first_name: 'Ana', order: 'A-77' } }],
    ['a header of text', { ...order, header: { ...order.header, kind: 'text', text: 'Order {{1}}', samples: { 1: 'A-77' } } }],
    ['a header of text that is empty yet', { ...order, header: { ...order.header, kind: 'text' } }],
    ['a named header', { ...order, named: true, body: 'Hi', samples: {}, header: { ...order.header, kind: 'text', text: 'Order {{order}}', samples: { order: 'A-77' } } }],
    ...(['image', 'video', 'document'] as const).map((kind): [string, TemplateForm] => [`a header of ${kind}`, { ...order, header: { ...order.header, kind, handle: '4::aW1h' } }]),
    ['a picture that is not uploaded yet', { ...order, header: { ...order.header, kind: 'image' } }],
    ['a place', { ...order, header: { ...order.header, kind: 'location' } }],
    ['a footer', { ...order, footer: 'Reply STOP to opt out' }],
    ['every button', {
      ...order,
      category: 'MARKETING',
      buttons: [
        button('QUICK_REPLY', { text: 'Yes' }),
        button('QUICK_REPLY', { text: '' }),
        button('URL', { text: 'Shop', url: 'https://shop.example/' }),
        button('URL', { text: 'Track', url: 'https://shop.example/t/', dynamic: true, sample: 'A-77' }),
        button('URL', { text: 'Track', url: '', dynamic: true }),
        button('PHONE_NUMBER', { text: 'Call', phone: '+442079460000' }),
        button('COPY_CODE', { sample: 'SAVE10' }),
      ],
    }],
    ['a time to live', { ...order, ttl: '3600' }],
    ['a code that is copied', auth],
    ['no expiry, no security line', { ...auth, auth: { ...auth.auth, security: false, expiry: '' } }],
    ['an expiry that is no number', { ...auth, auth: { ...auth.auth, expiry: 'soon' } }],
    ['one tap', { ...auth, auth: { ...auth.auth, otp: 'ONE_TAP', autofill: 'Autofill', apps: APPS } }],
    ['one tap without an app', { ...auth, auth: { ...auth.auth, otp: 'ONE_TAP', apps: [] } }],
    ['zero tap', { ...auth, auth: { ...auth.auth, otp: 'ZERO_TAP', apps: [...APPS, { package_name: '', signature_hash: '' }], terms: true } }],
  ])('%s goes there and comes back', (_, form) => around(form))

  it('parts that the editor does not write are kept', () => {
    const offer = { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } }
    back({ name: 'a', language: 'en', category: 'MARKETING', components: [{ type: 'BODY', text: 'Hi' }, offer, { type: 'BUTTONS', buttons: [{ type: 'FLOW', text: 'Book', flow_id: '1' }, { type: 'VOICE_CALL', text: 'Call us' }] }] })
    back({ name: 'a', language: 'en', category: 'MARKETING', components: [{ type: 'BODY', text: 'Hi' }, { type: 'HEADER', format: 'PRODUCT' }] })
  })

  it('a variable in the middle of a link stays where it is', () => {
    back({ name: 'a', language: 'en', category: 'UTILITY', components: [{ type: 'BODY', text: 'Hi' }, { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Go', url: 'https://a.example/{{1}}/b' }] }] })
  })

  it('reads small letters, samples in any order and the whole address as a sample', () => {
    const form = fromTemplate({
      name: 'a', language: 'en', category: 'utility', parameter_format: 'named',
      components: [
        { type: 'header', text: 'Order {{order}}', example: { header_text_named_params: [{ param_name: 'order', example: 'A-77' }] } },
        { type: 'body', text: 'Hi {{a}} and {{b}}!', example: { body_text_named_params: [{ param_name: 'b', example: '2' }, { param_name: 'a', example: '1' }] } },
        { type: 'buttons', buttons: [{ type: 'url', text: 'Go', url: 'https://a.example/{{1}}', example: ['https://a.example/x'] }] },
      ],
    })
    expect(form).toMatchObject({ category: 'UTILITY', named: true, samples: { a: '1', b: '2' }, header: { kind: 'text', samples: { order: 'A-77' } } })
    expect(form.buttons[0]).toMatchObject({ url: 'https://a.example/', dynamic: true, sample: 'x' })
  })

  it('reads an authentication template as Meta reads it back', () => {
    const url = 'https://www.whatsapp.com/otp/code/?otp_type=ONE_TAP&cta_display_name=Autofill&package_name=com.example.shop&signature_hash=K8a%2FAINcGX7&code=otp{{1}}'
    const { auth } = fromTemplate({
      name: 'code', language: 'en', category: 'AUTHENTICATION',
      components: [
        { type: 'BODY', text: '*{{1}}* is your verification code. For your security, do not share this code.' },
        { type: 'FOOTER', text: 'This code expires in 5 minutes.' },
        { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Copy code', url }] },
      ],
    })
    expect(auth).toEqual({ security: true, expiry: '5', otp: 'ONE_TAP', text: 'Copy code', autofill: 'Autofill', apps: APPS, terms: false })
  })

  it('a sample that Meta reads back as an address has to be uploaded again', () => {
    const form = fromTemplate({ name: 'a', language: 'en', category: 'UTILITY', components: [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://scontent.example/a.png'] } }] })
    expect(form.header).toMatchObject({ kind: 'image', handle: '' })
  })
})

describe('the order of buttons', () => {
  const [a, b, link, call] = [button('QUICK_REPLY'), button('QUICK_REPLY'), button('URL'), button('PHONE_NUMBER')]
  const rows = [a, b, link, call]

  it('keeps quick replies together', () => {
    expect(isGrouped(rows)).toBe(true)
    expect(isGrouped([a, link, b])).toBe(false)
    const c = button('QUICK_REPLY')
    expect(withButton(rows, c)).toEqual([a, b, c, link, call])
    expect(withButton([link], a)).toEqual([link, a])
  })

  it('changes only in ways that Meta accepts', () => {
    expect(moved(rows, 0, 1)).toEqual([b, a, link, call])
    expect(moved(rows, 2, 1)).toEqual([link, call, a, b])
    expect(moved(rows, 1, 2)).toEqual([link, call, a, b])
    expect(moved(rows, 0, 9)).toEqual(rows)
    expect(moved([a, link, b], 0, 1)).toEqual([link, a, b])
    for (let from = 0; from < 4; from++) for (let to = 0; to < 4; to++) expect(isGrouped(moved(rows, from, to)), `${from} to ${to}`).toBe(true)
  })
})
