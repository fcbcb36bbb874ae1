import { CircleAlert, LoaderCircle, type LucideIcon, RotateCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/errors'
import type { FileView } from '@/lib/files'
import { formatDate, formatSize } from '@/lib/format'
import { useFileActions } from './file-context'

/**
 * The address to show a file from. It stays while the bubble is on screen, whatever newer signature a refresh brings:
 * a picture must not blink. When it stops working, or there is only our id of the file, one new address is asked for.
 */
export function useFileUrl(file: FileView) {
  const { fresh } = useFileActions()
  const [url, setUrl] = useState(file.url)
  const [broken, setBroken] = useState(false)
  const [asked, setAsked] = useState(false)
  const known = file.state === 'ready' ? file.url : undefined
  useEffect(() => {
    if (!url && known) setUrl(known)
  }, [url, known])
  const id = file.state === 'ready' && !file.url ? file.id : undefined
  useEffect(() => {
    if (!id || !fresh) return
    let gone = false
    fresh(id).then((next) => !gone && (next ? setUrl(next) : setBroken(true)), () => !gone && setBroken(true))
    return () => {
      gone = true
    }
  }, [id, fresh])
  const onError = () => {
    if (!file.id || !fresh || asked) {
      setBroken(true)
      return
    }
    setAsked(true)
    fresh(file.id).then((next) => (next ? setUrl(next) : setBroken(true)), () => setBroken(true))
  }
  return { url: url ?? known, broken, onError }
}

/** Stands where the file would be: it is coming, it failed, or it is not ours to show. */
export function FilePlace({ file, icon: Icon, label }: { file: FileView; icon: LucideIcon; label: string }) {
  const { t } = useTranslation()
  const { again } = useFileActions()
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string>()
  const waiting = file.state === 'waiting'
  const failed = file.state === 'failed'
  const canAsk = failed && file.id && again && (!file.until || Date.parse(file.until) > Date.now())
  const ask = async () => {
    if (!file.id || !again) return
    setAsking(true)
    setProblem(undefined)
    try {
      await again(file.id)
    } catch (error) {
      setProblem(describeError(error))
    } finally {
      setAsking(false)
    }
  }
  return (
    <span className="flex w-64 max-w-full items-start gap-2.5 rounded-lg bg-foreground/6 px-3 py-2.5" data-file={file.state} role={waiting ? 'status' : undefined}>
      <span className="grid size-8 shrink-0 place-items-center rounded-full bg-foreground/8">
        {waiting ? <LoaderCircle className="size-4 animate-spin" aria-hidden /> : failed ? <CircleAlert className="size-4 text-destructive" aria-hidden /> : <Icon className="size-4" aria-hidden />}
      </span>
      <span className="min-w-0 flex-1 space-y-0.5 text-xs">
        <span dir="auto" className="align-ui block text-sm wrap-anywhere">{file.name ?? label}</span>
        {waiting && <span className="block opacity-75">{t('files.waiting')}{file.size ? ` · ${formatSize(file.size)}` : ''}</span>}
        {failed && <span className="block opacity-85">{problem ?? file.reason ?? t('files.failed')}</span>}
        {failed && file.until && <span className="block opacity-75">{canAsk ? t('files.until', { date: formatDate(file.until) }) : t('files.gone')}</span>}
        {canAsk && (
          <button type="button" disabled={asking} onClick={() => void ask()} className="mt-1 inline-flex items-center gap-1.5 rounded-md border bg-card px-2 py-1 font-medium shadow-xs hover:bg-accent disabled:opacity-60">
            <RotateCw className={asking ? 'size-3 animate-spin' : 'size-3'} aria-hidden />
            {t('files.askAgain')}
          </button>
        )}
      </span>
    </span>
  )
}
