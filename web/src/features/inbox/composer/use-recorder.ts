import { useCallback, useEffect, useRef, useState } from 'react'
import { webmToOgg } from '@/lib/webm-ogg'

/** What this browser can record that WhatsApp takes as a voice note: Opus in Ogg, or in WebM, from which it is taken over. */
export function recordingType(): string | undefined {
  if (typeof MediaRecorder === 'undefined' || !navigator.mediaDevices?.getUserMedia) return undefined
  return ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus'].find((type) => MediaRecorder.isTypeSupported(type))
}

/** Ten minutes: at 32 kbit/s far below WhatsApp's 16 MB. */
const MAX_SECONDS = 600

export type RecorderProblem = 'denied' | 'noDevice' | 'failed'

export function useRecorder(onDone: (file: File) => void) {
  const [state, setState] = useState<'idle' | 'asking' | 'recording'>('idle')
  const [seconds, setSeconds] = useState(0)
  const [problem, setProblem] = useState<RecorderProblem>()
  const recorder = useRef<MediaRecorder>()
  const keep = useRef(false)

  const finish = useCallback((send: boolean) => {
    keep.current = send
    if (recorder.current?.state === 'recording') recorder.current.stop()
  }, [])

  useEffect(() => () => finish(false), [finish])
  useEffect(() => {
    if (state !== 'recording') return
    const timer = setInterval(() => setSeconds((s) => s + 1), 1000)
    return () => clearInterval(timer)
  }, [state])
  useEffect(() => {
    if (seconds >= MAX_SECONDS) finish(true)
  }, [seconds, finish])

  const start = async () => {
    const type = recordingType()
    if (!type) return
    setProblem(undefined)
    setState('asking')
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } })
      const made = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32_000 })
      const parts: Blob[] = []
      made.ondataavailable = (event) => event.data.size > 0 && parts.push(event.data)
      made.onstop = () => {
        stream.getTracks().forEach((track) => track.stop())
        setState('idle')
        if (keep.current && parts.length > 0) void asVoiceNote(new Blob(parts, { type })).then(onDone, () => setProblem('failed'))
      }
      recorder.current = made
      keep.current = false
      setSeconds(0)
      made.start(500)
      setState('recording')
    } catch (error) {
      setState('idle')
      const name = error instanceof DOMException ? error.name : ''
      setProblem(name === 'NotAllowedError' || name === 'SecurityError' ? 'denied' : name === 'NotFoundError' ? 'noDevice' : 'failed')
    }
  }

  return { state, seconds, problem, start, stop: () => finish(true), cancel: () => finish(false), forget: () => setProblem(undefined) }
}

async function asVoiceNote(recorded: Blob): Promise<File> {
  const bytes = recorded.type.startsWith('audio/webm') ? webmToOgg(new Uint8Array(await recorded.arrayBuffer())) : recorded
  return new File([bytes], 'voice-message.ogg', { type: 'audio/ogg' })
}
