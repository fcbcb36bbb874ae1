import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'

/** At the foot of the page while rows are selected: how many, and what can be done with them. */
export function SelectionBar({ words, onClear, children }: { words?: string; onClear: () => void; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className="pointer-events-none sticky bottom-0 z-10 flex justify-center">
      <p role="status" className="sr-only">{words}</p>
      {words && (
        <div role="group" aria-label={words} className="pointer-events-auto mt-4 mb-4 flex max-w-full flex-wrap items-center gap-2 rounded-xl border bg-popover px-3 py-2 shadow-lg">
          <span className="tnum px-1 text-[0.8125rem] font-medium" aria-hidden>{words}</span>
          {children}
          <Button variant="ghost" size="icon-sm" className="text-muted-foreground" onClick={onClear} aria-label={t('table.clearSelection')}><X aria-hidden /></Button>
        </div>
      )}
    </div>
  )
}
