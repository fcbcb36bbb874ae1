import { describe, expect, it, vi } from 'vitest'
import type { Feature } from '@/lib/feature'
import type { Access } from '@/lib/session'
import { allowedRoutes, startPath } from './navigation'

vi.mock('./features', () => {
  const page = (path: string, more: object = {}) => ({ path, Page: () => null, ...more })
  const mayRead = ({ can, module }: Access) => module('shop') && can('things:read')
  const entry = { icon: 'svg', label: 'label', key: 'k' }
  const features = [
    { routes: [page('/sign-in', { public: true }), page('/open/:id'), page('/open')], nav: [{ ...entry, href: '/open', order: 2, allowed: ({ simulator }: Access) => simulator }] },
    { routes: [page('/things/:id?', { allowed: mayRead })], nav: [{ ...entry, href: '/things', order: 1, allowed: mayRead }] },
  ]
  return { features: features as unknown as Feature[] }
})

const access = (modules: string[], permissions: string[], simulator = false): Access => ({ can: (permission) => permissions.includes(permission), module: (name) => modules.includes(name), simulator })
const reader = access(['shop'], ['things:read'], true)
const nobody = access(['shop'], [])

describe('navigation', () => {
  it('starts at the first entry in order that the session may use', () => {
    expect(startPath(reader)).toBe('/things')
    expect(startPath(access([], ['things:read'], true))).toBe('/open')
  })

  it('starts at the first page without parameters when there is no entry', () => {
    expect(startPath(nobody)).toBe('/open')
  })

  it('has the pages that the session may open, and none for those who have not signed in', () => {
    expect(allowedRoutes(reader).map((route) => route.path)).toEqual(['/open/:id', '/open', '/things/:id?'])
    expect(allowedRoutes(nobody).map((route) => route.path)).toEqual(['/open/:id', '/open'])
  })
})
