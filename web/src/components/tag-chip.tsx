import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { hueIndex } from '@/lib/format'
import { cn } from '@/lib/utils'

export const TAG_COLORS = ['#0f8a5f', '#2563eb', '#7c3aed', '#db2777', '#dc2626', '#d97706', '#0891b2', '#64748b'] as const

export const tagColor = (name: string, color?: string) => (color && /^#[0-9a-f]{3,8}$/i.test(color) ? color : (TAG_COLORS[hueIndex(name, TAG_COLORS.length)] ?? '#64748b'))

/** The colour is a dot, so the word keeps its contrast whatever colour was picked. */
export function TagChip({ name, color, onRemove, className }: { name: string; color?: string; onRemove?: () => void; className?: string }) {
  const { t } = useTranslation()
  return (
    <span className={cn('inline-flex max-w-full items-center gap-1.5 rounded-full border bg-card px-2 py-0.5 text-xs font-medium', className)}>
      <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ backgroundColor: tagColor(name, color) }} />
      <span className="truncate">{name}</span>
      {onRemove && (
        <button type="button" onClick={onRemove} className="-me-1 grid size-4 place-items-center rounded-full text-muted-foreground hover:bg-accent hover:text-foreground" aria-label={t('person.removeTag', { name })}>
          <X className="size-3" aria-hidden />
        </button>
      )}
    </span>
  )
}
