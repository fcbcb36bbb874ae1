import { Paperclip, X } from 'lucide-react'
import { type DragEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/error'
import { uploadSample } from '@/api/template-writing'
import { Button } from '@/components/ui/button'
import { describeError } from '@/lib/errors'
import { checkFile } from '@/lib/files'
import { formatNumber, formatSize, isolated } from '@/lib/format'
import { keepSample } from '@/lib/samples'
import { cn } from '@/lib/utils'
import { useEditor } from './context'
import { Field, TextField } from './field'

/** What Meta takes as the sample of each header. */
const ACCEPTED = { image: 'image/jpeg,image/png', video: 'video/mp4,.mp4', document: 'application/pdf,.pdf' } as const

/** The file that the review at Meta looks at. It is no part of what is sent later. */
export function SampleFile({ kind }: { kind: keyof typeof ACCEPTED }) {
  const { t } = useTranslation()
  const { values, set } = useEditor()
  const { header, channel } = values
  const picker = useRef<HTMLInputElement>(null)
  const choose = useRef<HTMLButtonElement>(null)
  const [running, setRunning] = useState<{ name: string; done: number; stop: AbortController }>()
  const [problem, setProblem] = useState<string>()
  const [over, setOver] = useState(false)
  /** WhatsApp does not tell the token's app: somebody has to say it, and the file waits for that. */
  const [app, setApp] = useState<{ id: string; file: File }>()
  const latest = useRef({ header, set })
  latest.current = { header, set }
  useEffect(() => () => running?.stop.abort(), [running?.stop])
  useEffect(() => setProblem(undefined), [kind])

  const take = async (file: File | undefined, appId?: string) => {
    if (!file || running) return
    const wrong = checkFile(file, kind)
    setProblem(wrong && (wrong.problem === 'empty' ? t('templateEditor.fileEmpty') : t('templateEditor.fileSize', { max: formatSize(wrong.max), size: formatSize(wrong.size) })))
    if (wrong) return
    const stop = new AbortController()
    setRunning({ name: file.name, done: 0, stop })
    try {
      const sample = await uploadSample(channel, file, appId, (done) => setRunning({ name: file.name, done, stop }), stop.signal)
      setApp(undefined)
      const now = latest.current
      if (now.header.kind !== kind) return
      if (kind !== 'document') keepSample(sample.handle, file)
      now.set({ header: { ...now.header, handle: sample.handle, file: file.name } })
    } catch (error) {
      if (error instanceof ApiError && error.code === 'app_unknown') setApp({ id: appId ?? '', file })
      if (!stop.signal.aborted) setProblem(error instanceof ApiError && error.code === 'media_type' ? t('templateEditor.fileWrong', { name: isolated(file.name) }) : describeError(error))
    } finally {
      setRunning(undefined)
    }
  }
  const remove = () => {
    set({ header: { ...header, handle: '', file: '' } })
    setTimeout(() => choose.current?.focus())
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }

  return (
    <Field name="header.file" label={t('templateEditor.sampleFile')} hint={t(`templateEditor.fileTypes.${kind}`)}>
      {(control) => (
        <>
          {running ? (
            <div className="flex items-center gap-3 rounded-md border bg-muted/50 px-3 py-2 text-sm">
              <div className="min-w-0 flex-1 space-y-1">
                <bdi className="block truncate">{running.name}</bdi>
                <div role="progressbar" aria-label={t('templateEditor.uploading', { name: running.name })} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(running.done * 100)} className="h-1.5 overflow-hidden rounded-full bg-muted">
                  <div className="h-full rounded-full bg-primary transition-[width]" style={{ width: `${running.done * 100}%` }} />
                </div>
              </div>
              <span className="tnum text-xs text-muted-foreground">{formatNumber(Math.round(running.done * 100))} %</span>
              <Button variant="ghost" size="icon-sm" aria-label={t('common.cancel')} onClick={() => running.stop.abort()}><X aria-hidden /></Button>
            </div>
          ) : header.handle ? (
            <div className="flex items-center gap-2 rounded-md border bg-muted/50 px-3 py-1.5 text-sm">
              <Paperclip className="size-4 shrink-0 text-muted-foreground" aria-hidden />
              <bdi data-sample className="min-w-0 flex-1 truncate">{header.file || t('templateEditor.sampleThere')}</bdi>
              <Button {...control} variant="ghost" size="icon-sm" aria-label={t('templateEditor.removeSample')} onClick={remove}><X aria-hidden /></Button>
            </div>
          ) : (
            <div
              onDragOver={(event) => {
                event.preventDefault()
                setOver(true)
              }}
              onDragLeave={() => setOver(false)}
              onDrop={drop}
              className={cn('flex flex-wrap items-center gap-3 rounded-md border border-dashed px-3 py-3', over && 'border-primary bg-primary-soft')}
            >
              <Button {...control} ref={choose} variant="outline" size="sm" disabled={!channel} onClick={() => picker.current?.click()}><Paperclip aria-hidden />{t('templateEditor.chooseFile')}</Button>
              <span className="text-[0.8125rem] text-muted-foreground">{t('templateEditor.dropFile')}</span>
            </div>
          )}
          <input ref={picker} data-testid="sample-picker" type="file" hidden accept={ACCEPTED[kind]} onChange={(event) => { void take(event.target.files?.[0]); event.target.value = '' }} />
          {app && !running && (
            <TextField
              name="header.app"
              label={t('templateEditor.appId')}
              hint={t('templateEditor.appIdHint')}
              value={app.id}
              dir="ltr"
              inputMode="numeric"
              onValue={(id) => setApp({ ...app, id: id.replace(/\D/g, '') })}
              after={<Button variant="outline" aria-disabled={!app.id} onClick={() => app.id && void take(app.file, app.id)}>{t('templateEditor.appIdSend')}</Button>}
            />
          )}
          {problem && <p role="alert" className="text-[0.8125rem] text-destructive">{problem}</p>}
        </>
      )}
    </Field>
  )
}
