import type { QueryClient } from '@tanstack/react-query'
import { eventItems } from '@/api/live'
import { type Session, sessionKeys } from '@/api/session'
import { type TemplateChange, templateKeys } from '@/api/templates'

/** A sync tells of many in a row: the pages on the screen are read again once for all of them. */
const GATHER_MS = 200
let timer: ReturnType<typeof setTimeout> | undefined

/** Templates changed: what is shown of them is read again, and those who can do something about it are told what became worse. */
export function templatesChanged(client: QueryClient, payload: unknown) {
  timer ??= setTimeout(() => {
    timer = undefined
    void client.invalidateQueries({ queryKey: templateKeys.all })
  }, GATHER_MS)
  const worse = worsened(changesIn(payload))
  if (worse.length > 0 && mayAct(client)) void import('./news-toast').then(({ tell }) => tell(worse))
}

const changesIn = (payload: unknown) =>
  eventItems(payload, 'template_id', 'name', 'language', 'status').filter((item) => Array.isArray(item.changed)) as unknown as TemplateChange[]

const mayAct = (client: QueryClient) => {
  const session = client.getQueryData<Session | null>(sessionKeys.session)
  return !!session && ['templates:submit', 'templates:write'].some((right) => session.permissions.includes(right))
}

export type Worse = 'rejected' | 'paused' | 'disabled' | 'recategorised' | 'announced'

/** What somebody should know at once. A template that is new here has not changed, whatever its state. */
export function worsened(items: TemplateChange[]): { change: TemplateChange; worse: Worse }[] {
  return items.flatMap((change) => {
    const worse = whatWorsened(change)
    return worse ? [{ change, worse }] : []
  })
}

function whatWorsened({ changed, status, category, previous_category, pending_category }: TemplateChange): Worse | undefined {
  if (changed.includes('added')) return undefined
  if (changed.includes('status')) {
    if (status === 'REJECTED') return 'rejected'
    if (status === 'PAUSED') return 'paused'
    if (status === 'DISABLED') return 'disabled'
  }
  if (changed.includes('category') && category && previous_category && category !== previous_category) return 'recategorised'
  if (changed.includes('pending_category') && pending_category && pending_category !== category) return 'announced'
  return undefined
}
