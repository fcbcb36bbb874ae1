import { useTranslation } from 'react-i18next'
import { Skeleton } from '@/components/ui/skeleton'

/** A table that is loading. */
export function TableSkeleton({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="overflow-hidden rounded-xl border bg-card">
      <span className="sr-only">{t('common.loading')}</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="flex items-center gap-3 border-b px-4 py-4 last:border-b-0">
          <Skeleton className="h-3.5 w-36" />
          <Skeleton className="ms-auto h-3.5 w-28" />
        </div>
      ))}
    </div>
  )
}
