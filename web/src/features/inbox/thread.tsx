import { ArrowDown, MessageSquareDashed } from 'lucide-react'
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isSameDay } from 'date-fns'
import { useMessages } from '@/api/messages'
import { rows } from '@/api/page'
import { useTemplates } from '@/api/templates'
import { FileActionsProvider } from '@/components/message/file-context'
import { EmptyState, ErrorState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { dayLabel } from '@/lib/format'
import { scrollBehaviour, useHotkeys, useOnVisible } from '@/lib/hooks'
import { localPreview } from '@/lib/preview'
import { cn } from '@/lib/utils'
import { arrange, asHappened, together } from './arrange'
import { Bubble, type BubbleHandlers } from './bubble/bubble'
import { onIncoming, type ThreadMessage } from './live-updates'
import { outgoingFrom } from './outgoing'
import { useFileActionsFor } from './use-files'

interface ThreadProps extends Omit<BubbleHandlers, 'onJump' | 'onResend'> {
  conversationId: string
  contactName: string
  /** With our id of what the message quoted, where that is loaded. */
  onResend?: (message: ThreadMessage, quotedId?: string) => void
  /** The message that is being sent again. */
  resending?: string
}

export function Thread({ conversationId, contactName, onReply, onReact, onResend, onDiscard, resending }: ThreadProps) {
  const { t } = useTranslation()
  const query = useMessages(conversationId)
  const scroller = useRef<HTMLDivElement>(null)
  const [fresh, setFresh] = useState(0)
  const [said, setSaid] = useState('')
  const all = useMemo(() => (rows(query.data) as ThreadMessage[]).reverse().sort(asHappened), [query.data])
  // A template was sent by name; what it said is drawn from the number's templates.
  const templates = useTemplates(all.find((m) => m.type === 'template' && m.channel_id)?.channel_id).data
  const files = useFileActionsFor(conversationId)
  const { messages, reactions, byId } = useMemo(() => arrange(all), [all])
  const older = useOnVisible(() => void query.fetchNextPage(), query.hasNextPage && !query.isFetchingNextPage)

  // The scroller is anchored at its end, so older messages push nothing. A new one must not move what is being read.
  const last = messages[messages.length - 1]
  const seen = useRef({ key: '', height: 0 })
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || !last) return
    const key = last.client_key ?? last.id
    const before = seen.current
    if (before.key && before.key !== key) {
      const away = element.scrollTop < -80
      if (last.direction === 'outbound') element.scrollTop = 0
      else if (away) {
        element.scrollTop -= element.scrollHeight - before.height
        setFresh((n) => n + 1)
      }
    }
    seen.current = { key, height: element.scrollHeight }
  }, [last, messages])

  useEffect(
    () =>
      onIncoming((items) => {
        const mine = items.filter((item) => item.conversation_id === conversationId)
        const newest = mine[mine.length - 1]
        if (newest) setSaid(t('thread.announce', { name: contactName, preview: localPreview(newest.preview) }))
      }),
    [conversationId, contactName, t],
  )

  const focusMessage = (id: string) => scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)?.focus()
  const focused = () => document.activeElement?.closest<HTMLElement>('[data-message]')?.dataset.message
  useHotkeys({
    r: () => {
      const target = byId.get(focused() ?? '') ?? last
      if (target?.wamid) onReply?.(target)
    },
    e: () => {
      const at = focused() ?? last?.id
      const bubble = at && scroller.current?.querySelector(`[data-message="${CSS.escape(at)}"]`)?.closest('[data-bubble]')
      if (bubble) bubble.querySelector<HTMLElement>('[data-react]')?.click()
    },
    ArrowUp: () => !focused() && last && focusMessage(last.id),
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const at = messages.findIndex((m) => m.id === focused())
    if (at === -1) return
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: messages.length - 1 }[event.key]
    const target = to === undefined ? undefined : messages[to]
    if (!target) return
    event.preventDefault()
    focusMessage(target.id)
  }

  const jumpTo = (id: string) => {
    const element = scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)
    element?.scrollIntoView({ block: 'center', behavior: scrollBehaviour() })
    element?.focus({ preventScroll: true })
  }

  return (
    <div className="relative min-h-0 flex-1">
      <p className="sr-only" aria-live="polite" data-testid="announcer">{said}</p>
      <div
        ref={scroller}
        role="region"
        aria-label={t('chat.messages')}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={(e) => e.currentTarget.scrollTop > -40 && fresh > 0 && setFresh(0)}
        className="thin-scroll flex h-full flex-col-reverse overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:outline-offset-[-2px]"
      >
        <div className="mx-auto w-full max-w-3xl px-3 pt-4 pb-3 sm:px-6">
          {query.isPending ? (
            <ThreadSkeleton />
          ) : query.error && !query.data ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : messages.length === 0 ? (
            <EmptyState icon={MessageSquareDashed} title={t('thread.emptyTitle')} body={t('thread.emptyBody')} />
          ) : (
            <>
              <div ref={older} className="h-px" />
              {query.isFetchingNextPage && <p role="status" className="pb-3 text-center text-xs text-muted-foreground">{t('thread.loadingOlder')}</p>}
              {!query.hasNextPage && <p className="pb-4 text-center text-xs text-muted-foreground">{t('thread.beginning')}</p>}
              <FileActionsProvider value={files}>
              <ol>
                {messages.map((message, i) => {
                  const previous = messages[i - 1]
                  const next = messages[i + 1]
                  const newDay = !previous || !isSameDay(new Date(previous.at), new Date(message.at))
                  return (
                    <li key={message.client_key ?? message.id}>
                      {newDay && <DaySeparator iso={message.at} />}
                      <Bubble
                        message={message}
                        contactName={contactName}
                        first={newDay || !together(previous, message)}
                        last={!together(message, next)}
                        quoted={message.reply_to ? byId.get(message.reply_to) : undefined}
                        reactions={reactions.get(message.id)}
                        templates={templates}
                        resending={resending === message.id}
                        onReply={onReply}
                        onReact={onReact}
                        onResend={onResend && (!message.failed_to_send || outgoingFrom(message)) ? (m) => onResend(m, m.reply_to ? byId.get(m.reply_to)?.id : undefined) : undefined}
                        onDiscard={onDiscard}
                        onJump={jumpTo}
                      />
                    </li>
                  )
                })}
              </ol>
              </FileActionsProvider>
            </>
          )}
        </div>
      </div>
      {fresh > 0 && (
        <Button
          size="sm"
          className="absolute bottom-3 start-1/2 rounded-full shadow-lg ltr:-translate-x-1/2 rtl:translate-x-1/2"
          onClick={() => scroller.current?.scrollTo({ top: 0, behavior: scrollBehaviour() })}
        >
          <ArrowDown aria-hidden />
          {t('thread.newMessages', { count: fresh })}
        </Button>
      )}
    </div>
  )
}

function DaySeparator({ iso }: { iso: string }) {
  return (
    <div className="sticky top-1 z-10 my-3 flex justify-center">
      <time dateTime={iso.slice(0, 10)} className="rounded-full border bg-card/95 px-2.5 py-0.5 text-[0.6875rem] font-medium text-muted-foreground shadow-xs">
        {dayLabel(iso)}
      </time>
    </div>
  )
}

function ThreadSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="space-y-3">
      <span className="sr-only">{t('common.loading')}</span>
      {[46, 62, 38, 55, 44].map((width, i) => (
        <Skeleton key={i} className={cn('h-12 rounded-2xl', i % 2 === 1 && 'ms-auto')} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}
