import { useTranslation } from 'react-i18next'
import { formatNumber } from '@/lib/format'

/** How far long work has come. `label`: what is being done. */
export function Progress({ label, done, total }: { label: string; done: number; total: number }) {
  const { t } = useTranslation()
  const share = total > 0 ? Math.min(1, done / total) : 0
  return (
    <div className="space-y-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-[0.8125rem]">
        <span className="font-medium">{label}</span>
        <span className="tnum text-muted-foreground">{t('progress.of', { done: formatNumber(done), total: formatNumber(total) })}</span>
      </div>
      <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={total} aria-valuenow={done} className="h-2 overflow-hidden rounded-full bg-muted">
        {/* From the start of the line, in either direction of reading. */}
        <div className="h-full rounded-full bg-primary transition-[width] duration-300" style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  )
}
