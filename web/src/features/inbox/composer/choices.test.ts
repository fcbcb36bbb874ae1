import { describe, expect, it } from 'vitest'
import { choicesProblem, emptyChoices, interactiveOf } from './choices'
import { parsePair } from './location-dialog'

describe('buttons, lists and links', () => {
  it('are held to WhatsApp’s limits', () => {
    const base = { ...emptyChoices('button'), body: 'Choose' }
    expect(choicesProblem(emptyChoices('button'))).toEqual({ key: 'bodyMissing' })
    expect(choicesProblem(base)).toEqual({ key: 'buttonMissing' })
    expect(choicesProblem({ ...base, buttons: ['Yes', 'Yes'] })).toEqual({ key: 'buttonTwice' })
    expect(choicesProblem({ ...base, buttons: ['x'.repeat(21)] })).toEqual({ key: 'buttonLong', max: 20 })
    expect(choicesProblem({ ...base, buttons: ['Yes', ''] })).toBeUndefined()
    expect(choicesProblem({ ...emptyChoices('cta_url'), body: 'b', linkLabel: 'Open', link: 'x.test' })).toEqual({ key: 'linkMissing' })
    const list = { ...emptyChoices('list'), body: 'b', listButton: 'See', sections: [{ title: '', rows: [{ title: 'One', description: '' }] }, { title: 'B', rows: [{ title: 'Two', description: '' }] }] }
    expect(choicesProblem(list)).toEqual({ key: 'sectionMissing' })
    expect(choicesProblem(emptyChoices('location_request_message'))).toEqual({ key: 'bodyMissing' })
  })

  it('leave in WhatsApp’s own form, with ids that say what was tapped', () => {
    expect(interactiveOf({ ...emptyChoices('button'), body: ' Hi ', buttons: ['Yes, please', '', 'نعم'] })).toEqual({
      type: 'button', body: { text: 'Hi' },
      action: { buttons: [{ type: 'reply', reply: { id: 'yes-please', title: 'Yes, please' } }, { type: 'reply', reply: { id: 'نعم', title: 'نعم' } }] },
    })
    const list = interactiveOf({ ...emptyChoices('list'), body: 'b', listButton: 'See', sections: [{ title: 'S', rows: [{ title: 'Same', description: '' }, { title: 'Same', description: 'd' }, { title: ' ', description: 'lost' }] }] })
    expect(list.action).toEqual({ button: 'See', sections: [{ title: 'S', rows: [{ id: 'same', title: 'Same' }, { id: 'same-2', title: 'Same', description: 'd' }] }] })
  })
})

describe('a place', () => {
  it('is read from a pasted pair', () => {
    expect(parsePair('51.5074, -0.1278')).toEqual(['51.5074', '-0.1278'])
    expect(parsePair('51.5074')).toBeUndefined()
  })
})
