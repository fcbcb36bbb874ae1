import { useCallback, useEffect, useRef, useState } from 'react'
import { type Media, uploadMedia } from '@/api/media'
import { checkFile, kindOf, type MediaKind } from '@/lib/files'
import { isRefused, useFileProblem, useUploadProblem } from '@/lib/file-problem'
import { MAX_FILE } from '@/lib/outbox/entry'
import { useSession } from '@/lib/session'

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

/** The upload failed for want of a connection, and the file is small enough to be kept until there is one. */
export const canGoLater = (a: Attachment) => a.state === 'failed' && !a.refused && a.file.size <= MAX_FILE

/** Conversations whose files are kept while another one is open. */
const MAX_KEPT = 20
/** Files that were chosen and not sent, by person and conversation: as long as the page lives. */
const kept = new Map<string, Attachment[]>()

function keep(key: string, items: Attachment[]) {
  kept.delete(key)
  if (items.length > 0) kept.set(key, items)
  const [oldest] = kept.keys()
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
}

/** As they were left: what was on its way begins again. */
function returned(key: string): Attachment[] {
  return (kept.get(key) ?? []).map((item) => ({ ...item, url: URL.createObjectURL(item.file), state: item.state === 'uploading' ? 'waiting' : item.state }))
}

export function useAttachments(conversationId: string) {
  const { session } = useSession()
  const key = `${session.user.id}.${session.tenant.id}.${conversationId}`
  const [items, setItems] = useState(() => returned(key))
  const latest = useRef(items)
  latest.current = items
  const describe = useFileProblem()
  const describeUpload = useUploadProblem()
  const aborts = useRef(new Map<string, AbortController>())
  const urls = useRef(new Set<string>())
  const patch = useCallback((key: string, change: Partial<Attachment>) => setItems((all) => all.map((a) => (a.key === key ? { ...a, ...change } : a))), [])

  useEffect(() => {
    const [controllers, made] = [aborts.current, urls.current]
    latest.current.forEach((item) => made.add(item.url))
    return () => {
      keep(key, latest.current)
      controllers.forEach((c) => c.abort())
      // What was sent is still on screen from its copy; the thread lets go of that one.
      made.forEach((url) => URL.revokeObjectURL(url))
    }
  }, [key])

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

  /** All of them are sent; their copies now belong to the thread. */
  const handOver = useCallback(() => {
    urls.current.clear()
    latest.current = []
    setItems([])
  }, [])

  return { items, add, remove, retry, handOver, uploading: busy || !!next }
}
