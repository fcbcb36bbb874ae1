import type { Channel } from '@/api/channels'

/** How a number is doing, in one word: the worst of all that is known. */
export type Health = 'paused' | 'replies' | 'attention' | 'untested' | 'connected'

/** Something wrong with a number that somebody should mend. */
export type Problem = 'held' | 'restricted' | 'connection' | 'name' | 'quality' | 'phone' | 'untested'

const NAME_REFUSED = ['DECLINED', 'REJECTED', 'EXPIRED']
const PHONE_WELL = ['CONNECTED', 'PENDING', 'UNVERIFIED']
const upper = (word?: string) => word?.toUpperCase() ?? ''

/** What is wrong with a number, the heaviest first. */
export function problemsOf(channel: Channel): Problem[] {
  const stop = channel.held ?? channel.restricted
  const found: [Problem, boolean][] = [
    ['held', !!channel.held],
    ['restricted', !channel.held && !!channel.restricted],
    // A number that is held gives the same reason a second time.
    ['connection', channel.status === 'attention' && channel.status_reason !== stop?.reason],
    ['phone', !stop && !!channel.phone_status && !PHONE_WELL.includes(upper(channel.phone_status))],
    ['name', NAME_REFUSED.includes(upper(channel.name_status))],
    ['quality', upper(channel.quality_rating) === 'RED'],
    ['untested', channel.status === 'untested'],
  ]
  return found.flatMap(([problem, there]) => (there ? [problem] : []))
}

export function healthOf(channel: Channel): Health {
  const [first] = problemsOf(channel)
  if (first === 'held') return 'paused'
  if (first === 'restricted') return 'replies'
  return first === undefined ? 'connected' : first === 'untested' ? 'untested' : 'attention'
}
