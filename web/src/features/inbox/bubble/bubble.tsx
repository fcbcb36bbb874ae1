import { Ban, Forward, ShoppingBag } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { MessageContent } from '@/components/message-content'
import { Overline } from '@/components/message/bits'
import { ReferralCard } from '@/components/message/odd'
import { Ticks } from '@/components/ticks'
import { Tooltip, TooltipContent, TooltipTrigger } from '@/components/ui/tooltip'
import { headline } from '@/lib/content'
import { extrasOf, isBare, isSystem } from '@/lib/message-extras'
import type { TemplateDefinition } from '@/lib/template-view'
import { cn } from '@/lib/utils'
import type { ThreadMessage } from '../thread-cache'
import { BubbleActions } from './actions'
import { Failure, HeldUp, Undecided } from './failure'
import { Quote } from './quote'
import { Times } from './times'

export interface Reacted {
  emoji: string
  ours: boolean
}

export interface BubbleHandlers {
  onReply?: (message: ThreadMessage) => void
  /** Opens or closes the emoji. */
  onReact?: (message: ThreadMessage) => void
  /** Say the same again as a new message: what failed, or what may or may not have left. */
  onResend?: (message: ThreadMessage) => void
  onDiscard: (message: ThreadMessage) => void
  onJump: (id: string) => void
}

interface BubbleProps extends BubbleHandlers {
  message: ThreadMessage
  contactName: string
  first: boolean
  last: boolean
  quoted?: ThreadMessage
  reactions?: Reacted[]
  templates?: TemplateDefinition[]
  resending?: boolean
  reacting?: boolean
}

export function Bubble(props: BubbleProps) {
  const { message, contactName, last } = props
  if (isSystem(message)) {
    return (
      <div data-message={message.id} data-direction={message.direction} data-type="system" tabIndex={-1} className={cn('mx-auto max-w-[min(34rem,92%)] outline-offset-2', last ? 'mb-2.5' : 'mb-1')}>
        <MessageContent message={message} name={contactName} />
      </div>
    )
  }
  return <Spoken {...props} />
}

function Spoken({ message, contactName, first, last, quoted, reactions, templates, resending, reacting, onReply, onReact, onResend, onDiscard, onJump }: BubbleProps) {
  const { t } = useTranslation()
  const out = message.direction === 'outbound'
  const failed = message.status === 'failed' || !!message.failed_to_send
  const extras = extrasOf(message)
  const who = out ? (message.sent_by?.name ?? t('chat.you')) : (extras.sender ?? contactName)
  const bare = isBare(message) && !extras.deleted
  const explained = failed || message.status === 'unknown' || message.held_up !== undefined
  const actions = message.wamid && !extras.deleted && (
    <BubbleActions
      reacting={reacting}
      onReply={onReply && (() => onReply(message))}
      // WhatsApp takes no reaction to a reaction.
      onReact={onReact && message.type !== 'reaction' && !failed ? () => onReact(message) : undefined}
    />
  )
  return (
    <div data-bubble className={cn('group/bubble flex items-center gap-1.5', out ? 'justify-end' : 'justify-start', last || explained ? 'mb-2.5' : 'mb-0.5')}>
      {out && actions}
      <div
        data-message={message.id}
        data-direction={message.direction}
        data-type={message.type}
        tabIndex={-1}
        className={cn('relative max-w-[min(34rem,82%)] min-w-0 rounded-2xl text-sm outline-offset-2', reactions && 'mb-3')}
      >
        <div
          className={cn(
            'rounded-2xl',
            !bare && 'px-3 py-1.5 shadow-xs',
            !bare && (out ? 'bg-bubble-out text-bubble-out-foreground' : 'border bg-bubble-in'),
            failed && 'bg-destructive-soft text-foreground ring-1 ring-destructive/30',
            message.sending && 'opacity-85',
            reactions && 'pb-3.5',
            first && (out ? 'rounded-se-md' : 'rounded-ss-md'),
          )}
        >
          <span className="sr-only">{t('chat.saidBy', { name: who })}</span>
          {out && first && message.sent_by && (
            <p aria-hidden className="mb-0.5 text-[0.6875rem] font-medium opacity-65">
              {message.sent_by.kind === 'api_key' ? t('thread.viaApi', { name: message.sent_by.name }) : message.sent_by.name}
            </p>
          )}
          {!out && extras.group && <p aria-hidden dir="auto" className="align-ui mb-0.5 text-[0.6875rem] font-semibold text-primary">{who}</p>}
          {extras.forwarded && !extras.deleted && <Overline icon={Forward}>{t(extras.forwarded === 'often' ? 'thread.forwardedOften' : 'thread.forwarded')}</Overline>}
          {extras.referral && <ReferralCard referral={extras.referral} />}
          {extras.product && !extras.deleted && <Overline icon={ShoppingBag}>{t('thread.aboutProduct', { product: extras.product })}</Overline>}
          {message.reply_to && !extras.deleted && <Quote quoted={quoted} contactName={contactName} onJump={onJump} />}
          {extras.deleted ? (
            <span className="flex items-center gap-1.5 italic opacity-70"><Ban className="size-3.5 shrink-0" aria-hidden />{t('thread.deleted')}</span>
          ) : (
            <MessageContent message={message} name={contactName} templates={templates} />
          )}
          <p className={cn('-mb-0.5 mt-0.5 flex items-center justify-end gap-1 text-[0.6875rem] leading-none opacity-75', bare && 'ms-auto w-fit rounded-full bg-card/90 px-1.5 py-1')}>
            {extras.edited && !extras.deleted && <Edited original={extras.original} type={message.type} />}
            <Times message={message} />
            {out && <Ticks status={message.failed_to_send ? 'failed' : message.status} className="opacity-100" />}
          </p>
        </div>
        {reactions && <Reactions reactions={reactions} contactName={contactName} />}
        {failed && <Failure message={message} busy={resending} onResend={onResend && (() => onResend(message))} onDiscard={message.failed_to_send !== undefined ? () => onDiscard(message) : undefined} />}
        {message.held_up !== undefined && <HeldUp error={message.held_up} onDiscard={() => onDiscard(message)} />}
        {message.status === 'unknown' && <Undecided busy={resending} onResend={onResend && (() => onResend(message))} />}
      </div>
      {!out && actions}
    </div>
  )
}

/** What it said before is a press away: an answer may have been to that. */
function Edited({ original, type }: { original: unknown; type: string }) {
  const { t } = useTranslation()
  const before = original === undefined ? undefined : headline({ type, content: original })
  if (!before) return <span>{t('thread.edited')}</span>
  return (
    <Tooltip>
      <TooltipTrigger asChild><button type="button" className="underline decoration-dotted underline-offset-2">{t('thread.edited')}</button></TooltipTrigger>
      <TooltipContent className="max-w-64">
        <span className="block opacity-75">{t('thread.before')}</span>
        <span dir="auto" className="line-clamp-6 block whitespace-pre-wrap">{before}</span>
      </TooltipContent>
    </Tooltip>
  )
}

function Reactions({ reactions, contactName }: { reactions: Reacted[]; contactName: string }) {
  const { t } = useTranslation()
  const counted = new Map<string, number>()
  reactions.forEach(({ emoji }) => counted.set(emoji, (counted.get(emoji) ?? 0) + 1))
  const said = reactions.map(({ emoji, ours }) => t('thread.reactedBy', { name: ours ? t('chat.you') : contactName, emoji })).join(', ')
  return (
    <span className="absolute -bottom-3 start-2 rounded-full border bg-card px-1.5 text-sm leading-5 shadow-xs" role="img" aria-label={said} title={said} data-reactions>
      {[...counted].map(([emoji, count]) => <span key={emoji}>{emoji}{count > 1 && <span className="tnum ms-0.5 text-xs text-muted-foreground">{count}</span>}</span>)}
    </span>
  )
}
