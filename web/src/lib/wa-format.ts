/**
 * WhatsApp's inline marks: *bold*, _italic_, ~strike~, ```mono```, `code`, and links. Pure, so it can be tested.
 *
 * What a customer wrote is read here, so the work is linear in its length: every loop below goes forward only.
 */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'code'; pieces: Piece[] }
  | { kind: 'link'; text: string; href: string }

/** Counts characters looked at, for the test of the bound. */
export interface Work {
  steps: number
}

const KIND = { '*': 'bold', _: 'italic', '~': 'strike' } as const
type Mark = keyof typeof KIND
const isMark = (c: string | undefined): c is Mark => c === '*' || c === '_' || c === '~'

/** Marks within marks; deeper ones are shown as they were written. */
const DEEPEST = 16
const FENCE = '```'
const SPACE = /\s/
const EDGE = /[\s\p{P}]/u
const WORD = /\w/
/** What an address cannot contain, and what it does not end with. */
const NO_ADDRESS = /[\s<>"']/
const AFTER_ADDRESS = '.,;:!?)]}'

export function parseWhatsApp(text: string, work: Work = { steps: 0 }): Piece[] {
  const out: Piece[] = []
  let start = 0
  let at = 0
  let fences = true
  while (at < text.length) {
    work.steps++
    if (text[at] !== '`') {
      at++
      continue
    }
    let open = at + 1
    let close = -1
    let end = -1
    if (fences && text.startsWith(FENCE, at)) {
      close = text.indexOf(FENCE, at + FENCE.length + 1)
      // Found, it is passed by; not found, there is none further on either.
      work.steps += (close < 0 ? text.length : close) - at
      fences = close >= 0
      open = at + FENCE.length
      end = close + FENCE.length
    }
    if (close < 0) {
      open = close = at + 1
      while (close < text.length && text[close] !== '`' && text[close] !== '\n') close++
      work.steps += close - at
      if (text[close] !== '`' || close === open) {
        at = Math.max(close, at + 1)
        continue
      }
      end = close + 1
    }
    out.push(...links(text.slice(start, at), work))
    out.push({ kind: 'code', pieces: [{ kind: 'text', text: text.slice(open, close).replace(/^\n|\n$/g, '') }] })
    start = at = end
  }
  out.push(...links(text.slice(start), work))
  return out
}

function links(text: string, work: Work): Piece[] {
  const out: Piece[] = []
  let start = 0
  for (let at = text.indexOf('http'); at >= 0; at = text.indexOf('http', at)) {
    let begin = at + 4
    if (text[begin] === 's') begin++
    if (!text.startsWith('://', begin) || (at > start && WORD.test(text[at - 1] ?? ''))) {
      at += 4
      continue
    }
    begin += 3
    let end = begin
    while (end < text.length && !NO_ADDRESS.test(text[end] ?? '')) end++
    work.steps += end - at
    const after = end
    while (end > begin && AFTER_ADDRESS.includes(text[end - 1] ?? '')) end--
    if (end - begin < 2) {
      at = after
      continue
    }
    out.push(...marks(text.slice(start, at), 0, work))
    out.push({ kind: 'link', text: text.slice(at, end), href: text.slice(at, end) })
    start = at = end
  }
  work.steps += text.length
  out.push(...marks(text.slice(start), 0, work))
  return out
}

function marks(text: string, depth: number, work: Work): Piece[] {
  if (!text) return []
  const plain = (from: number, to: number): Piece[] => (to > from ? [{ kind: 'text', text: text.slice(from, to) }] : [])
  if (depth === DEEPEST) return plain(0, text.length)
  const out: Piece[] = []
  const closers = { '*': closersOf(text, '*', work), _: closersOf(text, '_', work), '~': closersOf(text, '~', work) }
  const lines = newlines(text, work)
  let start = 0
  let at = 0
  while (at < text.length) {
    work.steps++
    const mark = text[at]
    const lead = at > start ? before(text, at, start) : ''
    if (!isMark(mark) || (lead && !EDGE.test(lead)) || SPACE.test(text[at + 1] ?? ' ')) {
      at++
      continue
    }
    const close = closers[mark](at + 2)
    if (close < 0 || lines(at) < close) {
      at++
      continue
    }
    out.push(...plain(start, at - lead.length), ...plain(at - lead.length, at))
    out.push({ kind: KIND[mark], pieces: marks(text.slice(at + 1, close), depth + 1, work) })
    start = at = close + 1
  }
  out.push(...plain(start, text.length))
  return out
}

/** The whole character before a place. */
function before(text: string, at: number, start: number): string {
  const pair = at - 2 >= start ? text.slice(at - 2, at) : ''
  return pair && (pair.codePointAt(0) ?? 0) > 0xffff ? pair : text.slice(at - 1, at)
}

/** Where a mark next ends what it began, from a place on, or -1. Places may only grow from call to call. */
function closersOf(text: string, mark: Mark, work: Work): (from: number) => number {
  let at = 0
  const ends = (at: number) => !SPACE.test(text[at - 1] ?? ' ') && (at + 1 === text.length || EDGE.test(String.fromCodePoint(text.codePointAt(at + 1) ?? 0)))
  return (from) => {
    at = Math.max(at, from)
    while (at < text.length && !(text[at] === mark && ends(at))) {
      work.steps++
      at++
    }
    return at < text.length ? at : -1
  }
}

/** Where the line ends that a place is in. Places may only grow from call to call. */
function newlines(text: string, work: Work): (from: number) => number {
  let at = 0
  return (from) => {
    at = Math.max(at, from)
    while (at < text.length && text[at] !== '\n') {
      work.steps++
      at++
    }
    return at
  }
}
