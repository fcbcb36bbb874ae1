import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import i18next from 'i18next'
import ar from '@/i18n/ar.json'
import { localPreview, PREVIEW_WORDS } from './preview'

beforeAll(async () => {
  await i18next.init({ lng: 'ar', resources: { ar: { translation: ar } }, interpolation: { escapeValue: false } })
})

describe('the line of a last message', () => {
  it('knows each word that the server writes for a message without words', () => {
    const said = ['../modules/messaging/src/service/preview.rs', '../crates/cloud-api/src/webhook/message.rs'].flatMap((file) => {
      const source = readFileSync(file, 'utf8').split('#[cfg(test)]')[0] ?? ''
      const captioned = [...source.matchAll(/(?:captioned|with)\(\s*"[^"]+",\s*"([^"]+)"/g)].map((m) => m[1])
      const alone = [...source.matchAll(/=> (?:\{\s*)?"([^"]+)"\.to_owned\(\)/g)].map((m) => m[1]?.replace(/^\p{Extended_Pictographic}\uFE0F? /u, ''))
      return [...captioned, ...alone]
    })
    expect(said.length).toBeGreaterThan(20)
    expect([...new Set(said)].filter((word) => !PREVIEW_WORDS.includes(word ?? ''))).toEqual([])
  })

  it('is said in the reader’s language; the customer’s own words stay', () => {
    expect(localPreview('📷 Photo')).toBe(`📷 ${ar.previews.image}`)
    expect(localPreview('🎤 Voice message')).toBe(`🎤 ${ar.previews.voice}`)
    expect(localPreview('Reacted ❤️')).toBe(ar.previews.reacted.replace('{{emoji}}', '❤️'))
    expect(localPreview('🛒 Order, 2 items')).toContain('2')
    expect(localPreview('Edited: 📷 Photo')).toContain(ar.previews.image)
    for (const line of ['📷 receipt', 'Photo of the cup', 'Reacted badly to it', '📋 order_update', '']) expect(localPreview(line)).toBe(line)
  })
})
