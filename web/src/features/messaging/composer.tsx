import { Image as ImageIcon, LayoutTemplate, Lock, Reply, SendHorizontal, Unplug, X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation, ReplyIn } from '@/api/types'
import { tenantId } from '@/api/tenant'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { Hint } from '@/components/ui/tooltip'
import { safeLink } from '@/lib/content'
import { readStored, useHotkeys, writeStored } from '@/lib/hooks'
import { P } from '@/lib/permissions'
import { useCan } from '@/lib/session'
import type { WindowState } from '@/lib/window'
import { usePreview } from './bubble'
import type { ThreadMessage } from './live-updates'
import { TemplateDialog } from './template-dialog'

/** WhatsApp's own limit for a text message. */
const MAX_TEXT = 4096

interface ComposerProps {
  conversation: Conversation
  windowNow: WindowState
  /** The number this conversation ran on is no longer here: nothing can be sent from it. */
  disconnected: boolean
  replyTo?: ThreadMessage
  contactName: string
  onCancelReply: () => void
  onSend: (body: ReplyIn, shownText?: string) => void
}

export function Composer({ conversation, windowNow, disconnected, replyTo, contactName, onCancelReply, onSend }: ComposerProps) {
  const { t } = useTranslation()
  const { can } = useCan()
  const [templates, setTemplates] = useState(false)
  const closed = windowNow.kind === 'closed'

  if (!can(P.messagesSend)) {
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
        <Writing conversationId={conversation.id} replyTo={replyTo} contactName={contactName} onCancelReply={onCancelReply} onSend={onSend} onTemplates={() => setTemplates(true)} />
      )}
      <TemplateDialog
        open={templates}
        onOpenChange={setTemplates}
        channelId={conversation.channel_id}
        recipient={contactName}
        onSend={(template, shown) => {
          setTemplates(false)
          onSend({ type: 'template', template }, shown)
        }}
      />
    </Frame>
  )
}

function Frame({ children }: { children: ReactNode }) {
  return <div className="pb-safe shrink-0 border-t bg-card">{children}</div>
}

interface WritingProps extends Omit<ComposerProps, 'conversation' | 'windowNow' | 'disconnected'> {
  conversationId: string
  onTemplates: () => void
}

function Writing({ conversationId, replyTo, contactName, onCancelReply, onSend, onTemplates }: WritingProps) {
  const { t } = useTranslation()
  const preview = usePreview()
  const draftKey = `wapro.draft.${tenantId() ?? ''}.${conversationId}`
  const [value, setValue] = useState(() => readStored(draftKey) ?? '')
  const [image, setImage] = useState('')
  const box = useRef<HTMLTextAreaElement>(null)
  const body = value.trim()
  const over = body.length > MAX_TEXT
  const ready = (body !== '' || image !== '') && !over

  useEffect(() => {
    const timer = setTimeout(() => writeStored(draftKey, value || undefined), 200)
    return () => {
      clearTimeout(timer)
      writeStored(draftKey, value || undefined)
    }
  }, [draftKey, value])
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, 200)}px`
  }, [value])
  useEffect(() => {
    if (replyTo) box.current?.focus()
  }, [replyTo])
  useHotkeys({ c: () => box.current?.focus() })

  const submit = () => {
    if (!ready) return
    const reply_to = replyTo?.id
    if (image) onSend({ type: 'image', image: { link: image, caption: body || undefined }, reply_to })
    else onSend({ type: 'text', text: { body }, reply_to })
    setValue('')
    setImage('')
    writeStored(draftKey, undefined)
    box.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method is composing, Enter belongs to it.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      submit()
    } else if (event.key === 'Escape') {
      if (replyTo) onCancelReply()
      else event.currentTarget.blur()
    }
  }

  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-2.5 sm:px-6 sm:py-3">
      <div className="rounded-xl border border-input bg-background shadow-xs transition-[border-color,box-shadow] focus-within:border-ring focus-within:ring-3 focus-within:ring-ring/20">
        {replyTo && (
          <Attachment icon={<Reply className="flip-rtl size-4" aria-hidden />} title={t('composer.replyingTo', { name: replyTo.direction === 'outbound' ? t('thread.you') : contactName })} onRemove={onCancelReply} removeLabel={t('composer.cancelReply')}>
            {preview(replyTo)}
          </Attachment>
        )}
        {image && (
          <Attachment
            icon={<img src={image} alt="" referrerPolicy="no-referrer" className="size-9 rounded object-cover" />}
            title={t('composer.imageAttached')}
            onRemove={() => setImage('')}
            removeLabel={t('composer.removeImage')}
          >
            {image}
          </Attachment>
        )}
        <textarea
          ref={box}
          rows={1}
          dir="auto"
          value={value}
          onChange={(e) => setValue(e.target.value)}
          onKeyDown={onKeyDown}
          placeholder={image ? t('composer.captionPlaceholder') : t('composer.placeholder')}
          aria-label={t('composer.label', { name: contactName })}
          aria-invalid={over}
          className="thin-scroll block max-h-50 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 text-base leading-relaxed outline-none placeholder:text-muted-foreground md:text-sm"
        />
        <div className="flex items-center gap-0.5 px-1.5 pb-1.5">
          <ImagePopover onAttach={(link) => { setImage(link); box.current?.focus() }} />
          <Hint label={t('composer.template')}>
            <Button variant="ghost" size="icon-sm" className="text-muted-foreground" onClick={onTemplates} aria-label={t('composer.template')}>
              <LayoutTemplate aria-hidden />
            </Button>
          </Hint>
          <span className="ms-auto me-2 text-[0.6875rem] text-muted-foreground">
            {body.length > MAX_TEXT - 300 ? (
              <span className={over ? 'tnum text-destructive' : 'tnum'} role="status">{t('composer.charactersLeft', { count: MAX_TEXT - body.length })}</span>
            ) : (
              <span className="hidden whitespace-nowrap lg:inline">{t('composer.hint')}</span>
            )}
          </span>
          <Button size="icon-sm" disabled={!ready} onClick={submit} aria-label={t('composer.send')}>
            <SendHorizontal className="flip-rtl" aria-hidden />
          </Button>
        </div>
      </div>
    </div>
  )
}

function Attachment({ icon, title, children, onRemove, removeLabel }: { icon: ReactNode; title: string; children: string; onRemove: () => void; removeLabel: string }) {
  return (
    <div className="m-1.5 mb-0 flex items-center gap-2.5 rounded-lg bg-muted px-2.5 py-1.5">
      <span className="shrink-0 text-muted-foreground">{icon}</span>
      <div className="min-w-0 flex-1 text-xs">
        <p className="font-medium">{title}</p>
        <p dir="auto" className="truncate text-start text-muted-foreground">{children}</p>
      </div>
      <Button variant="ghost" size="icon-sm" onClick={onRemove} aria-label={removeLabel}><X aria-hidden /></Button>
    </div>
  )
}

function ImagePopover({ onAttach }: { onAttach: (link: string) => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [link, setLink] = useState('')
  const [error, setError] = useState(false)
  const attach = () => {
    const safe = safeLink(link.trim())
    if (!safe) {
      setError(true)
      return
    }
    onAttach(safe)
    setLink('')
    setError(false)
    setOpen(false)
  }
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <Hint label={t('composer.image')}>
        <PopoverTrigger asChild>
          <Button variant="ghost" size="icon-sm" className="text-muted-foreground" aria-label={t('composer.image')}><ImageIcon aria-hidden /></Button>
        </PopoverTrigger>
      </Hint>
      <PopoverContent side="top" className="w-80 max-w-[calc(100vw-1.5rem)]" aria-label={t('composer.image')}>
        <form
          className="space-y-2.5"
          onSubmit={(e) => {
            e.preventDefault()
            e.stopPropagation()
            attach()
          }}
        >
          <Label htmlFor="image-link">{t('composer.imageLink')}</Label>
          <Input id="image-link" dir="ltr" inputMode="url" autoFocus placeholder="https://" value={link} onChange={(e) => { setLink(e.target.value); setError(false) }} aria-invalid={error} aria-describedby="image-link-hint" />
          <p id="image-link-hint" role={error ? 'alert' : undefined} className={error ? 'text-xs text-destructive' : 'text-xs text-muted-foreground'}>
            {t(error ? 'validation.link' : 'composer.imageHint')}
          </p>
          <Button type="submit" size="sm" className="w-full">{t('composer.attach')}</Button>
        </form>
      </PopoverContent>
    </Popover>
  )
}
