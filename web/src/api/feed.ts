import { keepPreviousData, type QueryClient, replaceEqualDeep, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Page } from './page'

/**
 * A long list that the live stream keeps up to date. It has the shape of an infinite query's data, but refetching it reads the first page
 * only: the pages below stay, and are read again when they come into view (`stale`). A change copies the page it is on and no other, so
 * an arrival costs the same in a list of ten and of ten thousand.
 */
export interface Feed<T> {
  /** Newest first. Each id is in one page only. */
  pages: Page<T>[]
  /** `after` of each page. */
  pageParams: (string | undefined)[]
}

interface Item {
  id: string
}

const indexes = new WeakMap<object, Map<string, unknown>>()

/** A page's items by id. Pages are never changed in place, so each is indexed once. */
export function indexOf<T extends Item>(page: Page<T>): Map<string, T> {
  const known = indexes.get(page) as Map<string, T> | undefined
  if (known) return known
  const index = new Map(page.items.map((item) => [item.id, item]))
  indexes.set(page, index)
  return index
}

/** The page an id is on, or -1. */
export const pageOf = <T extends Item>(pages: Page<T>[], id: string) => pages.findIndex((page) => indexOf(page).has(id))

export function findItem<T extends Item>(feed: Feed<T> | undefined, id: string): T | undefined {
  return feed?.pages[pageOf(feed.pages, id)]?.items.find((item) => item.id === id)
}

/** Changes one item; the same feed if it is not loaded or stays what it is. */
export function changeItem<T extends Item>(feed: Feed<T>, id: string, change: (item: T) => T): Feed<T> {
  const at = pageOf(feed.pages, id)
  const page = feed.pages[at]
  if (!page) return feed
  const items = page.items.map((item) => (item.id === id ? change(item) : item))
  return items.every((item, i) => item === page.items[i]) ? feed : withPage(feed, at, { ...page, items })
}

export const withPage = <T>(feed: Feed<T>, at: number, page: Page<T>): Feed<T> => ({ ...feed, pages: feed.pages.with(at, page) })

/** The pages without these ids; pages that have none of them stay the same objects. */
export const without = <T extends Item>(pages: Page<T>[], ids: Set<string>): Page<T>[] =>
  pages.map((page) => {
    const index = indexOf(page)
    let has = false
    for (const id of ids) if (index.has(id)) has = true
    return has ? { ...page, items: page.items.filter((item) => !ids.has(item.id)) } : page
  })

/** What was known where nothing changed, so that no row is drawn again for nothing. */
export const keepEqual = <T extends Item>(feed: Feed<T>, items: T[]): T[] => items.map((item) => replaceEqualDeep(findItem(feed, item.id), item))

export const begin = <T>(head: Page<T>): Feed<T> => ({ pages: [head], pageParams: [undefined] })

/** Puts an older page below; items that are above already stay there. */
export function append<T extends Item>(feed: Feed<T>, after: string, page: Page<T>): Feed<T> {
  if (feed.pages[feed.pages.length - 1]?.next !== after) return feed
  const fresh = page.items.filter((item) => pageOf(feed.pages, item.id) === -1)
  return { pages: [...feed.pages, { ...page, items: fresh }], pageParams: [...feed.pageParams, after] }
}

/** A stale page as it is now. Items that have moved to other pages stay there. */
export function renewed<T extends Item>(feed: Feed<T>, after: string, page: Page<T>): Feed<T> {
  const at = feed.pageParams.indexOf(after)
  const old = feed.pages[at]
  if (!old?.stale) return feed
  const elsewhere = (id: string) => {
    const found = pageOf(feed.pages, id)
    return found !== -1 && found !== at
  }
  const items = keepEqual(feed, page.items.filter((item) => !elsewhere(item.id)))
  const fresh = new Set(items.map((item) => item.id))
  // What the answer is too short to reach is kept as it was.
  const last = old.items.findLastIndex((item) => fresh.has(item.id))
  const rest = page.next && last !== -1 ? old.items.slice(last + 1).filter((item) => !fresh.has(item.id)) : []
  const next = at === feed.pages.length - 1 && rest.length === 0 ? page.next : old.next
  return withPage(feed, at, { items: [...items, ...rest], next })
}

/** How many more pages a refetch reads to reach what is known, before it starts anew. */
const CATCH_UP_PAGES = 4

interface FeedOptions<T> {
  queryKey: readonly unknown[]
  fetchPage: (after: string | undefined, signal?: AbortSignal) => Promise<Page<T>>
  /** Merges the newest items into what is known; undefined when there is a gap between the two. */
  renew: (known: Feed<T>, newest: Page<T>) => Feed<T> | undefined
  /** What is shown when a gap stays open. */
  restart?: (known: Feed<T>, newest: Page<T>) => Feed<T>
  /** Keep showing the previous list while another one is loaded. */
  keepPrevious?: boolean
}

async function read<T>(client: QueryClient, { queryKey, fetchPage, renew, restart }: FeedOptions<T>, signal: AbortSignal): Promise<Feed<T>> {
  let newest = await fetchPage(undefined, signal)
  for (let tries = 0; ; tries++) {
    // Asked for after every answer: the live stream may have changed it meanwhile.
    const known = client.getQueryData<Feed<T>>(queryKey)
    if (!known?.pages[0]) return begin(newest)
    const merged = renew(known, newest)
    if (merged) return merged
    if (tries === CATCH_UP_PAGES || !newest.next) return restart?.(known, newest) ?? begin(newest)
    const more: Page<T> = await fetchPage(newest.next, signal)
    newest = { items: [...newest.items, ...more.items], next: more.next }
  }
}

export function useFeed<T extends Item>(options: FeedOptions<T>) {
  const client = useQueryClient()
  const latest = useRef(options)
  latest.current = options
  const key = JSON.stringify(options.queryKey)
  const query = useQuery({
    queryKey: options.queryKey,
    queryFn: ({ signal }) => read(client, latest.current, signal),
    // Compares item by item and by place: after an arrival it would copy every item of the page.
    structuralSharing: false,
    placeholderData: options.keepPrevious ? keepPreviousData : undefined,
  })
  const [loading, setLoading] = useState<{ key: string; failed?: unknown }>()
  const running = useRef<AbortController>()
  const renewing = useRef(new Set<string>())
  useEffect(
    () => () => {
      running.current?.abort()
      running.current = undefined
      renewing.current.clear()
    },
    [key],
  )

  /** Loads the next page, once at a time. */
  const more = useCallback(async () => {
    const { queryKey, fetchPage } = latest.current
    const pages = client.getQueryData<Feed<T>>(queryKey)?.pages
    const after = pages?.[pages.length - 1]?.next
    if (!after || running.current) return
    const abort = new AbortController()
    running.current = abort
    setLoading({ key })
    try {
      const page = await fetchPage(after, abort.signal)
      if (abort.signal.aborted) return
      client.setQueryData<Feed<T>>(queryKey, (feed) => feed && append(feed, after, page))
      setLoading(undefined)
    } catch (failed) {
      if (!abort.signal.aborted) setLoading({ key, failed })
    } finally {
      if (running.current === abort) running.current = undefined
    }
  }, [client, key])

  /** Reads a stale page again; called for pages in view. What fails stays stale. */
  const renewPage = useCallback(
    async (page: Page<T>) => {
      const { queryKey, fetchPage } = latest.current
      const feed = client.getQueryData<Feed<T>>(queryKey)
      const after = feed?.pageParams[feed.pages.indexOf(page)]
      if (!page.stale || after === undefined || renewing.current.has(after)) return
      renewing.current.add(after)
      try {
        const fresh = await fetchPage(after)
        client.setQueryData<Feed<T>>(queryKey, (now) => now && renewed(now, after, fresh))
        renewing.current.delete(after)
      } catch {
        // Kept in `renewing`: not asked for again before the list is opened anew.
      }
    },
    [client],
  )

  const pages = query.data?.pages
  const mine = loading?.key === key ? loading : undefined
  return useMemo(
    () => ({
      pages,
      isPending: query.isPending,
      error: pages ? null : query.error,
      refetch: query.refetch,
      hasMore: !query.isPlaceholderData && !!pages?.[pages.length - 1]?.next,
      loadingMore: !!mine && mine.failed === undefined,
      moreFailed: mine?.failed !== undefined,
      more,
      renewPage,
    }),
    [pages, query.isPending, query.error, query.refetch, query.isPlaceholderData, mine, more, renewPage],
  )
}

/** Rows of the pages by their place, without copying them into one list. */
export class PagedRows<T extends Item> {
  readonly length: number
  private readonly starts: number[] = []

  constructor(readonly pages: Page<T>[]) {
    let length = 0
    for (const page of pages) {
      this.starts.push(length)
      length += page.items.length
    }
    this.length = length
  }

  /** The page that has this row. */
  pageAt(row: number): Page<T> | undefined {
    return this.pages[placeIn(this.starts, row)]
  }

  at(row: number): T | undefined {
    const page = placeIn(this.starts, row)
    return this.pages[page]?.items[row - (this.starts[page] ?? 0)]
  }

  /** Where this id is, or -1. */
  find(id: string | undefined): number {
    if (id === undefined) return -1
    const page = pageOf(this.pages, id)
    return page === -1 ? -1 : (this.starts[page] ?? 0) + (this.pages[page]?.items.findIndex((item) => item.id === id) ?? 0)
  }
}

/** The last of these ascending numbers that is not above `value`. */
export function placeIn(starts: number[], value: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}
