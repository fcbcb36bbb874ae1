import { describe, expect, it } from 'vitest'

type Tree = { [key: string]: string | Tree }

/** Sections that are tables: each feature adds its own rows. Every other section stands in one file. */
const TABLES = ['errors', 'modules', 'permissions', 'scopes']

const flatten = (tree: Tree, prefix = ''): Map<string, string> =>
  new Map(Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[prefix + key, value] as [string, string]] : [...flatten(value, `${prefix}${key}.`)])))

const words = import.meta.glob<Tree>(['/src/i18n/{en,ar}.json', '/src/features/**/{en,ar}.json'], { eager: true, import: 'default' })
const folders = [...new Set(Object.keys(words).map((path) => path.replace(/\/\w+\.json$/, '')))]
const files = folders.map((folder) => ({ folder, english: flatten(words[`${folder}/en.json`] ?? {}), arabic: flatten(words[`${folder}/ar.json`] ?? {}) }))

/** Arabic has six plural forms where English has two: the forms differ, the keys must not. */
const base = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '')
const bases = (keys: Map<string, string>) => [...new Set([...keys.keys()].map(base))].sort()
const section = (key: string) => key.split('.')[0] ?? ''

const known = files.flatMap(({ english }) => bases(english))
const owner = new Map(files.flatMap(({ folder, english }) => bases(english).map((key) => [section(key), folder] as const)))

/** The end of `${…}` that begins at `from`. */
function closing(text: string, from: number) {
  for (let at = from + 2, open = 1; at < text.length; at++) {
    if (text[at] === '{') open++
    if (text[at] === '}' && --open === 0) return at
  }
  return text.length
}

/** A template literal as a pattern of the keys it may become. */
function pattern(text: string): string {
  let shape = ''
  for (let at = 0; at < text.length && text[at] !== '`'; at++) {
    if (text.startsWith('${', at)) {
      at = closing(text, at)
      shape += '*'
    } else shape += text[at]
  }
  return shape
}

/** What a source names: keys, and patterns of keys with `*` for a part that is known when it runs. */
function named(source: string): string[] {
  const literal = [...source.matchAll(/(['"`])([a-z]\w*(?:\.\w+)+)\1/g)].map((m) => m[2] ?? '')
  const templates = [...source.matchAll(/`(?=[a-z]\w*\.[\w.]*\$\{)/g)].map((m) => pattern(source.slice(m.index + 1)))
  // Other texts have dots as well; what goes to `t` is a key whatever it looks like.
  const said = [...source.matchAll(/\bt\('([\w.]+)'/g)].map((m) => m[1] ?? '')
  return [...said, ...[...literal, ...templates].filter((key) => owner.has(section(key)))]
}

const matcher = (key: string) => new RegExp(`^${key.replaceAll('.', '\\.').replaceAll('*', '[\\w-]+')}$`)
const sources = import.meta.glob<string>(['/src/**/*.{ts,tsx}', '!/src/**/*.test.*', '!/src/api/schema.d.ts'], { eager: true, query: '?raw', import: 'default' })
const uses = Object.entries(sources).map(([file, source]) => ({ file, keys: named(source) }))

describe('translations', () => {
  it('are found', () => {
    expect(files.length).toBeGreaterThan(5)
    expect(uses.length).toBeGreaterThan(100)
  })

  it.each(files)('of $folder have the same keys in every language', ({ english, arabic }) => {
    expect(bases(arabic)).toEqual(bases(english))
  })

  it.each(files)('of $folder have every plural form their language needs', ({ english, arabic }) => {
    for (const key of bases(english).filter((k) => english.has(`${k}_other`) || english.has(`${k}_one`))) {
      expect(['one', 'other'].filter((form) => !english.has(`${key}_${form}`)), key).toEqual([])
      expect(['zero', 'one', 'two', 'few', 'many', 'other'].filter((form) => !arabic.has(`${key}_${form}`)), key).toEqual([])
    }
  })

  it.each(files)('of $folder fill the same blanks', ({ english, arabic }) => {
    const blanks = (value: string) => [...new Set([...value.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]))].filter((b) => b !== 'count' && b !== 'formatted').sort()
    for (const [key, value] of english) if (!/_(one|other)$/.test(key)) expect(blanks(arabic.get(key) ?? ''), key).toEqual(blanks(value))
  })

  it('have one place: no key twice, and a section that is not a table in one file', () => {
    expect(known.filter((key, at) => known.indexOf(key) !== at)).toEqual([])
    expect(files.flatMap(({ folder, english }) => bases(english).filter((key) => !TABLES.includes(section(key)) && owner.get(section(key)) !== folder))).toEqual([])
  })

  it('exist for every key the sources name', () => {
    const all = new Set(known)
    const exists = (key: string) => {
      if (!key.includes('*')) return all.has(key)
      const pattern = matcher(key)
      return known.some((k) => pattern.test(k))
    }
    expect(uses.flatMap(({ file, keys }) => keys.filter((key) => !exists(key)).map((key) => `${file}: ${key}`))).toEqual([])
  })

  it('are all used', () => {
    const used = uses.flatMap(({ keys }) => keys.map(matcher))
    expect(known.filter((key) => !used.some((use) => use.test(key)))).toEqual([])
  })

  it('of a feature are used by that feature only', () => {
    const foreign = uses.flatMap(({ file, keys }) =>
      keys.filter((key) => !TABLES.includes(section(key)) && owner.get(section(key)) !== '/src/i18n' && !file.startsWith(`${owner.get(section(key)) ?? ''}/`)).map((key) => `${file}: ${key}`),
    )
    expect(foreign).toEqual([])
  })
})
