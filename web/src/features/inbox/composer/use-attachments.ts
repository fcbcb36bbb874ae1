import { useCallback, useEffect, useRef, useState } from 'react'
import { type Media, uploadMedia } from '@/api/media'
import { checkFile, kindOf, type MediaKind } from '@/lib/files'
import { isRefused, useFileProblem, useUploadProblem } from './file-problem'

/** A file that is going to be sent: it travels to the server while the caption is being written. */
export interface Attachment {
  key: string
  file: File
  kind: MediaKind
  /** This browser's own copy, to show it by. */
  url: string
  state: 'waiting' | 'uploading' | 'ready' | 'failed'
  progress: number
  media?: Media
  problem?: string
  /** The file itself is not taken, so it cannot be tried again. */
  refused?: boolean
  /** A voice note, not just any sound. */
  voice?: boolean
}

export const MAX_ATTACHMENTS = 10

export function useAttachments() {
  const [items, setItems] = useState<Attachment[]>([])
  const describe = useFileProblem()
  const describeUpload = useUploadProblem()
  const aborts = useRef(new Map<string, AbortController>())
  const urls = useRef(new Set<string>())
  const patch = useCallback((key: string, change: Partial<Attachment>) => setItems((all) => all.map((a) => (a.key === key ? { ...a, ...change } : a))), [])

  useEffect(() => {
    const [controllers, made] = [aborts.current, urls.current]
    return () => {
      controllers.forEach((c) => c.abort())
      // What was sent is still on screen from its copy; the thread lets go of that one.
      made.forEach((url) => URL.revokeObjectURL(url))
    }
  }, [])

  const start = useCallback(
    async (item: Attachment) => {
      const abort = new AbortController()
      aborts.current.set(item.key, abort)
      patch(item.key, { state: 'uploading', progress: 0, problem: undefined })
      try {
        const media = await uploadMedia(item.file, item.kind, item.file.name, (progress) => patch(item.key, { progress }), abort.signal)
        patch(item.key, { state: 'ready', progress: 1, media })
      } catch (error) {
        if (abort.signal.aborted) return
        patch(item.key, { state: 'failed', problem: describeUpload(error, item.kind), refused: isRefused(error) })
      } finally {
        aborts.current.delete(item.key)
      }
    },
    [patch, describeUpload],
  )

  // One after the other: the server takes few at a time, and the first is the one that is waited for.
  const busy = items.some((a) => a.state === 'uploading')
  const next = items.find((a) => a.state === 'waiting')
  useEffect(() => {
    if (!busy && next) void start(next)
  }, [busy, next, start])

  const add = useCallback(
    (files: File[], wanted?: MediaKind, voice?: boolean) => {
      setItems((all) => {
        const room = MAX_ATTACHMENTS - all.length
        const taken = files.slice(0, Math.max(0, room)).map((file): Attachment => {
          const kind = wanted ?? kindOf(file)
          const wrong = checkFile(file, kind)
          const url = URL.createObjectURL(file)
          urls.current.add(url)
          return { key: crypto.randomUUID(), file, kind, url, voice, progress: 0, state: wrong ? 'failed' : 'waiting', problem: wrong && describe(wrong, kind), refused: !!wrong }
        })
        return [...all, ...taken]
      })
    },
    [describe],
  )

  const remove = useCallback((key: string) => {
    aborts.current.get(key)?.abort()
    setItems((all) => all.filter((a) => a.key !== key))
  }, [])

  /** Only a failed transfer can go again; a file WhatsApp does not take stays refused. */
  const retry = useCallback((key: string) => setItems((all) => all.map((a) => (a.key === key && !a.refused ? { ...a, state: 'waiting', problem: undefined } : a))), [])

  /** Takes the finished ones out, to be sent; their copies now belong to the thread. */
  const take = useCallback(() => {
    const ready = items.filter((a) => a.state === 'ready')
    ready.forEach((a) => urls.current.delete(a.url))
    setItems((all) => all.filter((a) => a.state !== 'ready'))
    return ready
  }, [items])

  return { items, add, remove, retry, take, uploading: busy || !!next }
}
