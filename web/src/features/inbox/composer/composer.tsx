import { LayoutTemplate, Lock, Unplug } from 'lucide-react'
import { type MutableRefObject, memo, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { useCan } from '@/lib/session'
import type { ThreadMessage } from '../thread-cache'
import type { Outgoing } from '../outgoing'
import { TemplateDialog } from '../template-dialog'
import { Writing } from './writing'

interface ComposerProps {
  conversationId: string
  channelId: string
  /** The customer service window is over: only templates can be sent. */
  closed: boolean
  /** The number this conversation ran on is no longer here: nothing can be sent from it. */
  disconnected: boolean
  replyTo?: ThreadMessage
  contactName: string
  contactId?: string
  onCancelReply: () => void
  onSend: (...outs: Outgoing[]) => boolean
  dropped: MutableRefObject<((files: File[]) => void) | undefined>
  /** Puts the focus on the newest message. */
  onLeave: MutableRefObject<(() => void) | undefined>
}

/** Drawn apart from the thread: what arrives there changes nothing here. */
export const Composer = memo(function Composer({ conversationId, channelId, closed, disconnected, replyTo, contactName, contactId, onCancelReply, onSend, dropped, onLeave }: ComposerProps) {
  const { t } = useTranslation()
  const { can } = useCan()
  const [templates, setTemplates] = useState(false)

  if (!can('messages:send')) {
    return <Frame><p className="px-4 py-3 text-center text-sm text-muted-foreground">{t('composer.notAllowed')}</p></Frame>
  }
  if (disconnected) {
    return <Frame><p className="flex items-center justify-center gap-2 px-4 py-4 text-center text-sm text-muted-foreground"><Unplug className="size-4 shrink-0" aria-hidden />{t('composer.disconnected')}</p></Frame>
  }
  return (
    <Frame>
      {closed ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3.5">
          <span className="grid size-9 shrink-0 place-items-center rounded-full bg-muted text-muted-foreground"><Lock className="size-4" aria-hidden /></span>
          <div className="min-w-48 flex-1">
            <p className="text-sm font-medium">{t('composer.closedTitle')}</p>
            <p className="text-[0.8125rem] text-pretty text-muted-foreground">{t('composer.closedBody', { name: contactName })}</p>
          </div>
          <Button onClick={() => setTemplates(true)}>
            <LayoutTemplate aria-hidden />
            {t('composer.sendTemplate')}
          </Button>
        </div>
      ) : (
        <Writing conversationId={conversationId} replyTo={replyTo} contactName={contactName} onCancelReply={onCancelReply} onSend={onSend} onTemplates={() => setTemplates(true)} dropped={dropped} onLeave={onLeave} />
      )}
      <TemplateDialog
        open={templates}
        onOpenChange={setTemplates}
        channelId={channelId}
        recipient={contactName}
        contactId={contactId}
        onSend={(out) => {
          setTemplates(false)
          onSend(out)
        }}
      />
    </Frame>
  )
})

function Frame({ children }: { children: ReactNode }) {
  return <div className="pb-safe shrink-0 border-t bg-card">{children}</div>
}
