import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { AlarmClock, CircleAlert, CircleCheck, Clock } from 'lucide-react'
import { type KeyboardEvent, memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Conversation } from '@/api/conversations'
import type { PagedRows, useFeed } from '@/api/feed'
import { Avatar } from '@/components/avatar'
import { TimeText } from '@/components/text-bits'
import { Ticks } from '@/components/ticks'
import { Button } from '@/components/ui/button'
import { displayName, personSeed, shortWhen } from '@/lib/format'
import { useNow } from '@/lib/hooks'
import { useUnsentIn } from '@/lib/outbox/use-outbox'
import { localPreview } from '@/lib/preview'
import { cn } from '@/lib/utils'

/** The height of a row in pixels before it is measured, without and with the line that names its number. */
const ROW = 61
const ROW_WITH_NUMBER = 79
const OVERSCAN = 6
/** So many rows before its end the list loads more. */
const AHEAD = 20

interface RowsProps {
  feed: ReturnType<typeof useFeed<Conversation>>
  rows: PagedRows<Conversation>
  activeId?: string
  /** Names of the numbers, when rows are to say theirs. */
  numbers?: Map<string, string>
  /** Names of the members. */
  people: Map<string, string>
}

/**
 * The conversations in view and a few more. One of them takes Tab, the arrows go through all of them. Scrolled down, the list stays where
 * it is when conversations move to its top.
 */
export function ConversationRows({ feed, rows, activeId, numbers, people }: RowsProps) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const now = useNow(60_000)
  const [roving, setRoving] = useState<string>()
  const wanted = useRef<string>()
  const [scrolled, setScrolled] = useState(false)

  const stopId = rows.find(roving) === -1 ? (rows.find(activeId) === -1 ? rows.at(0)?.id : activeId) : roving
  const stop = rows.find(stopId)
  const active = rows.find(activeId)
  const getItemKey = useMemo(() => (row: number) => rows.at(row)?.id ?? row, [rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (numbers ? ROW_WITH_NUMBER : ROW),
    getItemKey,
    overscan: OVERSCAN,
    paddingStart: 6,
    paddingEnd: 6,
    anchorTo: scrolled ? 'end' : 'start',
    initialRect: { width: 0, height: window.innerHeight },
    rangeExtractor: (range) => {
      const drawn = defaultRangeExtractor(range)
      // The row that Tab goes to is always there.
      return stop < 0 || drawn.includes(stop) ? drawn : stop < (drawn[0] ?? 0) ? [stop, ...drawn] : [...drawn, stop]
    },
  })
  const items = virtual.getVirtualItems()

  useEffect(() => {
    if (active !== -1) virtual.scrollToIndex(active)
    // Only when another one is opened: not when it moves.
  }, [activeId])
  const shown = items.filter((item) => item.index !== stop)
  const first = shown[0]?.index ?? 0
  const last = shown[shown.length - 1]?.index ?? 0
  useEffect(() => {
    if (last > rows.length - AHEAD && feed.hasMore && !feed.loadingMore && !feed.moreFailed) void feed.more()
    for (const row of [first, last]) {
      const page = rows.pageAt(row)
      if (page?.stale) void feed.renewPage(page)
    }
  }, [first, last, feed, rows])

  const element = (id: string) => scroller.current?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`)
  useLayoutEffect(() => {
    const there = wanted.current && element(wanted.current)
    if (!there) return
    wanted.current = undefined
    there.focus({ preventScroll: true })
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowUp: stop - 1, ArrowDown: stop + 1, Home: 0, End: rows.length - 1 }[event.key]
    const target = to === undefined || to < 0 ? undefined : rows.at(Math.min(to, rows.length - 1))
    if (!target || to === undefined) return
    event.preventDefault()
    // Rendered by the next update, which then moves the focus.
    wanted.current = target.id
    setRoving(target.id)
    virtual.scrollToIndex(Math.min(to, rows.length - 1))
  }

  return (
    <div ref={scroller} onScroll={(event) => setScrolled(event.currentTarget.scrollTop > 4)} className="thin-scroll relative min-h-0 flex-1 overflow-y-auto overscroll-contain [overflow-anchor:none]">
      <ul className="relative" style={{ height: virtual.getTotalSize() }} onKeyDown={onKeyDown}>
        {items.map(({ index, key, start }) => {
          const conversation = rows.at(index)
          return (
            conversation && (
              <li key={key} ref={virtual.measureElement} data-index={index} aria-setsize={feed.hasMore ? -1 : rows.length} aria-posinset={index + 1} className="absolute inset-x-1.5" style={{ top: start }}>
                <Row conversation={conversation} active={conversation.id === activeId} stop={index === stop} onFocus={setRoving} number={numbers?.get(conversation.channel_id)} assignee={people.get(conversation.assignee_id ?? '')} now={now} />
              </li>
            )
          )
        })}
      </ul>
      {feed.loadingMore && <p role="status" className="pb-3 text-center text-xs text-muted-foreground">{t('common.loading')}</p>}
      {feed.moreFailed && <p className="pb-3 text-center"><Button variant="outline" size="sm" onClick={() => void feed.more()}>{t('common.tryAgain')}</Button></p>}
    </div>
  )
}

interface RowProps {
  conversation: Conversation
  active: boolean
  /** Takes Tab. */
  stop: boolean
  onFocus: (id: string) => void
  number?: string
  /** Who looks after it. */
  assignee?: string
  /** Times are written relative to it. */
  now: number
}

const Row = memo(function Row({ conversation, active, stop, onFocus, number, assignee }: RowProps) {
  const { t } = useTranslation()
  const { contact, unread } = conversation
  const name = displayName(contact, t('person.unknown'))
  const preview = localPreview(conversation.preview) || t('inbox.noPreview')
  return (
    <Link
      href={`/inbox/${conversation.id}`}
      tabIndex={stop ? 0 : -1}
      onFocus={() => onFocus(conversation.id)}
      aria-current={active ? 'true' : undefined}
      data-conversation={conversation.id}
      className={cn('flex gap-3 rounded-lg px-2.5 py-2.5 transition-colors hover:bg-accent/70 focus-visible:outline-offset-[-2px]', active && 'bg-primary-soft hover:bg-primary-soft')}
    >
      <Avatar name={name} seed={personSeed(contact)} size="lg" />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span dir="auto" className={cn('align-ui min-w-0 flex-1 truncate text-[0.8125rem]', unread > 0 ? 'font-semibold' : 'font-medium')}>{name}</span>
          <TimeText iso={conversation.last_at} className={cn('shrink-0 text-[0.6875rem]', unread > 0 ? 'font-medium text-primary' : 'text-muted-foreground')}>
            {shortWhen(conversation.last_at)}
          </TimeText>
        </span>
        <span className="mt-0.5 flex items-center gap-1.5">
          <Unsent conversationId={conversation.id} />
          {conversation.last_direction === 'outbound' && <Ticks status={conversation.last_status} className="text-muted-foreground" />}
          <span dir="auto" className={cn('align-ui min-w-0 flex-1 truncate text-[0.8125rem]', unread > 0 ? 'text-foreground' : 'text-muted-foreground')}>{preview}</span>
          {conversation.state === 'snoozed' && <AlarmClock className="size-3.5 shrink-0 text-muted-foreground" role="img" aria-label={t('work.states.snoozed')} />}
          {conversation.state === 'resolved' && <CircleCheck className="size-3.5 shrink-0 text-muted-foreground" role="img" aria-label={t('work.states.resolved')} />}
          {assignee && (
            <span className="relative shrink-0" title={t('work.assignedTo', { name: assignee })} data-assignee>
              <Avatar name={assignee} seed={conversation.assignee_id} size="xs" className="size-[1.125rem] text-[0.5rem]" />
              <span className="sr-only">{t('work.assignedTo', { name: assignee })}</span>
            </span>
          )}
          {unread > 0 && (
            <span className="tnum relative grid h-[1.125rem] min-w-[1.125rem] shrink-0 place-items-center rounded-full bg-primary px-1.5 text-[0.6875rem] font-semibold text-primary-foreground">
              <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
              <span className="sr-only">{t('inbox.unreadCount', { count: unread })}</span>
            </span>
          )}
        </span>
        {number && <span className="mt-0.5 block truncate text-[0.6875rem] text-muted-foreground/90">{t('inbox.via', { number })}</span>}
      </span>
    </Link>
  )
})

/** That something here has not been sent yet, and whether it waits for a person. */
function Unsent({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation()
  const unsent = useUnsentIn(conversationId)
  if (unsent.length === 0) return null
  const failed = unsent.some(({ state }) => state === 'failed')
  const Icon = failed ? CircleAlert : Clock
  return <Icon data-unsent className={cn('size-3.5 shrink-0', failed ? 'text-destructive' : 'text-muted-foreground')} role="img" aria-label={t('inbox.unsentCount', { count: unsent.length })} />
}
