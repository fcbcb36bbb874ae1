import { type ReactNode, useEffect, useMemo } from 'react'
import { uploadMedia } from '@/api/media'
import { sendReply } from '@/api/messages'
import { signedInAs } from '@/api/person'
import { ownerOf } from '@/lib/outbox/entry'
import { Outbox } from '@/lib/outbox/outbox'
import { openStore } from '@/lib/outbox/store'
import { OutboxContextProvider } from '@/lib/outbox/use-outbox'
import { useLiveState } from './live-provider'

const store = openStore()

/** The outbox of one person in one business. It sends whenever there is a connection and a session. */
export function OutboxProvider({ userId, tenantId, ended, children }: { userId: string; tenantId: string; ended: boolean; children: ReactNode }) {
  const live = useLiveState()
  const outbox = useMemo(
    () =>
      new Outbox({
        owner: ownerOf(userId, tenantId),
        store,
        send: (entry, body) => sendReply(entry.conversation_id, body, entry.key, tenantId),
        upload: (entry) => {
          const file = entry.out.file
          if (!file) throw new Error('no file to upload')
          return uploadMedia(file.blob, file.kind, file.name, undefined, undefined, tenantId)
        },
        mayGo: () => {
          const person = signedInAs()
          // Undefined where the browser stores nothing.
          return person === userId || person === undefined
        },
        channel: typeof BroadcastChannel === 'undefined' ? undefined : () => new BroadcastChannel('wapro.outbox'),
        locks: navigator.locks as LockManager | undefined,
      }),
    [userId, tenantId],
  )
  useEffect(() => {
    outbox.start()
    const wake = () => outbox.wake()
    window.addEventListener('online', wake)
    return () => {
      window.removeEventListener('online', wake)
      outbox.stop()
    }
  }, [outbox])
  useEffect(() => {
    if (live === 'live' && !ended) outbox.wake()
  }, [outbox, live, ended])
  return <OutboxContextProvider value={outbox}>{children}</OutboxContextProvider>
}
