import { Fragment, type ReactNode } from 'react'
import { parseWhatsApp, type Piece } from '@/lib/wa-format'

export function WhatsAppText({ text }: { text: string }) {
  return (
    <span dir="auto" className="block break-words whitespace-pre-wrap">
      {render(parseWhatsApp(text))}
    </span>
  )
}

function render(pieces: Piece[]): ReactNode {
  return pieces.map((piece, i) => {
    switch (piece.kind) {
      case 'text':
        return <Fragment key={i}>{piece.text}</Fragment>
      case 'bold':
        return <strong key={i} className="font-semibold">{render(piece.pieces)}</strong>
      case 'italic':
        return <em key={i}>{render(piece.pieces)}</em>
      case 'strike':
        return <s key={i}>{render(piece.pieces)}</s>
      case 'code':
        return <code key={i} className="rounded bg-foreground/8 px-1 font-mono text-[0.9em]">{render(piece.pieces)}</code>
      case 'link':
        return (
          <a key={i} href={piece.href} target="_blank" rel="noreferrer noopener" className="wrap-anywhere underline underline-offset-2">
            {piece.text}
          </a>
        )
    }
  })
}
