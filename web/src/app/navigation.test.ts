import { describe, expect, it } from 'vitest'
import type { Access } from '@/lib/session'
import { allowedRoutes, startPath } from './navigation'

const access = (modules: string[], permissions: string[], simulator = false): Access => ({ can: (permission) => permissions.includes(permission), module: (name) => modules.includes(name), simulator })
const paths = (who: Access) => allowedRoutes(who).map((route) => route.path)

describe('navigation', () => {
  it('starts at the first entry that the session may use', () => {
    expect(startPath(access(['messaging', 'contacts'], ['messages:read', 'contacts:read']))).toBe('/inbox')
    expect(startPath(access(['contacts'], ['messages:read', 'contacts:read']))).toBe('/contacts')
    expect(startPath(access([], []))).toBe('/developers')
  })

  it('offers a page only where its module is on and the session may read', () => {
    expect(paths(access(['messaging'], ['contacts:read', 'channels:read']))).toEqual(['/numbers', '/developers'])
    expect(paths(access([], [], true))).toEqual(['/developers', '/simulator'])
  })

  it('keeps pages for those who have not signed in out of the shell', () => {
    expect(paths(access(['messaging', 'contacts'], ['messages:read', 'contacts:read', 'channels:read'], true))).not.toContain('/sign-in')
  })
})
