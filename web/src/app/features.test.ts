import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Feature } from '@/lib/feature'
import { features } from './features'

const twice = <T>(all: T[]) => all.filter((one, at) => all.indexOf(one) !== at)
const nav = features.flatMap((feature) => feature.nav ?? [])
const settings = features.flatMap((feature) => feature.settings ?? [])
const routes = features.flatMap((feature) => feature.routes ?? [])

const folders = Object.entries(import.meta.glob<Feature>('/src/features/*/index.ts', { eager: true, import: 'default' })).map(([path, feature]) => [path.split('/')[3] ?? '', feature] as const)
const bySource = import.meta.glob<string>(['/src/**/*.{ts,tsx}', '!/src/**/*.test.*'], { eager: true, query: '?raw', import: 'default' })
const sources = Object.values(bySource)

describe('the list of features', () => {
  it('has every folder of features/', () => {
    expect(new Set(features)).toEqual(new Set(folders.map(([, feature]) => feature)))
  })

  it('has no address, place or shortcut of the navigation twice', () => {
    expect(twice(routes.map((route) => route.path))).toEqual([])
    for (const of of ['href', 'order'] as const) expect(twice<string | number>(nav.map((entry) => entry[of])), of).toEqual([])
    expect(twice([...nav, ...settings].flatMap(({ key }) => key ?? []))).toEqual([])
    expect(twice(settings.map(({ group, order }) => `${group} ${order}`))).toEqual([])
  })

  it('has a page for each entry of the navigation and of Settings', () => {
    const paths = routes.map((route) => route.path.replace(/\/:\w+\?$/, ''))
    expect(nav.map((entry) => entry.href).filter((href) => !paths.includes(href))).toEqual([])
    const inside = settings.filter(({ external }) => !external).map((entry) => entry.href)
    expect(inside.filter((href) => !paths.includes(href) || !href.startsWith('/settings/'))).toEqual([])
  })

  it('sends addresses that pages had before to pages there are', () => {
    const paths = routes.map((route) => route.path)
    const moved = features.flatMap((feature) => Object.entries(feature.moved ?? {}))
    expect(moved.filter(([from, to]) => paths.includes(from) || !paths.includes(to))).toEqual([])
  })

  it('lists every key that a page binds among its shortcuts', () => {
    for (const [path, source] of Object.entries(bySource)) {
      const folder = /^\/src\/features\/(\w+)\//.exec(path)?.[1]
      const bound = [...source.matchAll(/useHotkeys\(\{([\s\S]*?)\n? *\}(?:,[^)]*)?\)/g)].flatMap((m) => [...(m[1] ?? '').matchAll(/(?:^|[\s{])(?:'([^']+)'|(\w+)): *\(/g)].map((key) => key[1] ?? key[2] ?? ''))
      if (!folder || bound.length === 0) continue
      const index = folders.find(([name]) => name === folder)?.[1]
      const listed = (index?.shortcuts ?? []).flatMap((group) => group.rows.flatMap((row) => row.keys))
      const names: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' }
      const missing = bound.filter((key) => !listed.includes(names[key] ?? key.toUpperCase()) && !/^(Home|End|PageUp|PageDown)$/.test(key))
      expect(missing, path).toEqual([])
    }
  })

  it('asks for permissions by the names the server has', () => {
    const document = readFileSync('../openapi/openapi.json', 'utf8')
    // Some are named by the descriptions of operations only.
    const known = new Set([...document.matchAll(/"x-permission": "([^"]+)"|`(\w+:\w+)`/g)].map((m) => m[1] ?? m[2]))
    const asked = sources.flatMap((source) => [...source.matchAll(/\bcan\('([^']+)'\)/g)].map((m) => m[1]))
    expect(asked.length).toBeGreaterThan(10)
    expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([])
  })

  it('asks for modules by the names the server has', () => {
    const known = readdirSync('../modules')
    const asked = sources.flatMap((source) => [...source.matchAll(/\bmodule\('([^']+)'\)/g)].map((m) => m[1] ?? ''))
    expect(asked.length).toBeGreaterThan(5)
    expect([...new Set(asked)].filter((name) => !known.includes(name))).toEqual([])
  })
})
