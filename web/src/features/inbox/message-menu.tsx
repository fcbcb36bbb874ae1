import { Copy, Reply } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent, DialogTitle } from '@/components/ui/dialog'
import { Popover, PopoverAnchor, PopoverContent } from '@/components/ui/popover'
import { bodyOf } from '@/lib/content'
import { cn } from '@/lib/utils'
import type { ThreadMessage } from './thread-cache'

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏']
const MORE = ['🎉', '👏', '🔥', '✅', '❌', '⭐', '💯', '🤝', '💪', '👌', '🙌', '🤔', '😊', '😍', '😉', '😎', '😅', '🤣', '🙂', '😔', '😡', '👀', '☕', '🎁', '📦', '🚚', '⏳', '📅', '💚', '💙', '💛', '🧡']

/** In both parts of the picker. */
const COLUMNS = 6

/** What is open on which message: the emoji beside it, or everything from below (touch screens). */
export interface OpenMenu {
  kind: 'react' | 'all'
  message: ThreadMessage
}

interface MenuProps {
  menu?: OpenMenu
  /** Our own reaction to it now, so that pressing it takes it back. */
  own?: string
  onClose: () => void
  onReply?: (message: ThreadMessage) => void
  onReact?: (message: ThreadMessage, emoji: string) => void
  /** The message's element, if it is on the screen. */
  element: (message: ThreadMessage) => HTMLElement | undefined
}

/** One for the whole thread: a bubble has only its buttons. */
export function MessageMenu({ menu, own, onClose, onReply, onReact, element }: MenuProps) {
  const { t } = useTranslation()
  // What was open stays drawn while it closes.
  const last = useRef<OpenMenu>()
  if (menu) last.current = menu
  const shown = menu ?? last.current
  const anchor = useMemo(() => ({ current: { getBoundingClientRect: () => anchorOf(shown && element(shown.message)) } }), [shown, element])
  if (!shown) return null
  const { message } = shown
  const words = bodyOf(message)
  const pick = (emoji: string) => {
    onClose()
    onReact?.(message, emoji === own ? '' : emoji)
  }
  // Back on the message, from where the arrows go on.
  const back = (event: Event) => {
    event.preventDefault()
    element(message)?.focus({ preventScroll: true })
  }
  const mayReact = onReact && message.wamid && message.type !== 'reaction' && message.status !== 'failed'
  return (
    <>
      <Popover open={menu?.kind === 'react'} onOpenChange={(open) => !open && onClose()}>
        <PopoverAnchor virtualRef={anchor} />
        <PopoverContent
          side="top"
          className="w-auto max-w-[17.5rem] p-1.5"
          aria-label={t('thread.react')}
          onKeyDown={walk}
          onCloseAutoFocus={back}
          // The button that opened it closes it as well.
          onInteractOutside={(event) => event.target instanceof Element && event.target.closest('[data-react]') && event.preventDefault()}
        >
          <Emoji own={own} onPick={pick} />
        </PopoverContent>
      </Popover>
      <Dialog open={menu?.kind === 'all'} onOpenChange={(open) => !open && onClose()}>
        <DialogContent aria-describedby={undefined} className="sm:max-w-sm" onCloseAutoFocus={back}>
          <DialogTitle className="sr-only">{t('thread.actions')}</DialogTitle>
          <div className="pb-safe px-3 pt-12 pb-3" data-message-menu>
            {mayReact && <div className="mx-auto mb-2 w-fit border-b pb-2" onKeyDown={walk}><Emoji own={own} onPick={pick} /></div>}
            {onReply && message.wamid && (
              <Button variant="ghost" className="h-12 w-full justify-start" onClick={() => { onClose(); onReply(message) }}>
                <Reply className="flip-rtl" aria-hidden />
                {t('chat.reply')}
              </Button>
            )}
            {words && (
              <Button
                variant="ghost"
                className="h-12 w-full justify-start"
                onClick={() => {
                  onClose()
                  navigator.clipboard.writeText(words).then(() => toast.success(t('common.copied')), () => toast.error(t('common.copyFailed')))
                }}
              >
                <Copy aria-hidden />
                {t('common.copy')}
              </Button>
            )}
          </div>
        </DialogContent>
      </Dialog>
    </>
  )
}

/** The button beside the bubble, or the bubble where there is none. */
function anchorOf(message: HTMLElement | undefined): DOMRect {
  const button = message?.closest('[data-bubble]')?.querySelector<HTMLElement>('[data-react]')
  const shown = button && button.getClientRects().length > 0 ? button : message
  return shown?.getBoundingClientRect() ?? new DOMRect()
}

/** The arrows go through the emoji as they stand on the screen. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const ahead = document.documentElement.dir === 'rtl' ? -1 : 1
  const step = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key]
  const all = [...event.currentTarget.querySelectorAll('button')]
  const at = all.findIndex((button) => button === document.activeElement)
  const to = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : step === undefined ? undefined : at + step
  if (to === undefined) return
  event.preventDefault()
  all[to]?.focus()
}

function Emoji({ own, onPick }: { own?: string; onPick: (emoji: string) => void }) {
  const choice = (emoji: string) => <Choice key={emoji} emoji={emoji} mine={own === emoji} onPick={onPick} />
  return (
    <>
      <div className="grid w-fit grid-cols-6 gap-0.5 border-b pb-1.5">{QUICK.map(choice)}</div>
      <div className="thin-scroll relative grid max-h-36 w-fit grid-cols-6 gap-0.5 overflow-y-auto pt-1.5">{MORE.map(choice)}</div>
    </>
  )
}

function Choice({ emoji, mine, onPick }: { emoji: string; mine: boolean; onPick: (emoji: string) => void }) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      aria-pressed={mine}
      aria-label={t(mine ? 'thread.unreact' : 'thread.reactWith', { emoji })}
      onClick={() => onPick(emoji)}
      className={cn('grid size-10 place-items-center rounded-full text-xl hover:bg-accent pointer-coarse:size-11', mine && 'bg-primary-soft ring-1 ring-primary/40')}
    >
      {emoji}
    </button>
  )
}

/** As long as phones wait before they offer something. */
const HOLD_MS = 450
/** A finger never stands quite still. */
const SLIP = 10

/** Handlers for the list: `onHold` gets the id of the message that a finger rests on. What the release would press is not pressed. */
export function useLongPress(onHold: (messageId: string) => void) {
  const latest = useRef(onHold)
  latest.current = onHold
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number }>()
  const held = useRef(false)
  const cancel = () => {
    clearTimeout(press.current?.timer)
    press.current = undefined
  }
  useEffect(() => cancel, [])
  return useMemo(
    () => ({
      onPointerDown: (event: PointerEvent) => {
        held.current = false
        cancel()
        const id = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-message]')?.dataset.message : undefined
        if (event.pointerType !== 'touch' || !event.isPrimary || !id) return
        const { pointerId } = event
        const timer = setTimeout(() => {
          press.current = undefined
          held.current = true
          swallowRelease(pointerId)
          latest.current(id)
        }, HOLD_MS)
        press.current = { timer, x: event.clientX, y: event.clientY }
      },
      onPointerMove: (event: PointerEvent) => {
        const at = press.current
        if (at && Math.hypot(event.clientX - at.x, event.clientY - at.y) > SLIP) cancel()
      },
      onPointerUp: cancel,
      onPointerCancel: cancel,
      // The phone's own menu would cover ours.
      onContextMenu: (event: React.MouseEvent) => (press.current || held.current) && event.preventDefault(),
    }),
    [],
  )
}

/** The finger is lifted over what has opened below it: that must not be pressed. */
function swallowRelease(pointerId: number) {
  const stop = (event: MouseEvent) => {
    // Browsers in which a click is no pointer event do not say whose it is.
    if ('pointerId' in event && event.pointerId !== pointerId) return
    event.preventDefault()
    event.stopPropagation()
  }
  const lifted = () => {
    // The click comes a moment after the pointer has gone.
    setTimeout(() => window.removeEventListener('click', stop, true), 100)
    for (const name of ['pointerup', 'pointercancel']) window.removeEventListener(name, lifted, true)
  }
  window.addEventListener('click', stop, true)
  for (const name of ['pointerup', 'pointercancel']) window.addEventListener(name, lifted, true)
}
