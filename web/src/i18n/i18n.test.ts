import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import ar from './ar.json'
import en from './en.json'

type Tree = { [key: string]: string | Tree }

const flatten = (tree: Tree, prefix = ''): Map<string, string> =>
  new Map(Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[prefix + key, value] as [string, string]] : [...flatten(value, `${prefix}${key}.`)])))

/** Arabic has six plural forms where English has two: the forms differ, the keys must not. */
const base = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '')
const english = flatten(en)
const arabic = flatten(ar)
const bases = (keys: Map<string, string>) => [...new Set([...keys.keys()].map(base))].sort()

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(dir, entry.name)) : /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [join(dir, entry.name)] : [],
  )
}

describe('translations', () => {
  it('have the same keys in every language', () => {
    expect(bases(arabic)).toEqual(bases(english))
  })

  it('have every plural form their language needs', () => {
    for (const key of bases(english).filter((k) => english.has(`${k}_other`) || english.has(`${k}_one`))) {
      expect(['one', 'other'].filter((form) => !english.has(`${key}_${form}`)), key).toEqual([])
      expect(['zero', 'one', 'two', 'few', 'many', 'other'].filter((form) => !arabic.has(`${key}_${form}`)), key).toEqual([])
    }
  })

  it('fill the same blanks', () => {
    const blanks = (value: string) => [...new Set([...value.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]))].filter((b) => b !== 'count' && b !== 'formatted').sort()
    for (const [key, value] of english) if (!/_(one|other)$/.test(key)) expect(blanks(arabic.get(key) ?? ''), key).toEqual(blanks(value))
  })

  it('exist for every key the screens name', () => {
    const known = new Set(bases(english))
    const missing: string[] = []
    for (const file of sources('src')) {
      for (const [, key] of readFileSync(file, 'utf8').matchAll(/['"]((?:[a-z][A-Za-z]+)\.[A-Za-z_.]+)['"]/g)) {
        const section = key?.split('.')[0] ?? ''
        if (key && section in en && !known.has(key)) missing.push(`${file}: ${key}`)
      }
    }
    expect(missing).toEqual([])
  })
})
