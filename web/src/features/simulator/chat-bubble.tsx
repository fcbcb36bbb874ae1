import { Ban, Reply, SmilePlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type SimMessage, simTime } from '@/api/simulator'
import { MessageContent } from '@/components/message-content'
import { TimeText } from '@/components/text-bits'
import { Ticks } from '@/components/ticks'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { headline, inner } from '@/lib/content'
import { formatTime } from '@/lib/format'
import type { TemplateDefinition } from '@/lib/template-view'
import { cn, list, record, text } from '@/lib/utils'

const EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏']

interface ChatBubbleProps {
  message: SimMessage
  tail: boolean
  quoted?: SimMessage
  businessName: string
  templates?: TemplateDefinition[]
  reactions?: string[]
  onReply: () => void
  onReact: (emoji: string) => void
  onChoose: (answer: { type: string; body: Record<string, unknown> }) => void
}

export function ChatBubble({ message, tail, quoted, businessName, templates, reactions, onReply, onReact, onChoose }: ChatBubbleProps) {
  const { t } = useTranslation()
  const mine = message.direction === 'from_user'
  const buttons = mine ? [] : replyButtons(message)
  return (
    <div className={cn('group/bubble flex items-center gap-1', mine ? 'justify-end' : 'justify-start', tail ? 'mt-2' : 'mt-0.5')}>
      {mine && <Actions className="pointer-coarse:hidden" onReply={onReply} onReact={onReact} />}
      <div className={cn('sim-bubble text-sm', reactions && 'mb-3 pb-3.5')} data-direction={message.direction} data-tail={tail}>
        <span className="sr-only">{t('chat.saidBy', { name: mine ? t('chat.you') : businessName })}</span>
        {quoted && (
          <p className="mb-1 rounded-md border-s-3 border-(--sim-accent) bg-black/6 px-2 py-1 text-xs dark:bg-white/8">
            <span className="block font-semibold text-(--sim-accent)">{quoted.direction === 'from_user' ? t('chat.you') : businessName}</span>
            <span dir="auto" className="line-clamp-2">{headline(quoted) ?? t(`kinds.${quoted.type}`, { defaultValue: t('kinds.unsupported') })}</span>
          </p>
        )}
        {message.type === 'revoked' ? (
          <span className="flex items-center gap-1.5 italic opacity-70"><Ban className="size-3.5 shrink-0" aria-hidden />{t(mine ? 'sim.youDeleted' : 'sim.theyDeleted')}</span>
        ) : message.type === 'system' ? (
          <span className="block italic opacity-70">{t('sim.told')}</span>
        ) : (
          <MessageContent message={buttons.length > 0 && message.type === 'interactive' ? withoutButtons(message) : message} name={t('chat.you')} ownPhone={mine} templates={templates} />
        )}
        <p className="mt-0.5 flex items-center justify-end gap-1 text-[0.6875rem] leading-none opacity-70">
          <TimeText iso={simTime(message.at)}>{formatTime(simTime(message.at))}</TimeText>
          {mine && <Ticks status={message.status === 'received' ? 'delivered' : message.status} />}
        </p>
        {buttons.length > 0 && (
          <div className="-mx-2.5 mt-1.5 -mb-1 border-t border-black/8 dark:border-white/10">
            {buttons.map((button) => (
              <button key={button.id} type="button" onClick={() => onChoose(message.type === 'template' ? { type: 'button', body: { text: button.title, payload: button.id } } : { type: 'interactive', body: { type: 'button_reply', button_reply: button } })} className="flex w-full items-center justify-center gap-1.5 px-3 py-2 text-sm font-medium text-(--sim-accent)">
                <Reply className="flip-rtl size-3.5" aria-hidden />
                {button.title}
              </button>
            ))}
          </div>
        )}
        {reactions && (
          <span role="img" aria-label={t('kinds.reacted', { emoji: reactions.join(' ') })} className="absolute -bottom-3 start-2 rounded-full border bg-card px-1.5 text-sm leading-5 shadow-xs">
            {reactions.join('')}
          </span>
        )}
      </div>
      {!mine && <Actions onReply={onReply} onReact={onReact} />}
    </div>
  )
}

/** The phone draws them itself, to be pressed. */
const withoutButtons = (message: SimMessage): SimMessage => ({ ...message, content: { ...inner(message), action: {} } })

function replyButtons(message: SimMessage): { id: string; title: string }[] {
  if (message.type === 'template') {
    return list(record(message.rendered).buttons).flatMap((button) => {
      const { type, text: title } = record(button)
      return text(type)?.toUpperCase() === 'QUICK_REPLY' && text(title) ? [{ id: text(title) ?? '', title: text(title) ?? '' }] : []
    })
  }
  if (message.type !== 'interactive') return []
  return list(record(inner(message).action).buttons).flatMap((button) => {
    const reply = record(record(button).reply)
    const [id, title] = [text(reply.id), text(reply.title)]
    return id && title ? [{ id, title }] : []
  })
}

function Actions({ onReply, onReact, className }: { onReply: () => void; onReact: (emoji: string) => void; className?: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const style = 'grid size-7 place-items-center rounded-full bg-(--sim-pill) text-(--sim-pill-text) shadow-xs'
  return (
    <span className={cn('flex shrink-0 gap-1 opacity-0 transition-opacity group-focus-within/bubble:opacity-100 group-hover/bubble:opacity-100 pointer-coarse:opacity-80', open && 'opacity-100', className)}>
      <Popover open={open} onOpenChange={setOpen}>
        <PopoverTrigger className={style} aria-label={t('sim.react')}><SmilePlus className="size-3.5" aria-hidden /></PopoverTrigger>
        <PopoverContent side="top" align="center" className="flex w-auto gap-0.5 rounded-full p-1" aria-label={t('sim.react')}>
          {EMOJI.map((emoji) => (
            <button key={emoji} type="button" aria-label={t('sim.reactWith', { emoji })} className="grid size-9 place-items-center rounded-full text-lg hover:bg-accent" onClick={() => { setOpen(false); onReact(emoji) }}>
              {emoji}
            </button>
          ))}
        </PopoverContent>
      </Popover>
      <button type="button" className={style} onClick={onReply} aria-label={t('chat.reply')}><Reply className="flip-rtl size-3.5" aria-hidden /></button>
    </span>
  )
}
