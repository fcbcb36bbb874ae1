import { WhatsAppText } from '@/components/wa-text'
import { useDrawing } from './drawing'

/** Each variable becomes one character that no mark is made of, so that marks around it are read as they will be around its value. */
const FIRST = 0xe000
const HELD = /([\ue000-\ue0ff])/

/** A text with WhatsApp's marks, and in the place of its braces what fills them. `slot`: what the keys of its variables begin with. */
export function PhoneText({ text, slot }: { text: string; slot: string }) {
  const { dir } = useDrawing()
  const names: string[] = []
  const held = text.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (whole, name: string) => (names.length < 256 ? String.fromCharCode(FIRST + names.push(name) - 1) : whole))
  const plain = (piece: string) =>
    piece.split(HELD).map((part, i) => {
      const name = i % 2 === 1 ? names[part.charCodeAt(0) - FIRST] : undefined
      return name === undefined ? part : <Variable key={i} name={name} slot={slot + name} />
    })
  return <WhatsAppText text={held} dir={dir} plain={plain} inert />
}

function Variable({ name, slot }: { name: string; slot: string }) {
  const { blank } = useDrawing()
  return blank(slot) ?? <span dir="ltr" className="rounded-sm bg-(--sim-blank) px-0.5 text-(--sim-blank-text)">{`{{${name}}}`}</span>
}
