import { FileText, Image as ImageIcon, type LucideIcon, MapPin, Play, ShoppingBag } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ShownHeader } from '@/lib/shown'
import { useDrawing } from './drawing'
import { PhoneText } from './phone-text'

/** A picture reaches nearly to the edge of the bubble. */
const WIDE = '-mx-1.5 -mt-0.5 mb-1.5'

/** The header of a message. Its file is drawn from an address of ours, or as a placeholder. */
export function PhoneHeader({ header, prefix }: { header: ShownHeader; prefix: string }) {
  const { t } = useTranslation()
  const { dir, files, blank } = useDrawing()
  const own = files?.[`${prefix}header_media`]
  switch (header.type) {
    case 'text':
      return <div className="mb-0.5 font-semibold"><PhoneText text={header.text ?? ''} slot={`${prefix}header_`} /></div>
    case 'image':
    case 'gif':
      return (
        <div className={WIDE}>
          {own ? <img src={own} alt={t('kinds.image')} className="max-h-56 w-full rounded-lg object-cover" /> : <Placeholder icon={ImageIcon} label={t('kinds.image')} />}
          {blank(`${prefix}header_media`)}
        </div>
      )
    case 'video':
      return (
        <div className={WIDE}>
          {own ? <video src={own} muted playsInline preload="metadata" aria-label={t('kinds.video')} className="max-h-56 w-full rounded-lg bg-black object-contain" /> : <Placeholder icon={Play} label={t('kinds.video')} round />}
          {blank(`${prefix}header_media`)}
        </div>
      )
    case 'document':
      return (
        <div className={WIDE}>
          <div className="flex items-center gap-2.5 rounded-lg bg-(--sim-sunk) px-2.5 py-3">
            <FileText className="size-7 shrink-0 text-(--sim-file)" strokeWidth={1.5} aria-hidden />
            <bdi className="min-w-0 truncate text-[0.8125rem]">{header.filename ?? t('kinds.document')}</bdi>
          </div>
          {blank(`${prefix}header_media`)}
        </div>
      )
    case 'location':
      return (
        <div className={WIDE}>
          <div className="overflow-hidden rounded-lg bg-(--sim-sunk)">
            <div className="sim-map grid h-28 place-items-center"><MapPin className="size-8 -translate-y-2 fill-(--sim-file) text-white" strokeWidth={1.5} aria-hidden /></div>
            <div className="px-2.5 py-1.5 text-[0.8125rem]">
              <p dir={dir ?? 'auto'} className="font-medium wrap-anywhere">{header.name || t('kinds.location')}</p>
              {header.address && <p dir={dir ?? 'auto'} className="text-xs text-(--sim-meta) wrap-anywhere">{header.address}</p>}
            </div>
          </div>
          {blank(`${prefix}header_location`)}
        </div>
      )
    case 'product':
      return (
        <div className={WIDE}>
          <Placeholder icon={ShoppingBag} label={header.product_retailer_id ?? t('kinds.product')} />
          {blank(`${prefix}header_product`)}
        </div>
      )
    default:
      return null
  }
}

function Placeholder({ icon: Icon, label, round }: { icon: LucideIcon; label: string; round?: boolean }) {
  return (
    <div className="sim-picture grid h-36 place-items-center content-center gap-1.5 rounded-lg text-xs">
      <span className={round ? 'grid size-11 place-items-center rounded-full bg-black/55 text-white' : undefined}>
        <Icon className={round ? 'size-5 fill-current' : 'size-7'} strokeWidth={1.5} aria-hidden />
      </span>
      {label}
    </div>
  )
}
