import { Download, ImageIcon, Sticker as StickerIcon, Video as VideoIcon, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog, DialogClose, DialogContent, DialogTitle } from '@/components/ui/dialog'
import { bodyOf, inner } from '@/lib/content'
import { fileOf, type FileView, type WithFile } from '@/lib/files'
import { text } from '@/lib/utils'
import { WhatsAppText } from '../wa-text'
import { useFileActions } from './file-context'
import { FilePlace, useFileUrl } from './file-frame'

const caption = (message: WithFile) => text(inner(message).caption)

export function Picture({ message }: { message: WithFile }) {
  const { inSimulator } = useFileActions()
  const said = caption(message)
  return (
    <span className="block w-72 max-w-full space-y-1.5">
      <PictureFile file={fileOf(message, inSimulator)} alt={said} />
      {said && <WhatsAppText text={said} />}
    </span>
  )
}

/** A picture; pressed, it fills the screen. */
export function PictureFile({ file, alt }: { file: FileView; alt?: string }) {
  const { t } = useTranslation()
  const { url, broken, onError } = useFileUrl(file)
  const [open, setOpen] = useState(false)
  if (!url || broken) return <FilePlace file={broken ? { ...file, state: file.id ? file.state : 'ready' } : file} icon={ImageIcon} label={broken ? t('kinds.imageBroken') : t('kinds.image')} />
  return (
    <>
      <button type="button" onClick={() => setOpen(true)} aria-label={t('files.enlarge', { name: alt ?? t('kinds.image') })} className="block max-w-full overflow-hidden rounded-lg bg-foreground/5">
        <img src={url} alt={alt ?? t('kinds.image')} loading="lazy" referrerPolicy="no-referrer" onError={onError} className="max-h-80 min-h-24 w-72 max-w-full object-cover" />
      </button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent aria-describedby={undefined} className="max-w-[min(96vw,72rem)] border-0 bg-transparent p-0 shadow-none sm:max-w-[min(96vw,72rem)] [&>button]:hidden">
          <DialogTitle className="sr-only">{alt ?? t('kinds.image')}</DialogTitle>
          <div className="flex flex-col items-center gap-3">
            <div className="flex gap-2 self-end">
              <a href={url} download={file.name ?? ''} target="_blank" rel="noreferrer noopener" className="grid size-9 place-items-center rounded-full bg-card text-foreground shadow-sm" aria-label={t('files.download')}><Download className="size-4" aria-hidden /></a>
              <DialogClose className="grid size-9 place-items-center rounded-full bg-card text-foreground shadow-sm" aria-label={t('common.close')}><X className="size-4" aria-hidden /></DialogClose>
            </div>
            <img src={url} alt={alt ?? t('kinds.image')} className="max-h-[80dvh] max-w-full rounded-lg object-contain" />
          </div>
        </DialogContent>
      </Dialog>
    </>
  )
}

export function Video({ message }: { message: WithFile }) {
  const { inSimulator } = useFileActions()
  const said = caption(message)
  return (
    <span className="block w-72 max-w-full space-y-1.5">
      <VideoFile file={fileOf(message, inSimulator)} />
      {said && <WhatsAppText text={said} />}
    </span>
  )
}

export function VideoFile({ file }: { file: FileView }) {
  const { t } = useTranslation()
  const { url, broken, onError } = useFileUrl(file)
  if (!url || file.state !== 'ready') return <FilePlace file={file} icon={VideoIcon} label={t('kinds.video')} />
  return (
    <span className="block w-72 max-w-full space-y-1">
      {broken ? (
        <FilePlace file={{ ...file, state: 'ready' }} icon={VideoIcon} label={t('files.cannotPlay')} />
      ) : (
        <video src={url} controls playsInline preload="metadata" onError={onError} aria-label={t('kinds.video')} className="max-h-80 w-full rounded-lg bg-black" />
      )}
      {broken && <a href={url} download={file.name ?? ''} target="_blank" rel="noreferrer noopener" className="inline-flex items-center gap-1 text-xs underline underline-offset-2"><Download className="size-3" aria-hidden />{t('files.download')}</a>}
    </span>
  )
}

export function Sticker({ message }: { message: WithFile }) {
  const { t } = useTranslation()
  const { inSimulator } = useFileActions()
  const file = fileOf(message, inSimulator)
  const { url, broken, onError } = useFileUrl(file)
  if (!url || broken || file.state !== 'ready') return <FilePlace file={file} icon={StickerIcon} label={t('kinds.sticker')} />
  return <img src={url} alt={bodyOf(message) ?? t('kinds.sticker')} loading="lazy" referrerPolicy="no-referrer" onError={onError} className="size-32 object-contain" />
}
