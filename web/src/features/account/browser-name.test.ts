import { expect, it } from 'vitest'
import { browserOf } from './browser-name'

it('names browsers that pretend to be others', () => {
  const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'
  expect(browserOf(chrome)).toEqual({ name: 'Chrome', system: 'Windows', phone: false })
  expect(browserOf(`${chrome} Edg/150.0.0.0`)?.name).toBe('Edge')
  expect(browserOf('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1')).toEqual({ name: 'Safari', system: 'iPhone', phone: true })
  expect(browserOf('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toEqual({ name: 'Firefox', system: 'Linux', phone: false })
  expect(browserOf('curl/8.5')).toBeUndefined()
  expect(browserOf(undefined)).toBeUndefined()
})
