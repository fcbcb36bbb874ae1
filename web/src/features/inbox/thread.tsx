import { MessageSquareDashed } from 'lucide-react'
import { type MutableRefObject, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryClient } from '@tanstack/react-query'
import { useMessages } from '@/api/messages'
import { FileActionsProvider } from '@/components/message/file-context'
import { EmptyState, ErrorState } from '@/components/states'
import { Skeleton } from '@/components/ui/skeleton'
import { localPreview } from '@/lib/preview'
import { useOutbox, useUnsentIn } from '@/lib/outbox/use-outbox'
import { cn } from '@/lib/utils'
import type { BubbleHandlers } from './bubble/bubble'
import { onIncoming } from './live-updates'
import { MessageList } from './message-list'
import { refetchedThread, restartedThread, type ThreadMessage, trimThread } from './thread-cache'
import { ThreadRows } from './thread-rows'
import { withUnsent } from './unsent'
import { useFileActionsFor } from './use-files'

export interface ThreadProps extends Pick<BubbleHandlers, 'onReply' | 'onDiscard'> {
  conversationId: string
  contactName: string
  /** Undefined while it is not known. */
  unread?: number
  onReact?: (message: ThreadMessage, emoji: string) => void
  onResend?: (message: ThreadMessage) => void
  /** The message that is being sent again. */
  resending?: string
  /** Set to what puts the focus on the newest message. */
  toMessages: MutableRefObject<(() => void) | undefined>
}

const merging = { renew: refetchedThread, restart: restartedThread }

export function Thread(props: ThreadProps) {
  const { conversationId, contactName } = props
  const { t } = useTranslation()
  const client = useQueryClient()
  const feed = useMessages<ThreadMessage>(conversationId, merging)
  const model = useRef<ThreadRows>()
  model.current ??= new ThreadRows()
  const outbox = useOutbox()
  const unsent = useUnsentIn(conversationId)
  const pages = useMemo(() => feed.pages && withUnsent(feed.pages, unsent, outbox), [feed.pages, unsent, outbox])
  const rows = useMemo(() => pages && model.current?.update(pages), [pages])
  const files = useFileActionsFor(conversationId)
  // What was loaded by scrolling far up is not kept for a conversation that nobody looks at.
  useEffect(() => () => trimThread(client, conversationId), [client, conversationId])

  return (
    <div className="relative min-h-0 flex-1">
      <Announcer conversationId={conversationId} contactName={contactName} />
      {rows && rows.length > 0 ? (
        <FileActionsProvider value={files}>
          <MessageList {...props} feed={feed} rows={rows} />
        </FileActionsProvider>
      ) : (
        <div role="region" aria-label={t('chat.messages')} tabIndex={0} className="thin-scroll relative flex h-full flex-col justify-end overflow-y-auto focus-visible:outline-offset-[-2px]">
          <div className="mx-auto w-full max-w-3xl px-3 pt-4 pb-3 sm:px-6">
            {feed.isPending ? (
              <ThreadSkeleton />
            ) : feed.error ? (
              <ErrorState error={feed.error} onRetry={() => void feed.refetch()} />
            ) : (
              <EmptyState icon={MessageSquareDashed} title={t('thread.emptyTitle')} body={t('thread.emptyBody')} />
            )}
          </div>
        </div>
      )}
    </div>
  )
}

function Announcer({ conversationId, contactName }: { conversationId: string; contactName: string }) {
  const { t } = useTranslation()
  const [said, setSaid] = useState('')
  useEffect(
    () =>
      onIncoming((items) => {
        const newest = items.filter((item) => item.conversation_id === conversationId).pop()
        if (newest) setSaid(t('thread.announce', { name: contactName, preview: localPreview(newest.preview) }))
      }),
    [conversationId, contactName, t],
  )
  return <p className="sr-only" aria-live="polite" data-testid="announcer">{said}</p>
}

function ThreadSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="space-y-3">
      <span className="sr-only">{t('common.loading')}</span>
      {[46, 62, 38, 55, 44].map((width, i) => (
        <Skeleton key={i} className={cn('h-12 rounded-2xl', i % 2 === 1 && 'ms-auto')} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}
