import type { InfiniteData } from '@tanstack/react-query'

/** A page of a list, and where the next one starts. */
export interface Page<T> {
  items: T[]
  next?: string
  /** Loaded before something was missed: it is read again when it is shown. */
  stale?: boolean
}

/** How an endless query goes from page to page: `pageParam` is the list's `after`. */
export const byPages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: Page<unknown>) => page.next,
}

/** The rows of an endless list, each id once: a row may move between pages while they are being fetched. */
export function rows<T extends { id: string }>(pages: InfiniteData<Page<T>> | undefined): T[] {
  const seen = new Set<string>()
  return (pages?.pages ?? []).flatMap((page) => page.items).filter((item) => !seen.has(item.id) && seen.add(item.id))
}

/** A body of PATCH: what is absent stays, `null` takes a choice back. The API description has no word for the latter. */
export type Changes<T> = { [K in keyof T]: T[K] | null }
