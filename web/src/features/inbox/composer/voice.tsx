import { Check, Mic, MicOff, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { formatDuration } from '@/lib/format'
import { recordingType, type useRecorder } from './use-recorder'

type Recorder = ReturnType<typeof useRecorder>

/** Starts a voice note; where the browser cannot, it says why and what works instead. */
export function VoiceButton({ recorder, onUpload }: { recorder: Recorder; onUpload: () => void }) {
  const { t } = useTranslation()
  const [able] = useState(() => recordingType() !== undefined)
  const reason = !able ? t('voice.notHere') : recorder.problem ? t(`voice.${recorder.problem}`) : undefined
  if (!reason) {
    return (
      <Button variant="ghost" size="icon-sm" className="text-muted-foreground" loading={recorder.state === 'asking'} onClick={() => void recorder.start()} aria-label={t('voice.record')} title={t('voice.record')}>
        {recorder.state !== 'asking' && <Mic aria-hidden />}
      </Button>
    )
  }
  return (
    <Popover defaultOpen={able}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="icon-sm" className="text-muted-foreground" aria-label={t('voice.record')} title={t('voice.record')}><MicOff aria-hidden /></Button>
      </PopoverTrigger>
      <PopoverContent side="top" className="w-72 space-y-3 text-sm" aria-label={t('voice.record')}>
        <p role="alert">{reason}</p>
        <div className="flex flex-wrap gap-2">
          <Button size="sm" onClick={onUpload}>{t('voice.upload')}</Button>
          {able && <Button size="sm" variant="outline" onClick={() => { recorder.forget(); void recorder.start() }}>{t('common.tryAgain')}</Button>}
        </div>
      </PopoverContent>
    </Popover>
  )
}

/** While recording, nothing else can be written: the line shows that it listens, and for how long. */
export function RecordingBar({ recorder }: { recorder: Recorder }) {
  const { t } = useTranslation()
  return (
    <div className="flex items-center gap-2 px-2 py-2" role="group" aria-label={t('voice.recording')}>
      <Button variant="ghost" size="icon-sm" autoFocus onClick={recorder.cancel} aria-label={t('voice.discard')}><Trash2 aria-hidden /></Button>
      <span className="size-2.5 animate-pulse rounded-full bg-destructive" aria-hidden />
      <span className="text-sm">{t('voice.recording')}</span>
      <bdi className="tnum text-sm text-muted-foreground" role="timer">{formatDuration(recorder.seconds)}</bdi>
      <Button size="sm" className="ms-auto" onClick={recorder.stop}><Check aria-hidden />{t('voice.done')}</Button>
    </div>
  )
}
