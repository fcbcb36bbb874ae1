import { describe, expect, it } from 'vitest'
import { bodyType } from '@/api/upload'
import { headline, peopleOf } from './content'
import { checkFile, fileKind, fileOf, kindOf } from './files'
import { answerOf, interactiveView, orderOf } from './interactive-view'
import { extrasOf } from './message-extras'
import { webmToOgg } from './webm-ogg'

describe('files', () => {
  it('are held to WhatsApp’s sizes before they leave, and to its types by the server', () => {
    expect(checkFile({ type: 'image/jpeg', size: 4 * 1024 * 1024 }, 'image')).toBeUndefined()
    expect(checkFile({ type: 'image/jpeg', size: 6 * 1024 * 1024 }, 'image')).toMatchObject({ problem: 'size' })
    expect(checkFile({ type: '', size: 0 }, 'document')).toEqual({ problem: 'empty' })
    expect(checkFile({ type: 'audio/ogg; codecs=opus', size: 9 }, 'audio')).toBeUndefined()
    for (const type of ['image/gif', 'image/x-webp', 'image/jpg', '']) expect(checkFile({ type, size: 9 }, 'image'), type).toBeUndefined()
  })

  it('go as documents within the limit of what they are', () => {
    for (const type of ['', 'image/heic', 'audio/wav', 'video/webm', 'text/csv', 'application/json', 'image/svg+xml', 'application/pdf', 'image/png', 'audio/x-m4a', 'video/quicktime']) expect(checkFile({ type, size: 9 }, 'document'), type).toBeUndefined()
    expect(checkFile({ type: 'image/png', size: 6 * 1024 * 1024 }, 'document')).toMatchObject({ problem: 'size', max: 5 * 1024 * 1024 })
    expect(checkFile({ type: 'application/pdf', size: 99 * 1024 * 1024 }, 'document')).toBeUndefined()
  })

  it('travel under a type that the server does not take for something else', () => {
    expect([bodyType({ type: 'application/json' }), bodyType({ type: '' }), bodyType({ type: 'text/csv' })]).toEqual(['application/octet-stream', 'application/octet-stream', 'text/csv'])
  })

  it('go as what they are, else as a document', () => {
    for (const type of ['audio/x-m4a', 'audio/m4a', 'audio/mp3', 'audio/x-mpeg', 'audio/opus', 'audio/x-aac', 'application/ogg']) expect(kindOf({ type, size: 9 }), type).toBe('audio')
    expect([kindOf({ type: 'image/jpg', size: 9 }), kindOf({ type: '', name: 'Memo.M4A', size: 9 })]).toEqual(['image', 'audio'])
    expect([kindOf({ type: 'image/png', size: 9 }), kindOf({ type: 'video/mp4', size: 9 }), kindOf({ type: 'video/mp4', size: 99_000_000 }), kindOf({ type: 'image/gif', size: 9 }), kindOf({ type: 'image/webp', size: 9 })]).toEqual(['image', 'video', 'document', 'document', 'sticker'])
    expect([fileKind('application/pdf', undefined), fileKind(undefined, 'list.XLSX'), fileKind('application/octet-stream', 'x')]).toEqual(['pdf', 'sheet', 'other'])
  })

  it('are shown from where they are, and only from safe addresses', () => {
    expect(fileOf({ type: 'image', content: { link: 'javascript:alert(1)' } }).url).toBeUndefined()
    expect(fileOf({ type: 'image', content: { link: 'https://x.test/a/b%20c.png' } })).toMatchObject({ url: 'https://x.test/a/b%20c.png', name: 'b c.png' })
    expect(fileOf({ type: 'image', content: { id: '77' } }, true).url).toBe('/_sim/media/77')
  })
})

describe('what customers answer', () => {
  it('is read out of choices, forms and orders', () => {
    expect(answerOf({ type: 'list_reply', list_reply: { id: 'a', title: 'Tea', description: 'green' } })).toEqual({ kind: 'choice', title: 'Tea', description: 'green' })
    expect(answerOf({ nfm_reply: { name: 'flow', response_json: '{"flow_token":"t","screen_0_First_name_0":"Ana","guests":3,"extras":["0_Late_checkout"],"terms":true}' } })).toEqual({
      kind: 'form', name: 'flow', fields: [{ label: 'First name', value: 'Ana' }, { label: 'Guests', value: '3' }, { label: 'Extras', value: 'Late checkout' }, { label: 'Terms', value: '✓' }],
    })
    expect(answerOf({ nfm_reply: { response_json: '{broken' } })).toMatchObject({ kind: 'form', fields: [{ value: '{broken' }] })
    expect(orderOf({ product_items: [{ product_retailer_id: 'a', quantity: 2, item_price: 9.9, currency: 'GBP' }, { product_retailer_id: 'b', quantity: 1, item_price: 0.2, currency: 'GBP' }] }).totals).toEqual([{ currency: 'GBP', amount: 20 }])
    expect(answerOf({ type: 'button', body: { text: 'x' } })).toBeUndefined()
  })
})

describe('interactive messages', () => {
  it('show what they offer, and say when they are not known', () => {
    const list = interactiveView({ type: 'list', body: { text: 'Pick' }, action: { button: 'See', sections: [{ title: 'A', rows: [{ id: '1', title: 'Row' }] }] } })
    expect(list.sheet).toEqual({ button: 'See', sections: [{ title: 'A', rows: [{ title: 'Row', description: undefined }] }] })
    expect(interactiveView({ type: 'cta_url', action: { parameters: { display_text: 'Open', url: 'https://x.test' } } }).buttons).toEqual([{ title: 'Open', kind: 'link', url: 'https://x.test' }])
    expect(interactiveView({ type: 'carousel', action: { cards: [{ type: 'cta_url', body: { text: 'One' } }] } }).cards[0]?.body).toBe('One')
    expect(interactiveView({ type: 'brand_new' }).known).toBe(false)
    expect(interactiveView(null).known).toBe(false)
  })
})

describe('what comes along', () => {
  it('is forwarded, referred and put in one line', () => {
    expect(extrasOf({ type: 'text', content: { context: { frequently_forwarded: true } } }).forwarded).toBe('often')
    expect(extrasOf({ type: 'text', content: null })).toMatchObject({ forwarded: undefined, deleted: false })
    expect(headline({ type: 'contacts', content: [{ name: { formatted_name: 'Ana Lima' } }, { name: { first_name: 'Bo' } }] })).toBe('Ana Lima, Bo')
    expect(peopleOf({ type: 'contacts', content: { contacts: [{ name: {}, phones: [{ phone: '+44 1' }] }] } })[0]?.name).toBe('+44 1')
  })
})

describe('a recording', () => {
  const element = (id: number[], body: number[]) => [...id, 0x40 | (body.length >> 8), body.length & 0xff, ...body]

  it('moves from WebM into Ogg with its sound untouched', () => {
    const packet = [0x78, 1, 2, 3]
    const head = [...new TextEncoder().encode('OpusHead'), 1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]
    const track = element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x63, 0xa2], head)))
    const cluster = element([0x1f, 0x43, 0xb6, 0x75], [...element([0xa3], [0x81, 0, 0, 0x80, ...packet]), ...element([0xa3], [0x81, 0, 20, 0x80, ...packet])])
    // A live recording's segment is of unknown length.
    const ogg = webmToOgg(new Uint8Array([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...track, ...cluster]))
    const asText = new TextDecoder('latin1').decode(ogg)
    expect(asText.match(/OggS/g)?.length).toBe(3)
    expect(asText.indexOf('OpusHead')).toBe(28)
    expect(asText).toContain('OpusTags')
    expect([...ogg.slice(-8)]).toEqual([...packet, ...packet])
    const last = asText.lastIndexOf('OggS')
    expect(ogg[last + 5]).toBe(4)
    // Two packets of 20 ms at 48 kHz.
    expect(new DataView(ogg.buffer).getBigUint64(last + 6, true)).toBe(1920n)
    expect(() => webmToOgg(new Uint8Array([1, 2, 3]))).toThrow()
  })
})
