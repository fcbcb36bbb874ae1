import { beforeAll, describe, expect, it } from 'vitest'
import i18next from 'i18next'
import type { Finding } from '@/api/template-writing'
import ar from '@/i18n/ar.json'
import { toTemplate } from './convert'
import arabic from './findings.ar.json'
import english from './findings.en.json'
import { bySeverity, fieldOf, findingWords, placed } from './findings'
import { blankButton, blankForm } from './form'

const finding = (code: string, parameters = {}, more: Partial<Finding> = {}): Finding => ({ code, path: 'name', severity: 'refused', parameters, message: 'As the server says', ...more })
const blanks = (words: string) => [...new Set(words.match(/\{+\w+\}+/g))].sort()

beforeAll(() => i18next.init({ lng: 'ar', resources: { ar: { translation: ar } }, interpolation: { escapeValue: false } }))

describe('words of findings', () => {
  it('are there in both languages for the same rules, with the same blanks', () => {
    expect(Object.keys(english).length).toBeGreaterThan(80)
    expect(Object.keys(arabic).sort()).toEqual(Object.keys(english).sort())
    for (const [code, words] of Object.entries(english)) expect(blanks(arabic[code as keyof typeof arabic]), code).toEqual(blanks(words))
    for (const [code, words] of Object.entries(arabic)) expect(words, code).toMatch(/[\u0600-\u06ff]/)
  })

  it('are filled in; what is no parameter stays as it is', async () => {
    expect(findingWords(finding('body_too_long', { length: 1100, limit: 1024 }))).toMatch(/1,100.*1,024/)
    expect(findingWords(finding('category_conflict', { category: 'MARKETING' }))).toContain(ar.words.whatsapp.marketing)
    await i18next.changeLanguage('en')
    expect(findingWords(finding('var_malformed', { value: '{{1}' }))).toBe('“{{1}” is not a variable. Write {{1}}.')
    expect(findingWords(finding('var_malformed', { value: '{code} $&' }))).toBe('“{code} $&” is not a variable. Write {{1}}.')
    expect(findingWords(finding('of_tomorrow'))).toBe('As the server says')
  })

  it('come by how grave they are', () => {
    const found = placed([finding('a', {}, { severity: 'advice' }), finding('b'), finding('c', {}, { severity: 'likely_refused' })], toTemplate(blankForm()), [])
    expect(bySeverity(found).map(({ code }) => code)).toEqual(['b', 'c', 'a'])
  })
})

describe('the field of a finding', () => {
  const buttons = [blankButton('QUICK_REPLY'), blankButton('URL')]
  const form = blankForm({ header: { kind: 'text', text: 'A', samples: {}, handle: '', file: '' }, body: 'B', footer: 'C', buttons })
  const at = (path: string, code = 'x') => fieldOf({ path, code }, toTemplate(form), buttons)

  it('is found by the path in Meta’s body', () => {
    expect(['name', 'language', 'category', 'message_send_ttl_seconds'].map((path) => at(path))).toEqual(['name', 'language', 'category', 'form'])
    expect(['components[0].text', 'components[0].example', 'components[0].format'].map((path) => at(path))).toEqual(['header.text', 'header.samples', 'header.kind'])
    expect(['components[1].text', 'components[1].example'].map((path) => at(path))).toEqual(['body', 'samples'])
    expect(at('components[2].text')).toBe('footer')
    expect(at('components[3].buttons')).toBe('buttons')
    expect(at('components[3].buttons[0].text')).toBe(`button.${buttons[0]?.id}.text`)
    expect(at('components[3].buttons[1].url')).toBe(`button.${buttons[1]?.id}.url`)
    expect(at('components[3].buttons[1].example')).toBe(`button.${buttons[1]?.id}.sample`)
    expect(at('components', 'body_missing')).toBe('body')
    expect(at('components[9].cards')).toBe('form')
  })

  it('of a picture is its sample', () => {
    const template = toTemplate({ ...form, header: { ...form.header, kind: 'image' } })
    expect(fieldOf({ path: 'components[0].example', code: 'media_handle_missing' }, template, [])).toBe('header.file')
  })

  it('of an authentication template is among its own', () => {
    const template = toTemplate(blankForm({ category: 'AUTHENTICATION', auth: { ...form.auth, otp: 'ONE_TAP', expiry: '200' } }))
    const at = (path: string) => fieldOf({ path, code: 'x' }, template, [])
    expect(at('components[1].code_expiration_minutes')).toBe('auth.expiry')
    expect(at('components[2].buttons[0].supported_apps')).toBe('auth.apps')
    expect(at('components[2].buttons[0].supported_apps[0].signature_hash')).toBe('auth.apps.0.signature_hash')
    expect(at('components[2].buttons[0].zero_tap_terms_accepted')).toBe('auth.terms')
  })
})
