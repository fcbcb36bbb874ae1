import { Reply, SmilePlus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cn } from '@/lib/utils'

interface ActionsProps {
  /** The picker of this message is open. */
  reacting?: boolean
  onReply?: () => void
  onReact?: () => void
}

/** Answer to a message or react to it: beside the bubble on hover and focus. On a touch screen a long press offers the same. */
export function BubbleActions({ reacting, onReply, onReact }: ActionsProps) {
  const { t } = useTranslation()
  const style = 'grid size-7 place-items-center rounded-full text-muted-foreground hover:bg-accent focus-visible:opacity-100'
  if (!onReply && !onReact) return null
  return (
    <span className={cn('flex shrink-0 opacity-0 transition-opacity group-focus-within/bubble:opacity-100 group-hover/bubble:opacity-100 pointer-coarse:hidden', reacting && 'opacity-100')}>
      {onReact && (
        <button type="button" data-react onClick={onReact} aria-haspopup="dialog" aria-expanded={!!reacting} aria-label={t('thread.react')} title={t('thread.react')} className={style}>
          <SmilePlus className="size-4" aria-hidden />
        </button>
      )}
      {onReply && (
        <button type="button" onClick={onReply} aria-label={t('chat.reply')} title={t('chat.reply')} className={style}>
          <Reply className="flip-rtl size-4" aria-hidden />
        </button>
      )}
    </span>
  )
}
