import { Download, Mic, Music, Pause, Play } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { inner } from '@/lib/content'
import { fileOf, type FileView, type WithFile } from '@/lib/files'
import { formatDuration } from '@/lib/format'
import { useFileActions } from './file-context'
import { FilePlace, useFileUrl } from './file-frame'

const SPEEDS = [1, 1.5, 2]
let playing: HTMLAudioElement | undefined

export function Audio({ message }: { message: WithFile }) {
  const { t } = useTranslation()
  const { inSimulator } = useFileActions()
  const voice = inner(message).voice === true || message.type === 'voice'
  const file = fileOf(message, inSimulator)
  const label = t(voice ? 'kinds.voice' : 'kinds.audio')
  if (file.state !== 'ready' || !file.url) return <FilePlace file={file} icon={voice ? Mic : Music} label={label} />
  return <AudioPlayer file={file} label={label} voice={voice} />
}

/** Play, where it is, how fast. One plays at a time: starting one stops the other. */
export function AudioPlayer({ file, label, voice }: { file: FileView; label: string; voice?: boolean }) {
  const { t } = useTranslation()
  const { url, broken, onError } = useFileUrl(file)
  const element = useRef<HTMLAudioElement>(null)
  const [running, setRunning] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(0)
  const [speed, setSpeed] = useState(1)
  const toggle = () => {
    const audio = element.current
    if (!audio) return
    if (running) {
      audio.pause()
      return
    }
    if (playing && playing !== audio) playing.pause()
    playing = audio
    audio.playbackRate = speed
    void audio.play().catch(onError)
  }
  const faster = () => {
    const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1
    setSpeed(next)
    if (element.current) element.current.playbackRate = next
  }
  if (broken) {
    return (
      <span className="block space-y-1">
        <FilePlace file={{ ...file, state: 'ready' }} icon={voice ? Mic : Music} label={t('files.cannotPlay')} />
        {url && <a href={url} download={file.name ?? ''} className="inline-flex items-center gap-1 text-xs underline underline-offset-2"><Download className="size-3" aria-hidden />{t('files.download')}</a>}
      </span>
    )
  }
  const Icon = voice ? Mic : Music
  return (
    <span className="flex w-72 max-w-full items-center gap-2.5 py-0.5" role="group" aria-label={label} data-player>
      <audio
        ref={element}
        src={url}
        preload="metadata"
        onError={onError}
        onPlay={() => setRunning(true)}
        onPause={() => setRunning(false)}
        onEnded={() => { setRunning(false); setAt(0) }}
        onTimeUpdate={(e) => setAt(e.currentTarget.currentTime)}
        onLoadedMetadata={(e) => Number.isFinite(e.currentTarget.duration) && setLength(e.currentTarget.duration)}
        onDurationChange={(e) => Number.isFinite(e.currentTarget.duration) && setLength(e.currentTarget.duration)}
      />
      <button type="button" onClick={toggle} aria-label={t(running ? 'files.pause' : 'files.play', { name: label })} className="grid size-9 shrink-0 place-items-center rounded-full bg-primary text-primary-foreground shadow-xs">
        {running ? <Pause className="size-4 fill-current" aria-hidden /> : <Play className="ms-0.5 size-4 fill-current" aria-hidden />}
      </button>
      <span className="min-w-0 flex-1 space-y-0.5">
        {file.name && !voice && <span dir="auto" className="align-ui block truncate text-[0.8125rem]">{file.name}</span>}
        <input
          type="range"
          dir="ltr"
          min={0}
          max={length || 1}
          step={0.1}
          value={Math.min(at, length || 1)}
          disabled={!length}
          onChange={(e) => {
            const to = Number(e.target.value)
            setAt(to)
            if (element.current) element.current.currentTime = to
          }}
          aria-label={t('files.position', { name: label })}
          aria-valuetext={t('files.positionOf', { at: formatDuration(at), length: formatDuration(length) })}
          className="wa-range block h-4 w-full"
        />
        <span className="tnum flex items-center gap-1 text-[0.6875rem] leading-none opacity-75">
          <Icon className="size-3" aria-hidden />
          <bdi>{running || at > 0 ? formatDuration(at) : length ? formatDuration(length) : '–:––'}</bdi>
        </span>
      </span>
      <button type="button" onClick={faster} aria-label={t('files.speed', { speed })} className="tnum grid h-6 min-w-9 shrink-0 place-items-center rounded-full bg-foreground/8 px-1.5 text-[0.6875rem] font-semibold">
        <bdi dir="ltr">{speed}×</bdi>
      </button>
    </span>
  )
}
