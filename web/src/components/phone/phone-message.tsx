import { CalendarClock, Copy, ExternalLink, List, type LucideIcon, Phone, PhoneCall, Reply, ShoppingBag, SquarePen } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Shown, ShownButton } from '@/lib/shown'
import { cn } from '@/lib/utils'
import { type Drawing, DrawingContext, useDrawing } from './drawing'
import { PhoneHeader } from './phone-header'
import { PhoneText } from './phone-text'

interface PhoneMessageProps {
  shown: Shown
  dir?: 'ltr' | 'rtl'
  time: string
  files?: Record<string, string>
  blank?: (slot: string) => ReactNode
  authentication?: boolean
}

/** One message as the chat shows it: a bubble, and under it the cards of a carousel. */
export function PhoneMessage({ shown, dir, time, files, blank, authentication }: PhoneMessageProps) {
  const { t } = useTranslation()
  const drawing: Drawing = { dir, files, blank: (slot) => blank?.(authentication && slot.startsWith('body_') ? 'otp' : slot) }
  return (
    <DrawingContext.Provider value={drawing}>
      <div data-phone-message className="space-y-1.5">
        <Bubble shown={shown} prefix="" time={time} tail />
        {!!shown.cards?.length && (
          <div role="group" aria-label={t('phone.cards', { count: shown.cards.length })} tabIndex={0} className="thin-scroll relative flex snap-x gap-2 overflow-x-auto pb-2">
            {shown.cards.map((card, i) => (
              <div key={i} role="group" aria-label={t('phone.card', { n: i + 1 })} className="w-52 shrink-0 snap-start">
                <Bubble shown={card} prefix={`card${i}_`} wide />
              </div>
            ))}
          </div>
        )}
      </div>
    </DrawingContext.Provider>
  )
}

interface BubbleProps {
  shown: Shown
  /** What the keys of its slots begin with: a card's `card0_`. */
  prefix: string
  time?: string
  tail?: boolean
  wide?: boolean
}

function Bubble({ shown, prefix, time, tail, wide }: BubbleProps) {
  const { t } = useTranslation()
  const { dir, blank } = useDrawing()
  const file = !!shown.header && shown.header.type !== 'text'
  const offered = blank(`${prefix}offer_until`)
  return (
    <div className={cn('sim-bubble w-fit', (file || wide || shown.buttons.length > 0) && 'w-full')} style={wide ? { maxWidth: '100%' } : { maxWidth: '88%' }} data-direction="to_user" data-tail={tail}>
      {shown.header && <PhoneHeader header={shown.header} prefix={prefix} />}
      <div className="space-y-1">
        {shown.offer !== undefined && (
          <div className="flex items-center gap-2.5 rounded-lg bg-(--sim-sunk) px-2.5 py-2">
            <CalendarClock className="size-6 shrink-0 text-(--sim-accent)" strokeWidth={1.75} aria-hidden />
            <div className="min-w-0 text-[0.8125rem]">
              <p dir={dir ?? 'auto'} className="font-semibold wrap-anywhere">{shown.offer}</p>
              {offered ?? <p className="text-xs text-(--sim-meta)">{t('phone.offerEnds')}</p>}
              {shown.buttons.map((button, i) => button.type === 'COPY_CODE' && button.code && <p key={i} className="text-xs text-(--sim-meta)">{t('kinds.code', { code: button.code })}</p>)}
            </div>
          </div>
        )}
        {shown.body && <PhoneText text={shown.body} slot={`${prefix}body_`} />}
        {shown.footer && <p dir={dir ?? 'auto'} className="text-xs whitespace-pre-wrap text-(--sim-meta) wrap-anywhere">{shown.footer}</p>}
        {time && <p className="tnum -mt-0.5 text-end text-[0.6875rem] leading-none text-(--sim-meta)" aria-hidden>{time}</p>}
      </div>
      <Buttons buttons={shown.buttons} prefix={prefix} all={wide} />
    </div>
  )
}

const ICONS: Record<string, LucideIcon> = {
  URL: ExternalLink, PHONE_NUMBER: Phone, COPY_CODE: Copy, OTP: Copy, FLOW: SquarePen, CATALOG: ShoppingBag, MPM: List, SPM: ShoppingBag, VOICE_CALL: PhoneCall, QUICK_REPLY: Reply,
}

/** Of more than three buttons the phone shows two, and the others in a list that it opens. */
const AT_ONCE = 3

function Buttons({ buttons, prefix, all }: { buttons: ShownButton[]; prefix: string; all?: boolean }) {
  const { t } = useTranslation()
  const { blank } = useDrawing()
  const [open, setOpen] = useState(false)
  if (buttons.length === 0) return null
  const many = !all && buttons.length > AT_ONCE
  const fields = buttons.map((_, i) => blank(`${prefix}button_${i}`))
  // What has to be filled in is always seen.
  const shown = many && !open && !fields.some(Boolean) ? buttons.slice(0, AT_ONCE - 1) : buttons
  return (
    <ul className="-mx-2.5 mt-1.5 -mb-1 divide-y divide-(--sim-line) border-t border-(--sim-line)" aria-label={t('phone.buttons')}>
      {shown.map((button, i) => <Button key={i} button={button} field={fields[i]} />)}
      {many && !fields.some(Boolean) && (
        <li>
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex min-h-9 w-full items-center justify-center gap-1.5 px-3 py-1.5 font-medium text-(--sim-accent) pointer-coarse:min-h-11">
            <List className="size-4 shrink-0" aria-hidden />
            {t(open ? 'phone.fewer' : 'phone.seeAll')}
          </button>
        </li>
      )}
    </ul>
  )
}

function Button({ button, field }: { button: ShownButton; field: ReactNode }) {
  const { t } = useTranslation()
  const { dir } = useDrawing()
  const Icon = ICONS[button.type] ?? Reply
  const label = button.text || t(`kinds.templateButtons.${button.type.toLowerCase()}`, { defaultValue: t('kinds.offers.reply') })
  const leads = button.type === 'URL' ? button.url : button.type === 'PHONE_NUMBER' ? button.phone_number : undefined
  return (
    <li title={leads} className="px-3 py-1.5">
      <span className="flex min-h-6 items-center justify-center gap-1.5 font-medium text-(--sim-accent)">
        <Icon className="size-4 shrink-0" aria-hidden />
        <span dir={dir ?? 'auto'} className="min-w-0 wrap-anywhere">{label}</span>
        {leads && <bdi dir="ltr" className="sr-only">{leads}</bdi>}
      </span>
      {field}
    </li>
  )
}
