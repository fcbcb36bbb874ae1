import { describe, expect, it } from 'vitest'
import { converted, freeName, isSequential, length, metaName, nextNumber, renumbered, sampleOrder, variableName, variablesIn } from './variables'

describe('variables', () => {
  it('are found once, with blanks in their braces or without', () => {
    expect(variablesIn('Hi {{1}}, {{ 2 }}, {{1}} and {{}}')).toEqual(['1', '2'])
    expect(variablesIn('{{first_name}} {{1')).toEqual(['first_name'])
  })

  it('have their samples by number, or as they appear', () => {
    expect(sampleOrder('{{10}} {{2}} {{x}} {{1}}', false)).toEqual(['1', '2', '10'])
    expect(sampleOrder('{{b}} {{a}}', true)).toEqual(['b', 'a'])
  })

  it('get the next number, or a name that is free', () => {
    expect(nextNumber('')).toBe(1)
    expect(nextNumber('{{2}} {{x}}')).toBe(3)
    expect(freeName('{{a}} {{a_2}}', 'a')).toBe('a_3')
    expect(variableName('1 First näme')).toBe('first_name')
  })

  it('are numbered anew without gaps, samples with them', () => {
    expect(isSequential('{{2}} {{1}}')).toBe(true)
    expect(isSequential('{{1}} {{3}}')).toBe(false)
    expect(renumbered({ text: '{{3}} {{1}}', samples: { 1: 'a', 3: 'c' } })).toEqual({ text: '{{2}} {{1}}', samples: { 1: 'a', 2: 'c' } })
  })

  it('go from numbers to names and back, samples with them', () => {
    const names = converted({ text: 'Hi {{1}}, {{2}}', samples: { 1: 'a', 2: 'b' } }, true)
    expect(names).toEqual({ text: 'Hi {{value_1}}, {{value_2}}', samples: { value_1: 'a', value_2: 'b' } })
    expect(converted(names, false)).toEqual({ text: 'Hi {{1}}, {{2}}', samples: { 1: 'a', 2: 'b' } })
  })
})

describe('a template’s name', () => {
  it('takes Meta’s form while it is typed', () => {
    expect(metaName('Order Update – März 2027!')).toBe('order_update_marz_2027_')
    expect(metaName('ÅÉ')).toBe('ae')
    expect(metaName('طلب 5')).toBe('_5')
    expect(metaName('x'.repeat(600))).toHaveLength(600)
  })
})

it('characters are counted as Meta counts them', () => {
  expect(length('a🌷b')).toBe(3)
})
