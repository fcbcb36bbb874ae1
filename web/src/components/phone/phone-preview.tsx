import { BatteryFull, ChevronLeft, SignalHigh, Wifi } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { directionOf, type Shown } from '@/lib/shown'
import { cn } from '@/lib/utils'
import { PhoneMessage } from './phone-message'
import './phone.css'

export interface PhonePreviewProps {
  /** The message: the server's `Shown`, or what `showTemplate` made. Without it the chat is empty. */
  shown?: Shown
  /** The template's language code: right to left for Arabic, Hebrew, Persian, Urdu. Without it the text decides. */
  language?: string
  /** Who writes: the number's name in the bar. */
  sender?: string
  /** Light or dark whatever the portal is; as the portal if absent. */
  theme?: 'light' | 'dark'
  /** `phone`: with its frame and bars. `chat`: the chat's paper alone, for dialogs and narrow places. */
  frame?: 'phone' | 'chat'
  /** Own addresses of the header's file (`blob:` or of this server), by slot: `header_media`, `card0_header_media`. Others are not loaded. */
  files?: Record<string, string>
  /**
   * What stands for a slot that has to be filled, by its key (`body_1`, `header_media`, `button_0`, `otp`): a field. Where it returns
   * nothing, the braces or a placeholder are drawn. Pass `shown` with its braces (`showTemplate(template, 'braces')`).
   */
  blank?: (slot: string) => ReactNode
  /** An authentication template: its one variable is the slot `otp`. */
  authentication?: boolean
  /** What a screen reader calls it, if not "Preview". */
  label?: string
  className?: string
}

/** When the message came, in every preview. */
const CAME = '10:24'

/** A template on a customer's phone. It loads nothing from anywhere, and nothing in it can be pressed but what `blank` gives. */
export function PhonePreview({ shown, language, sender, theme, frame = 'phone', files, blank, authentication, label, className }: PhonePreviewProps) {
  const { t } = useTranslation()
  const dir = language ? directionOf(language) : undefined
  const name = label ?? t('phone.preview')
  const message = shown && <PhoneMessage shown={shown} dir={dir} time={CAME} files={files} blank={blank} authentication={authentication} />
  if (frame === 'chat') {
    return (
      <div role="group" aria-label={name} dir={dir} data-phone data-theme={theme} className={cn('sim-phone sim-wallpaper overflow-hidden rounded-xl px-3 py-4 text-sm', className)}>
        {message}
      </div>
    )
  }
  return (
    <div role="group" aria-label={name} dir={dir} data-phone data-theme={theme} className={cn('sim-phone sim-frame mx-auto w-full max-w-[21.5rem] rounded-[2.6rem] border-[9px] text-sm shadow-lg', className)}>
      <div className="flex h-[36rem] max-h-[calc(100dvh-7rem)] min-h-80 flex-col overflow-hidden rounded-[2rem]">
        <div dir="ltr" className="sim-bar relative flex h-8 shrink-0 items-center justify-between px-6 text-[0.6875rem] font-semibold" aria-hidden>
          <span className="tnum">{CAME}</span>
          <span className="absolute inset-x-0 mx-auto h-4.5 w-20 rounded-full bg-black" />
          <span className="flex items-center gap-1"><SignalHigh className="size-3.5" /><Wifi className="size-3.5" /><BatteryFull className="size-4" /></span>
        </div>
        <div className="sim-bar flex h-13 shrink-0 items-center gap-2 px-2" aria-hidden>
          <ChevronLeft className={cn('size-5 shrink-0', dir === 'rtl' && 'scale-x-[-1]')} />
          <Avatar name={sender ?? ''} seed={sender ?? ''} size="sm" />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-sm leading-tight font-semibold"><bdi>{sender ?? t('phone.business')}</bdi></span>
            <span className="block truncate text-[0.6875rem] opacity-80">{t('phone.businessAccount')}</span>
          </span>
        </div>
        <div role="group" aria-label={t('phone.chat')} tabIndex={0} className="sim-wallpaper thin-scroll relative min-h-0 flex-1 overflow-y-auto px-2.5 py-3 focus-visible:outline-offset-[-3px]">
          <p aria-hidden className="mb-2.5 text-center"><span className="rounded-lg bg-(--sim-pill) px-2.5 py-1 text-[0.6875rem] text-(--sim-pill-text) shadow-xs">{t('phone.today')}</span></p>
          {message}
        </div>
      </div>
    </div>
  )
}
