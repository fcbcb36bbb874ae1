import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, startTransition, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { useFeed } from '@/api/feed'
import { useTemplatesNamed } from '@/api/templates'
import { Button } from '@/components/ui/button'
import { inner } from '@/lib/content'
import type { WithFile } from '@/lib/files'
import { useHotkeys } from '@/lib/hooks'
import { cn, text } from '@/lib/utils'
import type { BubbleHandlers } from './bubble/bubble'
import { MessageMenu, type OpenMenu, useLongPress } from './message-menu'
import type { ThreadProps } from './thread'
import { isLocal, type ThreadMessage } from './thread-cache'
import { ThreadRow } from './thread-row'
import { keyOf, sameDay, type ThreadRows, together } from './thread-rows'
import { likelyHeight } from './thread-size'
import { useReading } from './use-reading'

/** Above the oldest message: where the conversation begins, or that older ones are on their way. */
const TOP = 52
const BOTTOM = 12
/** This near to the end, new messages are followed. */
const NEAR_END = 80
/** From so far up there is a way back to the newest. */
const FAR = 240
/** Rows beyond the screen that are drawn. */
const OVERSCAN = 8

interface ListProps extends ThreadProps {
  feed: ReturnType<typeof useFeed<ThreadMessage>>
  rows: ThreadRows
}

/** The messages in view and a few more. At its end it follows; scrolled up it stays where it is. */
export function MessageList({ conversationId, contactName, unread, feed, rows, resending, toMessages, ...on }: ListProps) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const [far, setFar] = useState(false)
  const [menu, setMenu] = useState<OpenMenu>()
  // First what is in view; the rest when there is time for it.
  const [overscan, setOverscan] = useState(1)
  useEffect(() => startTransition(() => setOverscan(OVERSCAN)), [])
  /** Has the focus: stays drawn however far it is scrolled away. */
  const held = useRef<string>()
  const wanted = useRef<string>()
  const { shape } = rows
  const newest = rows.at(rows.length - 1)
  const [divider, setDivider] = useDivider(rows, unread, atEnd)
  const inView = useReading(conversationId, unread ?? 0)

  // A new function when rows come or go: what was worked out with the old one is no longer true.
  const getItemKey = useMemo(() => {
    void shape
    return (row: number) => keyOf(rows.at(row) as ThreadMessage)
  }, [rows, shape])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (row) => likelyHeight(rows.at(row)),
    getItemKey,
    rangeExtractor: (range) => withHeld(range, rows.rowOf(held.current)),
    overscan,
    paddingStart: TOP,
    paddingEnd: BOTTOM,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
    // Begins at the end, and draws nothing of the beginning first.
    initialOffset: () => Number.MAX_SAFE_INTEGER,
    initialRect: { width: 0, height: window.innerHeight },
  })
  const items = virtual.getVirtualItems()
  const total = virtual.getTotalSize()

  const element = useCallback((message: ThreadMessage) => scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(message.id)}"]`) ?? undefined, [])

  /** What is in view, after drawing and after scrolling. */
  const look = () => {
    const box = scroller.current
    if (!box) return
    const { scrollTop, clientHeight, scrollHeight } = box
    setFar(scrollHeight - scrollTop - clientHeight > FAR)
    // A thread shorter than the screen stands at its foot.
    const above = Math.max(0, clientHeight - total)
    const half = ({ start, end, size }: { start: number; end: number; size: number }) =>
      Math.min(above + end, scrollTop + clientHeight) - Math.max(above + start, scrollTop) >= Math.min(size, clientHeight) / 2
    const newest = rows.newestInbound()
    const from = Math.max(rows.unreadFrom(unread ?? 0), 0)
    const seen = unread ? virtual.getVirtualItems().findLast((item) => item.index >= from && rows.at(item.index)?.direction === 'inbound' && half(item)) : undefined
    const message = seen && rows.at(seen.index)
    inView(message && { id: message.id, newest: seen.index === newest })
  }
  useLayoutEffect(look)
  const onScroll = () => {
    const box = scroller.current
    // Only scrolling leaves the end: when the box below grows, it is followed.
    if (box) atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END
    look()
  }
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    // The box below has grown, or the keyboard of a phone has come up.
    const observer = new ResizeObserver(() => atEnd.current && (box.scrollTop = box.scrollHeight))
    observer.observe(box)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const row = rows.rowOf(divider?.id)
    if (row !== -1) virtual.scrollToIndex(row, { align: 'start' })
    // Once, where reading goes on.
  }, [])

  // What arrives goes above what is unsent: the end is followed all the same.
  useLayoutEffect(() => {
    if (atEnd.current && newest && isLocal(newest)) virtual.scrollToEnd()
  }, [shape])

  // What was written here is shown, wherever one has scrolled to.
  const newestKey = newest && keyOf(newest)
  const before = useRef(newestKey)
  useLayoutEffect(() => {
    if (before.current === newestKey) return
    before.current = newestKey
    if (!newest?.sending) return
    setDivider(undefined)
    virtual.scrollToEnd()
  }, [newestKey, newest, virtual, setDivider])

  const firstShown = items.find((item) => item.index !== rows.rowOf(held.current))?.index ?? 0
  const lastShown = items[items.length - 1]?.index ?? 0
  useEffect(() => {
    if (firstShown < OVERSCAN + 4 && feed.hasMore && !feed.loadingMore && !feed.moreFailed) void feed.more()
    for (const row of [firstShown, lastShown]) {
      const page = rows.pageAt(row)
      if (page?.stale) void feed.renewPage(page)
    }
  }, [firstShown, lastShown, feed, rows])

  // A message that is not drawn is scrolled to first; when it is there it gets the focus.
  const focusMessage = useCallback(
    (id: string | undefined, align: 'auto' | 'center' = 'auto') => {
      const row = rows.rowOf(id)
      const message = rows.at(row)
      if (!message) return
      wanted.current = message.id
      held.current = message.id
      virtual.scrollToIndex(row, { align })
      const there = element(message)
      if (there) {
        wanted.current = undefined
        there.focus({ preventScroll: true })
      }
    },
    [rows, virtual, element],
  )
  useLayoutEffect(() => {
    const message = rows.message(wanted.current)
    const there = message && element(message)
    if (!there) return
    wanted.current = undefined
    there.focus({ preventScroll: true })
  })
  const focused = () => document.activeElement?.closest<HTMLElement>('[data-message]')?.dataset.message
  const toNewest = useCallback(() => focusMessage(rows.at(rows.length - 1)?.id), [focusMessage, rows])
  useEffect(() => {
    toMessages.current = toNewest
    return () => {
      toMessages.current = undefined
    }
  }, [toMessages, toNewest])

  const open = (kind: OpenMenu['kind'], message: ThreadMessage | undefined) => {
    if (message) setMenu((now) => (now?.message.id === message.id ? undefined : { kind, message }))
  }
  useHotkeys({
    r: () => {
      const target = rows.message(focused()) ?? newest
      if (target?.wamid) on.onReply?.(target)
    },
    e: () => {
      const target = rows.message(focused()) ?? newest
      if (target && on.onReact && target.wamid && target.type !== 'reaction' && target.status !== 'failed') open('react', target)
    },
    ArrowUp: () => !focused() && toNewest(),
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const at = rows.rowOf(focused())
    if (at === -1 || event.defaultPrevented) return
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key]
    const target = to === undefined ? undefined : rows.at(to)
    if (!target || to === undefined || to < 0) return
    event.preventDefault()
    focusMessage(target.id)
  }
  const press = useLongPress((id) => {
    const message = rows.message(id)
    if (message?.wamid) open('all', message)
  })

  const latest = useRef(on)
  latest.current = on
  const handlers = useHandlers({ mayReply: !!on.onReply, mayReact: !!on.onReact, mayResend: !!on.onResend, latest, rows, open, jump: focusMessage })
  // Of a template that the server did not know when it was sent, what it said is drawn from the number's templates.
  const templates = useTemplatesNamed(rows.templateChannel, templateNames(items.map(({ index }) => rows.at(index))))

  return (
    <>
      <div
        ref={scroller}
        role="region"
        aria-label={t('chat.messages')}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
        className="thin-scroll relative flex h-full flex-col overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:outline-offset-[-2px]"
      >
        <div
          className="relative mt-auto w-full shrink-0"
          style={{ height: total }}
          onFocus={(event) => (held.current = event.target.closest<HTMLElement>('[data-message]')?.dataset.message ?? held.current)}
          onBlur={() => (held.current = undefined)}
          {...press}
        >
          <div className="absolute inset-x-0 top-0 grid h-13 place-items-center text-xs text-muted-foreground">
            {feed.moreFailed ? <Button variant="outline" size="sm" onClick={() => void feed.more()}>{t('common.tryAgain')}</Button> : feed.loadingMore ? <span role="status">{t('thread.loadingOlder')}</span> : !feed.hasMore ? t('thread.beginning') : null}
          </div>
          <ol className="pointer-coarse:select-none pointer-coarse:[-webkit-touch-callout:none]">
          {items.map(({ index, key, start }) => {
            const message = rows.at(index)
            if (!message) return null
            const previous = rows.at(index - 1)
            const newDay = index === 0 || !previous || !sameDay(previous, message)
            return (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-setsize={feed.hasMore ? -1 : rows.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 mx-auto w-full max-w-3xl px-3 sm:px-6"
                style={{ top: start }}
              >
                <ThreadRow
                  message={message}
                  contactName={contactName}
                  newDay={newDay}
                  unread={divider?.id === message.id ? divider.count : undefined}
                  first={newDay || !together(previous, message)}
                  last={!together(message, index + 1 < rows.length ? rows.at(index + 1) : undefined)}
                  quoted={rows.message(message.reply_to)}
                  reactions={rows.reactionsOf(message)}
                  templates={message.type === 'template' ? templates : undefined}
                  resending={resending === message.id}
                  reacting={menu?.kind === 'react' && menu.message.id === message.id}
                  handlers={handlers}
                />
              </li>
            )
          })}
          </ol>
        </div>
      </div>
      {far && <ToLatest unread={unread ?? 0} onPress={() => virtual.scrollToEnd()} />}
      <MessageMenu menu={menu} own={menu && rows.reactionsOf(menu.message)?.find((r) => r.ours)?.emoji} onClose={() => setMenu(undefined)} onReply={on.onReply} onReact={on.onReact} element={element} />
    </>
  )
}

/** The way back from far up, with how many unread messages there are. */
function ToLatest({ unread, onPress }: { unread: number; onPress: () => void }) {
  const { t } = useTranslation()
  const words = unread > 0 ? t('thread.newMessages', { count: unread }) : undefined
  return (
    <Button
      size={words ? 'sm' : 'icon'}
      variant={words ? 'default' : 'outline'}
      aria-label={words ? undefined : t('thread.toLatest')}
      title={t('thread.toLatest')}
      data-to-latest
      className={cn('absolute bottom-3 rounded-full shadow-lg pointer-coarse:min-h-11 pointer-coarse:min-w-11', words ? 'start-1/2 ltr:-translate-x-1/2 rtl:translate-x-1/2' : 'end-4')}
      onClick={onPress}
    >
      <ArrowDown aria-hidden />
      {words}
    </Button>
  )
}

/** Where unread messages begin: when the conversation is opened, and when some arrive while nobody sees them. */
function useDivider(rows: ThreadRows, unread: number | undefined, atEnd: { current: boolean }) {
  const place = (count: number | undefined) => {
    const id = count ? rows.at(rows.unreadFrom(count))?.id : undefined
    return id && count ? { id, count } : undefined
  }
  const [divider, setDivider] = useState(() => place(unread))
  const before = useRef(unread)
  useEffect(() => {
    const was = before.current
    before.current = unread
    if (was === unread || !unread) return
    // Not while one reads along: a line before each message would be noise.
    if (was === undefined || (was === 0 && !(atEnd.current && document.hasFocus()))) setDivider(place(unread))
    else if (was > 0) setDivider((now) => now && { ...now, count: Math.max(now.count, unread) })
  }, [unread])
  return [divider, setDivider] as const
}

function withHeld(range: Range, row: number) {
  const drawn = defaultRangeExtractor(range)
  if (row < 0 || row >= range.count || drawn.includes(row)) return drawn
  return row < (drawn[0] ?? 0) ? [row, ...drawn] : [...drawn, row]
}

interface HandlersOf {
  mayReply: boolean
  mayReact: boolean
  mayResend: boolean
  latest: { current: Pick<ThreadProps, 'onReply' | 'onResend' | 'onDiscard'> }
  rows: ThreadRows
  open: (kind: OpenMenu['kind'], message: ThreadMessage) => void
  jump: (id: string, align: 'center') => void
}

/** The same functions as long as the same things are allowed: a row is not drawn again because its surroundings were. */
function useHandlers({ mayReply, mayReact, mayResend, ...rest }: HandlersOf): BubbleHandlers {
  const now = useRef(rest)
  now.current = rest
  return useMemo(
    () => ({
      onReply: mayReply ? (message) => now.current.latest.current.onReply?.(message) : undefined,
      onReact: mayReact ? (message) => now.current.open('react', message) : undefined,
      onResend: mayResend ? (message) => now.current.latest.current.onResend?.(message) : undefined,
      onDiscard: (message) => now.current.latest.current.onDiscard(message),
      onJump: (id) => now.current.jump(id, 'center'),
    }),
    [mayReply, mayReact, mayResend],
  )
}

function templateNames(messages: (ThreadMessage | undefined)[]): string[] {
  const names = messages.flatMap((message) => (message?.type === 'template' && !hasShown(message) ? (text(inner(message).name) ?? []) : []))
  return [...new Set(names)].sort()
}

const hasShown = (message: ThreadMessage) => (message as WithFile).shown !== undefined
