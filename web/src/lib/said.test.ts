import { beforeAll, describe, expect, it } from 'vitest'
import i18next from 'i18next'
import ar from '@/i18n/ar.json'
import arCodes from '@/i18n/codes.ar.json'
import enCodes from '@/i18n/codes.en.json'
import en from '@/i18n/en.json'
import arTerms from '@/i18n/terms.ar.json'
import enTerms from '@/i18n/terms.en.json'
import type { Sentence } from '@/lib/said'
import openapi from '../../../openapi/openapi.json'
import { codeOf, codeWords, details, say, titled } from './said'

beforeAll(async () => {
  await i18next.init({
    lng: 'ar',
    resources: { en: { translation: en, codes: enCodes, terms: enTerms }, ar: { translation: ar, codes: arCodes, terms: arTerms } },
    interpolation: { escapeValue: false },
  })
})

const param = (name: string, kind: string, value: string) => ({ name, kind, value }) as NonNullable<Sentence['params']>[number]

const HELD: Sentence[] = [
  { term: 'code', params: [param('code', 'code', '131042')] },
  { term: 'refused', params: [param('said', 'text', 'Pay the bill'), param('code', 'code', '131042')] },
]

describe('what the server says', () => {
  it('has words for each of its terms and none besides', () => {
    const terms = [...openapi.components.schemas.Term.enum].sort()
    expect(terms.length).toBeGreaterThan(100)
    expect(Object.keys(enTerms).sort()).toEqual(terms)
    expect(Object.keys(arTerms).sort()).toEqual(terms)
  })

  it('has the same codes in both languages, each with title and advice', () => {
    expect(Object.keys(arCodes).sort()).toEqual(Object.keys(enCodes).sort())
    for (const [code, words] of [...Object.entries(arCodes), ...Object.entries(enCodes)]) expect(words.title && words.advice, code).toBeTruthy()
  })

  it('is said in the reader’s language, names and times in their places', async () => {
    const restricted: Sentence[] = [{ term: 'restricted_now' }, { term: 'may_not_write_first_until', params: [param('until', 'time', '2026-12-01T00:00:00Z')] }]
    expect(say(restricted, 'x')).toMatch(/^قيّد واتساب الحساب. لا يمكنه بدء المحادثات مع الناس حتى .*2026/)
    expect(say([{ term: 'template_filed', params: [param('template', 'text', '“summer”'), param('category', 'word', 'MARKETING')] }])).toBe('فئة القالب \u2068“summer”\u2069 الآن: تسويق')
    expect(say([{ term: 'limit_rose_to', params: [param('limit', 'people', '-1')] }])).toContain(ar.words.anyNumber)
    await i18next.changeLanguage('en')
    expect(say(restricted)).toMatch(/cannot start conversations until .*2026/)
    expect(say([{ term: 'rule_broken', params: [param('rule', 'word', 'OF_TOMORROW')] }])).toContain('of tomorrow')
    await i18next.changeLanguage('ar')
  })

  it('says a code once, and WhatsApp’s own words only in the details', () => {
    expect(say(HELD)).toBe(`${arCodes['131042'].title}. ${arCodes['131042'].advice}`)
    expect(details(HELD)).toContain('Pay the bill')
    expect(codeOf(HELD)).toBe(131042)
    expect(titled(HELD, 'x').title).toBe(arCodes['131042'].title)
    expect(titled([{ term: 'pair_limit' }], 'لم تُرسل')).toEqual({ title: 'لم تُرسل', advice: arTerms.pair_limit })
  })

  it('falls back: a term of a newer server is English, a code that nobody documents has general words', () => {
    expect(say([{ term: 'of_tomorrow' as Sentence['term'] }], 'As the server says')).toBe('\u2068As the server says\u2069')
    expect(codeWords(999_999)).toEqual(arCodes.unknown)
    expect(codeWords(294)).toEqual(arCodes.permission)
  })
})
