import type { Hours, HoursIn, Span } from '@/api/settings'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]
export type Week = Record<Day, Span[]>

export interface Draft {
  always: boolean
  week: Week
  holidays: HoursIn['holidays']
}

export const EMPTY_WEEK: Week = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
/** What a business begins with that was always open. */
export const USUAL_WEEK: Week = { ...EMPTY_WEEK, ...Object.fromEntries(DAYS.slice(0, 5).map((day) => [day, [{ start: '09:00', end: '17:00' }]])) }

/** More the server does not take. */
export const MOST_SPANS = 10
export const MOST_HOLIDAYS = 200
const DAY = 24 * 60

export const draftOf = (hours: Hours): Draft => ({ always: !hours.week, week: { ...EMPTY_WEEK, ...(hours.week ?? USUAL_WEEK) }, holidays: hours.holidays })
export const bodyOf = ({ always, week, holidays }: Draft): HoursIn => ({ week: always ? undefined : week, holidays })

export function minutesOf(time: string): number | undefined {
  const [, hour, minute] = /^(\d{2}):(\d{2})$/.exec(time) ?? []
  return hour === undefined || minute === undefined ? undefined : Number(hour) * 60 + Number(minute)
}

export const timeOf = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** A span in minutes of its day; one that ends on the next day ends after 24:00. */
export function extent({ start, end }: Span): [number, number] | undefined {
  const from = minutesOf(start)
  const to = minutesOf(end)
  if (from === undefined || to === undefined) return undefined
  return [from, to <= from ? to + DAY : to]
}

export type SpanProblem = 'missing' | 'overlap'

/** What is wrong with the spans of a day, by their place. */
export function problemsOf(spans: Span[]): Map<number, SpanProblem> {
  const found = new Map<number, SpanProblem>()
  const extents = spans.map(extent)
  extents.forEach((own, at) => {
    if (!own) found.set(at, 'missing')
    else if (extents.some((other, i) => i < at && other && own[0] < other[1] && other[0] < own[1])) found.set(at, 'overlap')
  })
  return found
}

/** The next span to offer: after the last, or the usual day. */
export function nextSpan(spans: Span[]): Span {
  const last = Math.max(0, ...spans.flatMap((span) => extent(span)?.[1] ?? []))
  if (last === 0) return { start: '09:00', end: '17:00' }
  const start = Math.min(last + 60, 22 * 60)
  return { start: timeOf(start), end: timeOf(Math.min(start + 240, DAY - 1)) }
}

/** A time as it is dragged: to the quarter of an hour, within the day. `24:00` is an end only. */
export const dragged = (share: number, most = DAY) => Math.max(0, Math.min(most, Math.round((share * DAY) / 15) * 15))
