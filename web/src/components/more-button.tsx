import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'

interface MoreButtonProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<{ hasNextPage: boolean }> }
  /** What grows: the focus goes to the first of what is new when there is no more, and with it this button. */
  list: RefObject<HTMLElement>
}

/** The next page of a list, under it. */
export function MoreButton({ query, list }: MoreButtonProps) {
  const { t } = useTranslation()
  if (!query.hasNextPage) return null
  const more = async () => {
    const before = list.current?.children.length ?? 0
    const { hasNextPage } = await query.fetchNextPage()
    if (hasNextPage) return
    requestAnimationFrame(() => {
      const fresh = list.current?.children[before]
      if (!(fresh instanceof HTMLElement)) return
      fresh.tabIndex = -1
      fresh.focus({ preventScroll: true })
    })
  }
  return (
    <div className="border-t px-5 py-3">
      <Button variant="outline" size="sm" loading={query.isFetchingNextPage} onClick={() => void more()}>{t('common.more')}</Button>
    </div>
  )
}
