/** WhatsApp's inline marks: *bold*, _italic_, ~strike~, ```mono```, `code`, and links. Pure, so it can be tested. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'code'; pieces: Piece[] }
  | { kind: 'link'; text: string; href: string }

const CODE = /```([\s\S]+?)```|`([^`\n]+)`/
const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/
const MARK = /(^|[\s\p{P}])([*_~])(?=\S)([^\n]*?\S)\2(?=$|[\s\p{P}])/u
const KIND = { '*': 'bold', _: 'italic', '~': 'strike' } as const

export function parseWhatsApp(text: string): Piece[] {
  return split(text, CODE, (m) => [{ kind: 'code', pieces: [{ kind: 'text', text: (m[1] ?? m[2] ?? '').replace(/^\n|\n$/g, '') }] }], (rest) =>
    split(rest, LINK, (m) => [{ kind: 'link', text: m[0], href: m[0] }], marks),
  )
}

function marks(text: string): Piece[] {
  return split(
    text,
    MARK,
    (m) => {
      const kind = KIND[m[2] as keyof typeof KIND]
      const lead: Piece[] = m[1] ? [{ kind: 'text', text: m[1] }] : []
      return [...lead, { kind, pieces: marks(m[3] ?? '') }]
    },
    (rest) => [{ kind: 'text', text: rest }],
  )
}

function split(text: string, pattern: RegExp, onMatch: (m: RegExpExecArray) => Piece[], onRest: (rest: string) => Piece[]): Piece[] {
  const out: Piece[] = []
  let rest = text
  for (;;) {
    const match = pattern.exec(rest)
    if (!match || match[0] === '') break
    if (match.index > 0) out.push(...onRest(rest.slice(0, match.index)))
    out.push(...onMatch(match))
    rest = rest.slice(match.index + match[0].length)
  }
  if (rest) out.push(...onRest(rest))
  return out
}
