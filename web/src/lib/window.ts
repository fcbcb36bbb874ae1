/** WhatsApp's 24-hour customer service window, as the composer sees it. */
export type WindowState =
  | { kind: 'open'; hours: number; minutes: number }
  | { kind: 'closing'; minutes: number }
  | { kind: 'closed' }

const MINUTE = 60_000

export function windowState(closesAt: string | undefined, now: number): WindowState {
  if (!closesAt) return { kind: 'closed' }
  const left = Date.parse(closesAt) - now
  if (!(left > 0)) return { kind: 'closed' }
  // Rounded up: "1 min left" is shown until the very end, never "0 min left".
  // Clocks differ by seconds: a window that has just opened is 24 hours, not a minute more.
  const minutes = Math.min(Math.ceil(left / MINUTE), 24 * 60)
  if (minutes <= 60) return { kind: 'closing', minutes }
  return { kind: 'open', hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}
