import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { features } from './features'

const twice = <T>(all: T[]) => all.filter((one, at) => all.indexOf(one) !== at)
const nav = features.flatMap((feature) => feature.nav ?? [])
const routes = features.flatMap((feature) => feature.routes ?? [])

const folders = Object.values(import.meta.glob('/src/features/*/index.ts', { eager: true, import: 'default' }))
const sources = Object.values(import.meta.glob<string>(['/src/**/*.{ts,tsx}', '!/src/**/*.test.*'], { eager: true, query: '?raw', import: 'default' }))

describe('the list of features', () => {
  it('has every folder of features/', () => {
    expect(new Set(features)).toEqual(new Set(folders))
  })

  it('has no address, place or shortcut of the navigation twice', () => {
    expect(twice(routes.map((route) => route.path))).toEqual([])
    for (const of of ['href', 'order', 'key'] as const) expect(twice<string | number>(nav.map((entry) => entry[of])), of).toEqual([])
  })

  it('has a page for each entry of the navigation', () => {
    const paths = routes.map((route) => route.path.replace(/\/:\w+\?$/, ''))
    expect(nav.map((entry) => entry.href).filter((href) => !paths.includes(href))).toEqual([])
  })

  it('asks for permissions by the names the server has', () => {
    const document = readFileSync('../openapi/openapi.json', 'utf8')
    const known = new Set([...document.matchAll(/"x-permission": "([^"]+)"/g)].map((m) => m[1]))
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
