import { Contact, FileText, Image as ImageIcon, LayoutTemplate, type LucideIcon, MapPin, Mic, MousePointerClick, Settings2, ShoppingBag, Smile, Sticker, TriangleAlert, Video } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { bodyOf, type Carried, contactNames, inner, interactiveParts, locationOf, safeLink } from '@/lib/content'
import { record, text } from '@/lib/utils'
import { WhatsAppText } from './wa-text'

/**
 * What a message says, in the bubble, for every kind WhatsApp has: those we cannot draw are said in words.
 * `ownPhone`: on the phone it was written on, where advice to an agent makes no sense.
 */
export function MessageContent({ message, ownPhone }: { message: Carried; ownPhone?: boolean }) {
  const { t } = useTranslation()
  const body = inner(message)
  switch (message.type) {
    case 'text':
      return <WhatsAppText text={bodyOf(message) ?? ''} />
    case 'image':
      return <Picture key={text(body.link)} link={safeLink(body.link)} caption={text(body.caption)} />
    case 'sticker':
      return <Picture link={safeLink(body.link)} sticker />
    case 'template':
      return <TemplateBody message={message} />
    case 'location':
      return <Place message={message} />
    case 'audio':
    case 'voice':
      return <Labelled icon={Mic} label={body.voice === true || message.type === 'voice' ? t('kinds.voice') : t('kinds.audio')} />
    case 'video':
      return <Labelled icon={Video} label={t('kinds.video')}>{text(body.caption) && <WhatsAppText text={text(body.caption) ?? ''} />}</Labelled>
    case 'document':
      return (
        <Labelled icon={FileText} label={text(body.filename) ?? t('kinds.document')} href={safeLink(body.link)}>
          {text(body.caption) && <WhatsAppText text={text(body.caption) ?? ''} />}
        </Labelled>
      )
    case 'contacts':
      return <Labelled icon={Contact} label={contactNames(message).join(', ') || t('kinds.contacts')} />
    case 'reaction':
      return <Labelled icon={Smile} label={text(body.emoji) ? t('kinds.reacted', { emoji: body.emoji }) : t('kinds.reactionRemoved')} />
    case 'button':
      return <Labelled icon={MousePointerClick} label={bodyOf(message) ?? t('kinds.button')} />
    case 'interactive':
      return <Interactive message={message} />
    case 'order':
      return <Labelled icon={ShoppingBag} label={t('kinds.order')} />
    case 'system':
      return <Labelled icon={Settings2} label={bodyOf(message) ?? t('kinds.system')} />
    default:
      return ownPhone ? <Labelled icon={TriangleAlert} label={t('sim.samples.unsupported')} /> : <Unsupported />
  }
}

function Labelled({ icon: Icon, label, href, children }: { icon: LucideIcon; label: string; href?: string; children?: ReactNode }) {
  return (
    <span className="block space-y-1">
      <span className="flex items-center gap-2">
        <span className="grid size-8 shrink-0 place-items-center rounded-full bg-foreground/8">
          <Icon className="size-4" aria-hidden />
        </span>
        {href ? (
          <a href={href} target="_blank" rel="noreferrer noopener" className="min-w-0 break-words underline underline-offset-2">
            {label}
          </a>
        ) : (
          <span dir="auto" className="min-w-0 break-words">{label}</span>
        )}
      </span>
      {children}
    </span>
  )
}

function Picture({ link, caption, sticker }: { link?: string; caption?: string; sticker?: boolean }) {
  const { t } = useTranslation()
  const [broken, setBroken] = useState(false)
  const label = sticker ? t('kinds.sticker') : t('kinds.image')
  return (
    <span className="block space-y-1.5">
      {link && !broken ? (
        <a href={link} target="_blank" rel="noreferrer noopener" className="block overflow-hidden rounded-md bg-foreground/5">
          <img
            src={link}
            alt={caption ?? label}
            loading="lazy"
            referrerPolicy="no-referrer"
            onError={() => setBroken(true)}
            className={sticker ? 'size-28 object-contain' : 'max-h-72 min-h-24 w-64 max-w-full object-cover'}
          />
        </a>
      ) : (
        <span className="flex w-56 max-w-full flex-col items-center gap-1.5 rounded-md bg-foreground/6 px-3 py-6 text-center text-xs opacity-80">
          {sticker ? <Sticker className="size-6" aria-hidden /> : <ImageIcon className="size-6" strokeWidth={1.5} aria-hidden />}
          {broken ? t('kinds.imageBroken') : label}
          {broken && link && (
            <a href={link} target="_blank" rel="noreferrer noopener" className="underline underline-offset-2">
              {t('kinds.openLink')}
            </a>
          )}
        </span>
      )}
      {caption && <WhatsAppText text={caption} />}
    </span>
  )
}

function TemplateBody({ message }: { message: Carried }) {
  const { t } = useTranslation()
  const body = inner(message)
  const name = text(body.name) ?? text(record(body.template).name)
  return (
    <span className="block space-y-1">
      <span className="flex items-center gap-1.5 text-[0.6875rem] font-medium opacity-65">
        <LayoutTemplate className="size-3" aria-hidden />
        {name ? t('kinds.templateNamed', { name }) : t('kinds.template')}
      </span>
      {message.text ? <WhatsAppText text={message.text} /> : <span className="block italic opacity-80">{t('kinds.templateSent')}</span>}
    </span>
  )
}

function Place({ message }: { message: Carried }) {
  const { t } = useTranslation()
  const place = locationOf(message)
  if (!place) return <Labelled icon={MapPin} label={t('kinds.location')} />
  const coordinates = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`
  return (
    <Labelled icon={MapPin} label={place.name ?? t('kinds.location')}>
      {place.address && <span dir="auto" className="block">{place.address}</span>}
      <a
        className="tnum ltr-isolate inline-block text-xs underline underline-offset-2 opacity-80"
        href={`https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=16/${place.latitude}/${place.longitude}`}
        target="_blank"
        rel="noreferrer noopener"
      >
        {coordinates}
      </a>
    </Labelled>
  )
}

function Interactive({ message }: { message: Carried }) {
  const { t } = useTranslation()
  const parts = interactiveParts(message)
  if (parts.chosen) return <Labelled icon={MousePointerClick} label={parts.chosen} />
  return (
    <span className="block space-y-1">
      {parts.header && <strong className="block font-semibold">{parts.header}</strong>}
      <WhatsAppText text={parts.body ?? bodyOf(message) ?? t('kinds.interactive')} />
      {parts.footer && <span className="block text-xs opacity-70">{parts.footer}</span>}
      {parts.options.map((option) => (
        <span key={option} className="block rounded-md border border-foreground/15 px-2 py-1 text-center text-[0.8125rem] font-medium">{option}</span>
      ))}
    </span>
  )
}

function Unsupported() {
  const { t } = useTranslation()
  return (
    <span className="flex items-start gap-2">
      <TriangleAlert className="mt-0.5 size-4 shrink-0 opacity-70" aria-hidden />
      <span>
        <span className="block">{t('kinds.unsupported')}</span>
        <span className="block text-xs opacity-75">{t('kinds.unsupportedAdvice')}</span>
      </span>
    </span>
  )
}
