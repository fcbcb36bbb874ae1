import { type PointerEvent, useRef } from 'react'
import type { Span } from '@/api/settings'
import { cn } from '@/lib/utils'
import { dragged, extent, MOST_SPANS, timeOf } from './week'

const DAY = 24 * 60
/** Shorter spans cannot be taken by their ends. */
const LEAST = 15

/**
 * A day from 0 to 24 o'clock. An end of a span is dragged; where the day is free, dragging makes a new span. The times below do the same by
 * keyboard: the bar itself is not read out.
 */
export function DayBar({ spans, readOnly, onChange }: { spans: Span[]; readOnly: boolean; onChange: (spans: Span[]) => void }) {
  const bar = useRef<HTMLDivElement>(null)
  const drag = useRef<{ at: number; part: keyof Span; anchor: number }>()
  const latest = useRef(spans)
  latest.current = spans

  const minutesAt = (event: PointerEvent) => {
    const { left, width } = bar.current?.getBoundingClientRect() ?? { left: 0, width: 1 }
    const share = (event.clientX - left) / width
    // The day begins where lines begin.
    return dragged(document.documentElement.dir === 'rtl' ? 1 - share : share)
  }
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    if (readOnly || event.button !== 0) return
    const handle = (event.target as HTMLElement).dataset
    const at = Number(handle.span ?? -1)
    const span = spans[at]
    const minutes = minutesAt(event)
    if (span && (handle.part === 'start' || handle.part === 'end')) drag.current = { at, part: handle.part, anchor: 0 }
    else if (!span && spans.length < MOST_SPANS && minutes <= DAY - LEAST) {
      drag.current = { at: spans.length, part: 'end', anchor: minutes }
      onChange([...spans, { start: timeOf(minutes), end: timeOf(minutes + LEAST === DAY ? 0 : minutes + LEAST) }])
    } else return
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const move = (event: PointerEvent) => {
    const now = drag.current
    const span = now && latest.current[now.at]
    const own = span && extent(span)
    if (!now || !span || !own) return
    const minutes = minutesAt(event)
    // Never shorter than can be taken again, and never past midnight: that is typed.
    const value = now.part === 'start' ? Math.min(minutes, Math.min(own[1], DAY) - LEAST) : Math.max(minutes, own[0] + LEAST)
    const time = timeOf(value === DAY ? 0 : value)
    if (span[now.part] !== time) onChange(latest.current.map((one, i) => (i === now.at ? { ...one, [now.part]: time } : one)))
  }
  const end = () => (drag.current = undefined)

  return (
    <div aria-hidden>
      <div ref={bar} data-day-bar onPointerDown={begin} onPointerMove={move} onPointerUp={end} onPointerCancel={end} className={cn('relative h-7 touch-none overflow-hidden rounded-md bg-muted', !readOnly && 'cursor-crosshair')}>
        {[6, 12, 18].map((hour) => <span key={hour} className="pointer-events-none absolute inset-y-0 w-px bg-border" style={{ insetInlineStart: `${(hour / 24) * 100}%` }} />)}
        {spans.map((span, at) => {
          const own = extent(span)
          if (!own) return null
          const from = own[0]
          const to = Math.min(own[1], DAY)
          return (
            <span key={at} data-span={at} className="absolute inset-y-1 rounded-sm bg-primary" style={{ insetInlineStart: `${(from / DAY) * 100}%`, width: `${((to - from) / DAY) * 100}%` }}>
              {!readOnly && (['start', 'end'] as const).map((part) => <span key={part} data-span={at} data-part={part} className={cn('absolute inset-y-0 w-2.5 cursor-ew-resize', part === 'start' ? 'start-0' : 'end-0')} />)}
            </span>
          )
        })}
      </div>
      <div className="tnum mt-0.5 flex justify-between text-[0.625rem] text-muted-foreground" dir="auto">{[0, 6, 12, 18, 24].map((hour) => <span key={hour}>{hour}</span>)}</div>
    </div>
  )
}
