import type { InfiniteData } from '@tanstack/react-query'
import type { Page } from '@/api/types'

/** The rows of an endless list, each id once: a row may move between pages while they are being fetched. */
export function rows<T extends { id: string }>(pages: InfiniteData<Page<T>> | undefined): T[] {
  const seen = new Set<string>()
  return (pages?.pages ?? []).flatMap((page) => page.items).filter((item) => !seen.has(item.id) && seen.add(item.id))
}
