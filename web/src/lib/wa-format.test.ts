import { describe, expect, it } from 'vitest'
import { parseWhatsApp, type Piece } from './wa-format'

/** The same grammar as patterns, which may take very long on long texts: what the parser must agree with on short ones. */
function byPatterns(text: string): Piece[] {
  return split(
    text,
    /```([\s\S]+?)```|`([^`\n]+)`/,
    (m) => [{ kind: 'code', pieces: [{ kind: 'text', text: (m[1] ?? m[2] ?? '').replace(/^\n|\n$/g, '') }] }],
    (rest) => split(rest, /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/, (m) => [{ kind: 'link', text: m[0], href: m[0] }], marksByPatterns),
  )
}

function marksByPatterns(text: string): Piece[] {
  const kinds = { '*': 'bold', _: 'italic', '~': 'strike' } as const
  return split(
    text,
    /(^|[\s\p{P}])([*_~])(?=\S)([^\n]*?\S)\2(?=$|[\s\p{P}])/u,
    (m) => [...(m[1] ? [{ kind: 'text', text: m[1] } as const] : []), { kind: kinds[m[2] as keyof typeof kinds], pieces: marksByPatterns(m[3] ?? '') }],
    (rest) => [{ kind: 'text', text: rest }],
  )
}

function split(text: string, pattern: RegExp, onMatch: (m: RegExpExecArray) => Piece[], onRest: (rest: string) => Piece[]): Piece[] {
  const out: Piece[] = []
  let rest = text
  for (let match = pattern.exec(rest); match; match = pattern.exec(rest)) {
    if (match.index > 0) out.push(...onRest(rest.slice(0, match.index)))
    out.push(...onMatch(match))
    rest = rest.slice(match.index + match[0].length)
  }
  if (rest) out.push(...onRest(rest))
  return out
}

/** Numbers that are the same in every run. */
function numbers(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const TOKENS = ['*', '_', '~', '`', '```', ' ', '\n', 'a', 'Z', '(', ')', '.', '!', 'http://', 'https://x.y/', 'http', '😀', '𐄀', 'ñ', 'م', '"', '*', '~~']

describe('WhatsApp marks', () => {
  it('are read as their patterns say', () => {
    const next = numbers(7)
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + next(14) }, () => TOKENS[next(TOKENS.length)]).join('')
      expect(parseWhatsApp(text), JSON.stringify(text)).toEqual(byPatterns(text))
    }
  })

  it('cost work in proportion to the text, whatever it holds', () => {
    const units = ['*a ', ' *a', '_a', '~a ~', '*', '`', '```', '`a\n', '```a ', 'http://', 'http://.', 'http://a ', '*_~a', ' ~a', '(*a', '*a\n', '~', 'a*', '* ', 'http']
    const steps = (unit: string, tail: string, size: number) => {
      const work = { steps: 0 }
      // The last quarter is the tail's.
      const fill = (part: string, length: number) => part.repeat(Math.ceil(length / part.length)).slice(0, length)
      parseWhatsApp(fill(unit, (size / 4) * 3) + fill(tail, size / 4), work)
      return work.steps
    }
    for (const unit of units)
      for (const tail of ['~', '*', '.', '`', ')', 'a']) {
        const whole = steps(unit, tail, 65_536)
        // Each level of marks looks at a character a few times, and there are few levels.
        expect(whole, `${unit}…${tail}`).toBeLessThan(65_536 * 120)
        // Eight times the text is about eight times the work; with a loop in a loop it would be 64 times.
        expect(whole, `${unit}…${tail}`).toBeLessThan(steps(unit, tail, 8_192) * 16)
      }
  })

  it('nest no deeper than anybody means', () => {
    const deep = (pieces: Piece[]): number => Math.max(0, ...pieces.map((piece) => ('pieces' in piece ? 1 + deep(piece.pieces) : 0)))
    expect(deep(parseWhatsApp(`${'~'.repeat(30_000)}a${'~'.repeat(30_000)}`))).toBe(16)
  })
})
