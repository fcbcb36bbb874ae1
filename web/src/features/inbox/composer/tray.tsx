import { FileText, Mic, Music, RotateCw, TriangleAlert, Video, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { formatSize } from '@/lib/format'
import { cn } from '@/lib/utils'
import type { Attachment } from './use-attachments'

const ICONS = { image: FileText, sticker: FileText, video: Video, audio: Music, document: FileText }

/** What is going with the message: each with how far it is, and a way to take it out again. */
export function Tray({ items, onRemove, onRetry }: { items: Attachment[]; onRemove: (key: string) => void; onRetry: (key: string) => void }) {
  const { t } = useTranslation()
  if (items.length === 0) return null
  return (
    <ul aria-label={t('composer.attachments')} className="space-y-1 p-1.5 pb-0">
      {items.map((item) => {
        const Icon = item.voice ? Mic : ICONS[item.kind]
        const failed = item.state === 'failed'
        return (
          <li key={item.key} data-attachment={item.state} className={cn('flex items-center gap-2.5 rounded-lg bg-muted px-2 py-1.5', failed && 'bg-destructive-soft')}>
            {item.kind === 'image' || item.kind === 'sticker' ? (
              <img src={item.url} alt="" className="size-10 shrink-0 rounded-md object-cover" />
            ) : (
              <span className="grid size-10 shrink-0 place-items-center rounded-md bg-card text-muted-foreground"><Icon className="size-5" aria-hidden /></span>
            )}
            <div className="min-w-0 flex-1 text-xs">
              <p className="flex gap-1.5"><bdi className="truncate font-medium">{item.voice ? t('kinds.voice') : item.file.name}</bdi></p>
              {failed ? (
                <p role="alert" className="flex items-start gap-1 text-destructive-soft-foreground"><TriangleAlert className="mt-0.5 size-3 shrink-0" aria-hidden /><span dir="auto">{item.problem}</span></p>
              ) : (
                <p className="tnum text-muted-foreground">
                  {t(`kinds.${item.kind}`)} · {formatSize(item.file.size)}
                  {item.state === 'ready' ? ` · ${t('composer.ready')}` : ''}
                </p>
              )}
              {(item.state === 'uploading' || item.state === 'waiting') && (
                <div role="progressbar" aria-label={t('composer.uploading', { name: item.file.name })} aria-valuenow={Math.round(item.progress * 100)} aria-valuemin={0} aria-valuemax={100} className="mt-1 h-1 overflow-hidden rounded-full bg-foreground/10">
                  <div className="h-full rounded-full bg-primary transition-[width]" style={{ width: `${Math.max(4, item.progress * 100)}%` }} />
                </div>
              )}
            </div>
            {failed && !item.refused && (
              <button type="button" onClick={() => onRetry(item.key)} aria-label={t('common.tryAgain')} className="grid size-8 shrink-0 place-items-center rounded-md hover:bg-foreground/8"><RotateCw className="size-4" aria-hidden /></button>
            )}
            <button type="button" onClick={() => onRemove(item.key)} aria-label={t('composer.remove', { name: item.file.name })} className="grid size-8 shrink-0 place-items-center rounded-md text-muted-foreground hover:bg-foreground/8"><X className="size-4" aria-hidden /></button>
          </li>
        )
      })}
    </ul>
  )
}
