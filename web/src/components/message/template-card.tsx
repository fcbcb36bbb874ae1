import { CalendarClock, Copy, ExternalLink, FileText, Image as ImageIcon, LayoutTemplate, List, type LucideIcon, MapPin, Phone, PhoneCall, Reply, ShoppingBag, SquarePen, Video } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { safeLink } from '@/lib/content'
import { type FileView, namedFile } from '@/lib/files'
import { formatDateTime } from '@/lib/format'
import type { TemplateButton, TemplateHeader, TemplateView } from '@/lib/template-view'
import { cn } from '@/lib/utils'
import { WhatsAppText } from '../wa-text'
import { OfferedButton, Overline } from './bits'
import { DocumentFile } from './document'
import { useFileActions } from './file-context'
import { PlaceCard } from './place'
import { PictureFile, VideoFile } from './visual'

const ICONS: Record<string, LucideIcon> = {
  URL: ExternalLink, PHONE_NUMBER: Phone, COPY_CODE: Copy, OTP: Copy, FLOW: SquarePen, CATALOG: ShoppingBag, MPM: List, SPM: ShoppingBag, VOICE_CALL: PhoneCall, QUICK_REPLY: Reply,
}

const FILES = new Set(['IMAGE', 'GIF', 'VIDEO', 'DOCUMENT', 'LOCATION'])

/** A template with all its parts, in a bubble or in the picker. `file`: the file of its header, when we hold it. */
export function TemplateCard({ view, name, file, preview }: { view: TemplateView; name?: string; file?: FileView; preview?: boolean }) {
  const { t } = useTranslation()
  const { inSimulator } = useFileActions()
  // The customer's phone shows no names of templates, and draws quick replies itself, to be pressed.
  const own = inSimulator ? { ...view, buttons: view.buttons.filter((button) => button.type !== 'QUICK_REPLY') } : view
  return (
    <span className={cn('block', FILES.has(view.header?.format ?? '') && 'w-72 max-w-full')}>
      {name && !inSimulator && <Overline icon={LayoutTemplate}>{t('kinds.templateNamed', { name })}</Overline>}
      <TemplateBody view={own} file={file} preview={preview} />
      {view.cards.length > 0 && (
        <span role="group" aria-label={t('kinds.carousel')} tabIndex={0} className="thin-scroll mt-2 flex max-w-full snap-x gap-2 overflow-x-auto pb-1.5">
          {view.cards.map((card, i) => (
            <span key={i} className="block w-52 shrink-0 snap-start overflow-hidden rounded-lg border border-foreground/10 bg-bubble-in p-2 text-foreground">
              <TemplateBody view={card} preview={preview} />
            </span>
          ))}
        </span>
      )}
    </span>
  )
}

function TemplateBody({ view, file, preview }: { view: TemplateView; file?: FileView; preview?: boolean }) {
  const { t } = useTranslation()
  return (
    <span className="block space-y-1.5">
      {view.header && <Header header={view.header} file={file} />}
      {view.offer && (
        <span className="flex items-center gap-2.5 rounded-lg bg-foreground/5 px-2.5 py-2">
          <CalendarClock className="size-5 shrink-0 text-primary" aria-hidden />
          <span className="min-w-0 text-[0.8125rem]">
            <span dir="auto" className="align-ui block font-medium">{view.offer.text}</span>
            {view.offer.until ? <span className="block text-xs opacity-75">{t('kinds.offerUntil', { date: formatDateTime(new Date(view.offer.until).toISOString()) })}</span> : null}
            {view.offer.code && <span className="block text-xs opacity-75">{t('kinds.code', { code: view.offer.code })}</span>}
          </span>
        </span>
      )}
      {view.code && !view.body.includes(view.code) && <span className="tnum block text-center text-lg font-semibold tracking-widest">{view.code}</span>}
      {view.body && <WhatsAppText text={view.body} />}
      {view.footer && <span dir="auto" className="align-ui block text-xs opacity-70">{view.footer}</span>}
      {view.buttons.length > 0 && (
        <span className="-mx-1 block divide-y divide-foreground/10 border-t border-foreground/10">
          {view.buttons.map((button, i) => <TemplateButtonRow key={i} button={button} link={!preview} />)}
        </span>
      )}
    </span>
  )
}

function TemplateButtonRow({ button, link }: { button: TemplateButton; link: boolean }) {
  const { t } = useTranslation()
  const label = button.text || t(`kinds.templateButtons.${button.type.toLowerCase()}`, { defaultValue: t('kinds.button') })
  const more = button.type === 'URL' ? button.url : button.type === 'PHONE_NUMBER' ? button.phone : button.code ? t('kinds.code', { code: button.code }) : undefined
  const href = link && button.type === 'URL' && !button.url?.includes('{{') ? safeLink(button.url) : undefined
  return <OfferedButton icon={ICONS[button.type] ?? Reply} title={more} href={href}>{label}</OfferedButton>
}

function Header({ header, file }: { header: TemplateHeader; file?: FileView }) {
  const { t } = useTranslation()
  const { inSimulator } = useFileActions()
  const shown = file ?? namedFile({ link: header.link, media_id: header.mediaId, filename: header.filename }, inSimulator)
  switch (header.format) {
    case 'TEXT':
      return header.text ? <strong dir="auto" className="align-ui block font-semibold">{header.text}</strong> : null
    case 'IMAGE':
    case 'GIF':
      return shown.url || shown.id || file ? <PictureFile file={shown} /> : <Blank icon={ImageIcon} label={t('kinds.image')} />
    case 'VIDEO':
      return shown.url || shown.id || file ? <VideoFile file={shown} /> : <Blank icon={Video} label={t('kinds.video')} />
    case 'DOCUMENT':
      return shown.url || shown.id || file || header.filename ? <DocumentFile file={shown} /> : <Blank icon={FileText} label={t('kinds.document')} />
    case 'LOCATION':
      return header.location ? <PlaceCard place={header.location} /> : <Blank icon={MapPin} label={t('kinds.location')} />
    case 'PRODUCT':
      return <Blank icon={ShoppingBag} label={t('kinds.product')} />
    default:
      return null
  }
}

function Blank({ icon: Icon, label }: { icon: LucideIcon; label: string }) {
  return (
    <span className="grid h-28 w-full min-w-44 place-items-center content-center gap-1 rounded-lg bg-foreground/6 text-xs opacity-80">
      <Icon className="size-6" strokeWidth={1.5} aria-hidden />
      {label}
    </span>
  )
}
