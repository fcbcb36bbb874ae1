import { Download, File, FileArchive, FileImage, FileMusic, FileSpreadsheet, FileText, FileVideo, type LucideIcon, Presentation } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { inner } from '@/lib/content'
import { fileKind, type FileKind, fileOf, type FileView, type WithFile } from '@/lib/files'
import { formatSize } from '@/lib/format'
import { cn, text } from '@/lib/utils'
import { WhatsAppText } from '../wa-text'
import { useFileActions } from './file-context'
import { FilePlace } from './file-frame'

const ICONS: Record<FileKind, [LucideIcon, string]> = {
  pdf: [FileText, 'bg-destructive-soft text-destructive-soft-foreground'],
  sheet: [FileSpreadsheet, 'bg-primary-soft text-primary-soft-foreground'],
  text: [FileText, 'bg-info-soft text-info-soft-foreground'],
  slides: [Presentation, 'bg-warning-soft text-warning-soft-foreground'],
  archive: [FileArchive, 'bg-muted text-muted-foreground'],
  image: [FileImage, 'bg-info-soft text-info-soft-foreground'],
  video: [FileVideo, 'bg-info-soft text-info-soft-foreground'],
  audio: [FileMusic, 'bg-info-soft text-info-soft-foreground'],
  other: [File, 'bg-muted text-muted-foreground'],
}

export function Document({ message }: { message: WithFile }) {
  const { inSimulator } = useFileActions()
  const said = text(inner(message).caption)
  return (
    <span className="block space-y-1.5">
      <DocumentFile file={fileOf(message, inSimulator)} />
      {said && <WhatsAppText text={said} />}
    </span>
  )
}

export function DocumentFile({ file }: { file: FileView }) {
  const { t } = useTranslation()
  const { fresh } = useFileActions()
  if (file.state !== 'ready') return <FilePlace file={file} icon={FileText} label={t('kinds.document')} />
  const [Icon, tone] = ICONS[fileKind(file.mime, file.name)]
  const extension = /\.([a-z0-9]{1,5})$/i.exec(file.name ?? '')?.[1]?.toUpperCase()
  const inside = (
    <>
      <span className={cn('grid size-10 shrink-0 place-items-center rounded-lg', tone)}><Icon className="size-5" aria-hidden /></span>
      <span className="min-w-0 flex-1">
        <span dir="auto" className="align-ui line-clamp-2 block text-sm font-medium wrap-anywhere">{file.name ?? t('kinds.document')}</span>
        <span className="tnum block text-xs opacity-70">{extension && <bdi>{extension}</bdi>}{extension && file.size ? ' · ' : null}{file.size ? <bdi>{formatSize(file.size)}</bdi> : null}{!extension && !file.size && t('kinds.document')}</span>
      </span>
      {file.url && <Download className="size-4 shrink-0 opacity-70" aria-hidden />}
    </>
  )
  const look = 'flex w-72 max-w-full items-center gap-3 rounded-lg bg-foreground/5 px-2.5 py-2'
  if (!file.url) return <span className={look}>{inside}</span>
  return (
    <a
      href={file.url}
      target="_blank"
      rel="noreferrer noopener"
      download={file.name ?? ''}
      className={cn(look, 'hover:bg-foreground/8')}
      onClick={(event) => {
        // The address in the message may be too old by the time somebody presses.
        if (!file.id || !fresh) return
        event.preventDefault()
        void fresh(file.id).then((url) => window.open(url ?? file.url, '_blank', 'noopener'), () => window.open(file.url, '_blank', 'noopener'))
      }}
    >
      {inside}
    </a>
  )
}
