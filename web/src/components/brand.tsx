import icon from './icon.svg'

/** Our own mark; the name beside it is a brand setting. */
export function BrandMark({ className }: { className?: string }) {
  return <img src={icon} alt="" className={className} draggable={false} />
}
