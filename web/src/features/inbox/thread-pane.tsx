import { ArrowLeft, PanelRight } from 'lucide-react'
import { memo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChannels } from '@/api/channels'
import { useConversation } from '@/api/conversations'
import { ApiError } from '@/api/error'
import { Avatar } from '@/components/avatar'
import { ErrorState } from '@/components/states'
import { PhoneText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { Hint } from '@/components/ui/tooltip'
import { displayName, personSeed } from '@/lib/format'
import { useEvent } from '@/lib/hooks'
import { useCan } from '@/lib/session'
import { usePageTitle } from '@/lib/title'
import { Composer } from './composer/composer'
import { ConversationWork } from './conversation-work'
import { DropZone } from './composer/drop-zone'
import { HeldNotice } from '@/components/held-notice'
import type { Outgoing } from './outgoing'
import type { ThreadMessage } from './thread-cache'
import { Thread } from './thread'
import { useResendStored, useSend } from './use-send'
import { useWindow, WindowBadge } from './window-badge'

interface ThreadPaneProps {
  conversationId: string
  onBack?: () => void
  detailsShown: boolean
  onDetails: () => void
}

export const ThreadPane = memo(function ThreadPane({ conversationId, onBack, detailsShown, onDetails }: ThreadPaneProps) {
  const { t } = useTranslation()
  const conversation = useConversation(conversationId)
  const [replyTo, setReplyTo] = useState<ThreadMessage>()
  const { send, resend, discard } = useSend(conversationId)
  const cancelReply = useEvent(() => setReplyTo(undefined))
  const sendReply = useEvent((...outs: Outgoing[]) => {
    const taken = send(...outs)
    if (taken) setReplyTo(undefined)
    return taken
  })
  const stored = useResendStored(conversationId)
  const dropped = useRef<(files: File[]) => void>()
  const toMessages = useRef<() => void>()
  const pane = useRef<HTMLElement>(null)
  /** What had the focus is gone from the screen: it goes on where one writes, or else among the messages. */
  const focusOn = () => (pane.current?.querySelector<HTMLElement>('textarea') ?? pane.current?.querySelector<HTMLElement>('[role=region]'))?.focus()
  const { can } = useCan()
  const maySend = can('messages:send')
  const windowNow = useWindow(conversation.data?.window_closes_at)
  const contact = conversation.data?.contact
  const name = contact ? displayName(contact, t('person.unknown')) : ''
  const channels = useChannels().data
  const channel = channels?.find((c) => c.id === conversation.data?.channel_id)
  // On a phone the list with the page's heading is not there.
  const Heading = onBack ? 'h1' : 'h2'
  usePageTitle(name ? `${name} · ${t('inbox.title')}` : t('inbox.title'))

  if (conversation.error && !conversation.data) {
    const gone = conversation.error instanceof ApiError && conversation.error.status === 404
    return (
      <div className="grid min-w-0 flex-1 place-items-center bg-thread">
        <div className="text-center">
          <ErrorState error={conversation.error} onRetry={gone ? undefined : () => void conversation.refetch()} />
          {onBack && <Button variant="outline" onClick={onBack}>{t('common.back')}</Button>}
        </div>
      </div>
    )
  }

  return (
    <section ref={pane} aria-label={name ? t('thread.with', { name }) : t('common.loading')} className="relative flex min-w-0 flex-1 flex-col bg-thread">
      {maySend && windowNow.kind !== 'closed' && <DropZone dropped={dropped} />}
      <header className="flex h-14 shrink-0 items-center gap-3 border-b bg-card px-3 sm:px-4">
        {onBack && (
          <Button variant="ghost" size="icon" className="-ms-1.5" onClick={onBack} aria-label={t('inbox.backToList')}>
            <ArrowLeft className="flip-rtl" aria-hidden />
          </Button>
        )}
        {contact && conversation.data ? (
          <>
            <Avatar name={name} seed={personSeed(contact)} />
            <div className="min-w-0 flex-1">
              <Heading dir="auto" className="align-ui truncate text-sm leading-tight font-semibold">{name}</Heading>
              <p className="truncate text-xs text-muted-foreground">
                {contact.name && contact.phone ? <PhoneText phone={contact.phone} /> : contact.name && contact.username ? <bdi>@{contact.username}</bdi> : null}
                {channel && (
                  <span className="max-sm:hidden">
                    {contact.name && (contact.phone || contact.username) && <span aria-hidden> · </span>}
                    {t('inbox.via', { number: channel.name })}
                  </span>
                )}
              </p>
            </div>
            <WindowBadge state={windowNow} />
            {can('conversations:write') && <ConversationWork conversation={conversation.data} />}
          </>
        ) : (
          <div className="flex flex-1 items-center gap-3">
            {onBack && <h1 className="sr-only">{t('inbox.title')}</h1>}
            <Skeleton className="size-9 rounded-full" />
            <Skeleton className="h-4 w-36" />
          </div>
        )}
        <Hint label={t('details.toggle')}>
          <Button variant="ghost" size="icon-sm" aria-pressed={detailsShown} aria-label={t('details.toggle')} onClick={onDetails} className={detailsShown ? 'bg-accent' : 'text-muted-foreground'}>
            <PanelRight className="flip-rtl" aria-hidden />
          </Button>
        </Hint>
      </header>
      <Thread
        conversationId={conversationId}
        contactName={name}
        unread={conversation.data?.unread}
        toMessages={toMessages}
        onReply={maySend ? setReplyTo : undefined}
        onReact={maySend && windowNow.kind !== 'closed' ? (message, emoji) => message.wamid && send({ type: 'reaction', content: { message_id: message.id, emoji } }) : undefined}
        onResend={maySend ? (message) => {
          if (!message.failed_to_send) return stored.mutate(message)
          resend(message)
          focusOn()
        } : undefined}
        resending={stored.isPending ? stored.variables.id : undefined}
        onDiscard={(message) => {
          discard(message)
          focusOn()
        }}
      />
      {channel && (channel.held || (channel.restricted && windowNow.kind === 'closed')) && <div className="mx-auto w-full max-w-3xl px-3 pt-2 pb-3 sm:px-6"><HeldNotice channel={channel} onResumed={focusOn} /></div>}
      {conversation.data && (
        <Composer
          conversationId={conversationId}
          channelId={conversation.data.channel_id}
          closed={windowNow.kind === 'closed'}
          disconnected={!!channels && !channel}
          replyTo={replyTo}
          contactName={name}
          contactId={conversation.data.contact.id}
          onCancelReply={cancelReply}
          onSend={sendReply}
          dropped={dropped}
          onLeave={toMessages}
        />
      )}
    </section>
  )
})
