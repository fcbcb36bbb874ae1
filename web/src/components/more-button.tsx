import { type RefObject, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'

interface MoreButtonProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> }
  /** What grows: the focus goes to the first of what is new when there is no more, and with it this button. */
  list: RefObject<HTMLElement>
}

/** The next page of a list, under it. */
export function MoreButton({ query, list }: MoreButtonProps) {
  const { t } = useTranslation()
  const { hasNextPage } = query
  /** How many there were when more was asked for. */
  const before = useRef<number>()
  // Before the screen is drawn: the button leaves and the focus moves in one step, so that nobody finds it nowhere.
  useLayoutEffect(() => {
    if (hasNextPage || before.current === undefined) return
    const fresh = list.current?.children[before.current]
    before.current = undefined
    // If the user moved elsewhere while the page was loading, the focus stays there.
    if (document.activeElement !== document.body || !(fresh instanceof HTMLElement)) return
    fresh.tabIndex = -1
    fresh.focus({ preventScroll: true })
  }, [hasNextPage, list])
  if (!hasNextPage) return null
  const more = () => {
    before.current = list.current?.children.length ?? 0
    void query.fetchNextPage()
  }
  return (
    <div className="border-t px-5 py-3">
      <Button variant="outline" size="sm" loading={query.isFetchingNextPage} onClick={more}>{t('common.more')}</Button>
    </div>
  )
}
