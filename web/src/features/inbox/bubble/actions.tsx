import { Reply, SmilePlus } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { cn } from '@/lib/utils'

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏']
const MORE = ['🎉', '👏', '🔥', '✅', '❌', '⭐', '💯', '🤝', '💪', '👌', '🙌', '🤔', '😊', '😍', '😉', '😎', '😅', '🤣', '🙂', '😔', '😡', '👀', '☕', '🎁', '📦', '🚚', '⏳', '📅', '💚', '💙', '💛', '🧡']

interface ActionsProps {
  /** Our own reaction now, so that pressing it takes it back. */
  own?: string
  onReply?: () => void
  onReact?: (emoji: string) => void
}

/** In both parts of the picker. */
const COLUMNS = 6

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

/** Answer to a message or react to it: beside the bubble on hover and focus, always there on a touch screen. */
export function BubbleActions({ own, onReply, onReact }: ActionsProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  const style = 'grid size-7 place-items-center rounded-full text-muted-foreground hover:bg-accent focus-visible:opacity-100'
  if (!onReply && !onReact) return null
  const pick = (emoji: string) => {
    setOpen(false)
    onReact?.(emoji === own ? '' : emoji)
  }
  return (
    <span className={cn('flex shrink-0 opacity-0 transition-opacity group-focus-within/bubble:opacity-100 group-hover/bubble:opacity-100 pointer-coarse:flex-col pointer-coarse:opacity-60', open && 'opacity-100')}>
      {onReact && (
        <Popover open={open} onOpenChange={setOpen}>
          <PopoverTrigger ref={trigger} data-react className={style} aria-label={t('thread.react')} title={t('thread.react')}><SmilePlus className="size-4" aria-hidden /></PopoverTrigger>
          <PopoverContent
            side="top"
            className="w-auto max-w-[17.5rem] p-1.5"
            aria-label={t('thread.react')}
            onKeyDown={walk}
            onCloseAutoFocus={(event) => {
              // Back on the message, from where the arrows go on.
              event.preventDefault()
              trigger.current?.closest('[data-bubble]')?.querySelector<HTMLElement>('[data-message]')?.focus({ preventScroll: true })
            }}
          >
            <div className="flex gap-0.5 border-b pb-1.5">{QUICK.map((emoji) => <Choice key={emoji} emoji={emoji} mine={own === emoji} onPick={pick} />)}</div>
            <div className="thin-scroll grid max-h-36 grid-cols-6 gap-0.5 overflow-y-auto pt-1.5">{MORE.map((emoji) => <Choice key={emoji} emoji={emoji} mine={own === emoji} onPick={pick} />)}</div>
          </PopoverContent>
        </Popover>
      )}
      {onReply && (
        <button type="button" onClick={onReply} aria-label={t('chat.reply')} title={t('chat.reply')} className={style}>
          <Reply className="flip-rtl size-4" aria-hidden />
        </button>
      )}
    </span>
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
      className={cn('grid size-10 place-items-center rounded-full text-xl hover:bg-accent', mine && 'bg-primary-soft ring-1 ring-primary/40')}
    >
      {emoji}
    </button>
  )
}
