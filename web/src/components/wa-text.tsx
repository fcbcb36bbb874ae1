import { Fragment, type ReactNode } from 'react'
import { parseWhatsApp, type Piece } from '@/lib/wa-format'

interface WhatsAppTextProps {
  text: string
  dir?: 'ltr' | 'rtl' | 'auto'
  /** Draws plain text, where there is more to it than its letters. */
  plain?: (text: string) => ReactNode
  /** Links are drawn but lead nowhere: in a preview. */
  inert?: boolean
}

export function WhatsAppText({ text, dir = 'auto', plain, inert }: WhatsAppTextProps) {
  return (
    <span dir={dir} className="block break-words whitespace-pre-wrap">
      {render(parseWhatsApp(text), plain ?? ((text) => text), inert)}
    </span>
  )
}

function render(pieces: Piece[], plain: (text: string) => ReactNode, inert?: boolean): ReactNode {
  return pieces.map((piece, i) => {
    switch (piece.kind) {
      case 'text':
        return <Fragment key={i}>{plain(piece.text)}</Fragment>
      case 'bold':
        return <strong key={i} className="font-semibold">{render(piece.pieces, plain, inert)}</strong>
      case 'italic':
        return <em key={i}>{render(piece.pieces, plain, inert)}</em>
      case 'strike':
        return <s key={i}>{render(piece.pieces, plain, inert)}</s>
      case 'code':
        return <code key={i} className="rounded bg-current/8 px-1 font-mono text-[0.9em]">{render(piece.pieces, plain, inert)}</code>
      case 'link':
        return inert ? (
          <span key={i} className="wrap-anywhere underline underline-offset-2">{plain(piece.text)}</span>
        ) : (
          <a key={i} href={piece.href} target="_blank" rel="noreferrer noopener" className="wrap-anywhere underline underline-offset-2">
            {piece.text}
          </a>
        )
    }
  })
}
