import { differenceInCalendarDays, isSameDay, isSameYear } from 'date-fns'
import i18next from 'i18next'

/** Latin digits and the Gregorian calendar in every language: times sit beside phone numbers and ids. */
export function locale() {
  if (i18next.language === 'ar') return 'ar-u-ca-gregory-nu-latn'
  // The browser knows whether its English is British or American, and so how it writes a time.
  return navigator.languages?.find((l) => l.startsWith(i18next.language || 'en')) ?? 'en'
}

const cache = new Map<string, Intl.DateTimeFormat>()
function format(date: Date, options: Intl.DateTimeFormatOptions) {
  const key = locale() + JSON.stringify(options)
  let found = cache.get(key)
  if (!found) cache.set(key, (found = new Intl.DateTimeFormat(locale(), options)))
  return found.format(date)
}

export const formatTime = (iso: string) => format(new Date(iso), { hour: 'numeric', minute: '2-digit' })
export const formatDate = (iso: string) => format(new Date(iso), { day: 'numeric', month: 'short', year: 'numeric' })
export const formatDateTime = (iso: string) =>
  format(new Date(iso), { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' })
export const formatNumber = (value: number) => new Intl.NumberFormat(locale()).format(value)

const upperFirst = (value: string) => value.charAt(0).toLocaleUpperCase() + value.slice(1)

const relative = new Map<string, Intl.RelativeTimeFormat>()
function relativeFormat() {
  let found = relative.get(locale())
  if (!found) relative.set(locale(), (found = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })))
  return found
}

const relativeDay = (days: number) => upperFirst(relativeFormat().format(-days, 'day'))

/** The day a separator stands for: Today, Yesterday, a weekday, a date. */
export function dayLabel(iso: string, now = new Date()) {
  const date = new Date(iso)
  const days = differenceInCalendarDays(now, date)
  if (days === 0 || days === 1) return relativeDay(days)
  if (days > 1 && days < 7) return format(date, { weekday: 'long' })
  return format(date, isSameYear(date, now) ? { weekday: 'short', day: 'numeric', month: 'long' } : { day: 'numeric', month: 'long', year: 'numeric' })
}

/** As short as a list row can take: a time today, then yesterday, a weekday, a date. */
export function shortWhen(iso: string, now = new Date()) {
  const date = new Date(iso)
  if (isSameDay(date, now)) return formatTime(iso)
  const days = differenceInCalendarDays(now, date)
  if (days === 1) return relativeDay(1)
  if (days > 1 && days < 7) return format(date, { weekday: 'short' })
  return format(date, isSameYear(date, now) ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'numeric', year: '2-digit' })
}

/** "3 minutes ago", for things where recency matters more than the clock. */
export function timeAgo(iso: string, now = Date.now()) {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60]]
  const rtf = relativeFormat()
  if (Math.abs(seconds) >= 30 * 86_400) return formatDate(iso)
  for (const [unit, size] of steps) if (Math.abs(seconds) >= size) return rtf.format(Math.trunc(seconds / size), unit)
  return rtf.format(0, 'second')
}

/** Country codes with one or two digits; all others have three. Enough to space a number for reading. */
const ONE = new Set(['1', '7'])
const TWO = new Set('20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(' '))

/** How the national part is usually read aloud, where it is not threes and a four. */
const GROUPS: Record<string, number[]> = {
  '1': [3, 3, 4], '7': [3, 3, 2, 2], '20': [2, 4, 4], '31': [1, 8], '33': [1, 2, 2, 2, 2], '34': [3, 3, 3], '39': [3, 3, 4], '44': [4, 6],
  '49': [3, 8], '52': [2, 4, 4], '55': [2, 5, 4], '62': [3, 4, 4], '90': [3, 3, 2, 2], '91': [5, 5], '965': [4, 4], '966': [2, 3, 4], '971': [2, 3, 4], '974': [4, 4],
}

export function formatPhone(phone: string) {
  const digits = phone.replace(/\D/g, '')
  if (digits.length < 7) return phone
  const size = ONE.has(digits.slice(0, 1)) ? 1 : TWO.has(digits.slice(0, 2)) ? 2 : 3
  const rest = digits.slice(size)
  const groups: string[] = []
  let left = rest
  const wanted = GROUPS[digits.slice(0, size)]
  if (wanted && wanted.reduce((a, b) => a + b, 0) === rest.length) {
    for (const length of wanted) {
      groups.push(left.slice(0, length))
      left = left.slice(length)
    }
    return `+${digits.slice(0, size)} ${groups.join(' ')}`
  }
  while (left.length > 4) {
    groups.push(left.slice(0, 3))
    left = left.slice(3)
  }
  return `+${digits.slice(0, size)} ${[...groups, left].filter(Boolean).join(' ')}`
}

/** Whether a text may be meant as a phone number, to offer it as one. Only the server reads numbers: what was typed is sent as it is. */
export function mayBePhone(text: string): boolean {
  const digits = text.match(/\p{Nd}/gu)?.length ?? 0
  return digits >= 5 && text.length <= 300 && !/\p{L}/u.test(text)
}

interface Named {
  name?: string
  phone?: string
  username?: string
  bsuid?: string
}

/** A person may have any one of name, phone, username, or none: then the caller's word for a stranger. */
export function displayName(who: Named, stranger: string) {
  return who.name ?? (who.phone ? formatPhone(who.phone) : who.username ? `@${who.username}` : (who.bsuid ?? stranger))
}

/** What a person's colour is taken from: only what the inbox, the contacts and the simulator's phone all know of them. */
export const personSeed = (who: Named & { id?: string }) => who.phone?.replace(/\D/g, '') || who.username || who.name || who.id || who.bsuid || ''

export function initials(name: string) {
  const words = name.replace(/^[@+]/, '').split(/\s+/).filter((w) => /^\p{L}/u.test(w))
  const [first, second] = [words[0], words.length > 1 ? words[words.length - 1] : undefined]
  if (!first) return ''
  return [first, second].map((w) => (w ? [...w][0] : '')).join('').toLocaleUpperCase()
}

/** The same thing always gets the same colour: a stable index into the avatar palette. */
export function hueIndex(seed: string, size: number) {
  let hash = 2166136261
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 16777619)
  return (hash >>> 0) % size
}

/** A file's size as people say it: 0.3 KB, 512 KB, 3.4 MB. */
export function formatSize(bytes: number) {
  const units = ['kilobyte', 'megabyte', 'gigabyte'] as const
  let value = Math.max(bytes / 1024, 0.1)
  let at = 0
  while (value >= 1000 && at < units.length - 1) {
    value /= 1024
    at++
  }
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: units[at], unitDisplay: 'short', maximumFractionDigits: value < 10 && (at > 0 || value < 1) ? 1 : 0 }).format(value)
}

/** Seconds as a player shows them: 0:07, 12:30. */
export function formatDuration(seconds: number) {
  const whole = Math.max(0, Math.floor(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** A span of time in its largest whole unit: 10 minutes, 12 hours, 30 days. */
export function formatSpan(seconds: number) {
  const [unit, size] = ([['day', 86_400], ['hour', 3_600], ['minute', 60]] as const).find(([, size]) => seconds >= size && seconds % size === 0) ?? (['second', 1] as const)
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size)
}

/** An amount in a currency; a code that is none is put beside the number. */
export function formatMoney(amount: number, currency: string) {
  try {
    const parts = new Intl.NumberFormat(locale(), { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(amount)
    // Arabic knows the pound as "UK£", whose letters and sign fall apart in a line from the right.
    return parts.map(({ type, value }) => (type === 'currency' ? value.replace(/^[A-Z]{2}(?=\p{Sc})/u, '') : value)).join('')
  } catch {
    return `${formatNumber(amount)} ${currency}`.trim()
  }
}

/** A name of any language within a sentence of another: neither turns the other around. */
export const isolated = (name: string) => `\u2068${name}\u2069`
