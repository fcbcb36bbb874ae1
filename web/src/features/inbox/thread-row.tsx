import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { TemplateDefinition } from '@/lib/template-view'
import { dayLabel } from '@/lib/format'
import { Bubble, type BubbleHandlers, type Reacted } from './bubble/bubble'
import type { ThreadMessage } from './thread-cache'

interface RowProps {
  message: ThreadMessage
  contactName: string
  /** Begins and ends a group of bubbles. */
  first: boolean
  last: boolean
  newDay: boolean
  /** Unread messages that begin here; not set elsewhere. */
  unread?: number
  quoted?: ThreadMessage
  reactions?: Reacted[]
  templates?: TemplateDefinition[]
  resending: boolean
  reacting: boolean
  handlers: BubbleHandlers
}

/** A message with what stands above it. Drawn again only when something of it has changed. */
export const ThreadRow = memo(function ThreadRow({ newDay, unread, handlers, message, ...props }: RowProps) {
  return (
    <>
      {newDay && <DaySeparator iso={message.at} />}
      {unread !== undefined && <UnreadDivider count={unread} />}
      <Bubble message={message} {...props} {...handlers} />
    </>
  )
})

function DaySeparator({ iso }: { iso: string }) {
  return (
    <div className="flex justify-center py-3">
      <time dateTime={iso.slice(0, 10)} className="rounded-full border bg-card/95 px-2.5 py-0.5 text-[0.6875rem] font-medium text-muted-foreground shadow-xs">
        {dayLabel(iso)}
      </time>
    </div>
  )
}

function UnreadDivider({ count }: { count: number }) {
  const { t } = useTranslation()
  return (
    <div data-unread-divider className="flex items-center gap-3 py-3 text-[0.6875rem] font-medium text-primary">
      <span className="h-px flex-1 bg-primary/30" aria-hidden />
      {t('inbox.unreadCount', { count })}
      <span className="h-px flex-1 bg-primary/30" aria-hidden />
    </div>
  )
}
