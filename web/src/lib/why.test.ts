import { describe, expect, it } from 'vitest'
import ar from '@/i18n/ar.json'
import en from '@/i18n/en.json'
import { codeIn, whyOf } from './why'

describe('why a message failed', () => {
  it('is said in words for what WhatsApp refuses most, and left to the server otherwise', () => {
    const said = (code: number) => whyOf(code, ((key: string) => key) as never)
    for (const code of [131026, 131047, 131049, 131050, 131053, 132001, 190, 368]) {
      const reason = said(code)?.title.split('.')[2] ?? ''
      expect(en.failure.why).toHaveProperty(`${reason}.title`)
      expect(ar.failure.why).toHaveProperty(`${reason}.advice`)
    }
    expect(said(138000)).toBeUndefined()
    expect(whyOf(undefined, ((key: string) => key) as never)).toBeUndefined()
  })

  it('is read off the end of a reason in words', () => {
    expect(codeIn('Open WhatsApp Manager. (WhatsApp said: Business account has been locked, code 131031)')).toBe(131031)
    expect(codeIn('Pay the bill. (code 131042)')).toBe(131042)
    expect(codeIn('WhatsApp disabled the account. Ask for a review.')).toBeUndefined()
  })
})
