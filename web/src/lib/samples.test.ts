import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepSample, keepSampleOf, sampleFiles } from './samples'

const pictured = (handle: string, id?: string) => ({ id, components: [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: [handle] } }] })

describe('samples of headers', () => {
  let made = 0
  const revoked: string[] = []
  beforeEach(() => {
    vi.stubGlobal('URL', Object.assign(class extends URL {}, { createObjectURL: () => `blob:${++made}`, revokeObjectURL: (url: string) => revoked.push(url) }))
  })
  afterEach(() => vi.unstubAllGlobals())

  it('are shown by their handle, and by the template once WhatsApp reads back an address', () => {
    keepSample('4::a', new Blob())
    expect(sampleFiles(pictured('4::a'))).toEqual({ header_media: 'blob:1' })
    keepSampleOf('tpl_1', pictured('4::a'))
    expect(sampleFiles(pictured('https://scontent.example/a', 'tpl_1'))).toEqual({ header_media: 'blob:1' })
    expect(sampleFiles(pictured('https://scontent.example/a', 'tpl_2'))).toBeUndefined()
    expect(sampleFiles(pictured('4::other', 'tpl_1'))).toBeUndefined()
    expect(sampleFiles({ components: [] })).toBeUndefined()
  })

  it('are let go when there are many', () => {
    for (let n = 0; n < 25; n++) keepSample(`4::many${n}`, new Blob())
    expect(revoked).toContain('blob:1')
    expect(sampleFiles(pictured('4::a'))).toBeUndefined()
    expect(sampleFiles(pictured('https://scontent.example/a', 'tpl_1'))).toBeUndefined()
    expect(sampleFiles(pictured('4::many24'))).toBeDefined()
  })
})
