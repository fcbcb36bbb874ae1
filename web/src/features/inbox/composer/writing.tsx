import { LayoutTemplate, Reply, SendHorizontal, X } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, type MutableRefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Hint } from '@/components/ui/tooltip'
import { useHotkeys } from '@/lib/hooks'
import { cn } from '@/lib/utils'
import { usePreview } from '../bubble/quote'
import type { ThreadMessage } from '../thread-cache'
import type { Outgoing } from '../outgoing'
import { type AttachDialog, AttachMenu } from './attach-menu'
import { ChoicesDialog } from './choices-dialog'
import { ContactDialog } from './contact-dialog'
import { LinkDialog } from './link-dialog'
import { LocationDialog } from './location-dialog'
import { Tray } from './tray'
import { type Attachment, canGoLater, useAttachments } from './use-attachments'
import { useDraft } from './use-draft'
import { useRecorder } from './use-recorder'
import { useTyping } from './use-typing'
import { RecordingBar, VoiceButton } from './voice'

/** WhatsApp's own limits: a text, and what stands under a file. */
const MAX_TEXT = 4096
const MAX_CAPTION = 1024

export interface WritingProps {
  conversationId: string
  replyTo?: ThreadMessage
  contactName: string
  onCancelReply: () => void
  /** Whether it was taken. */
  onSend: (...outs: Outgoing[]) => boolean
  onTemplates: () => void
  /** Where the thread puts files that are dropped on it. */
  dropped: MutableRefObject<((files: File[]) => void) | undefined>
  /** Puts the focus on the newest message. */
  onLeave: MutableRefObject<(() => void) | undefined>
}

/** J and K go from one conversation to the next: the focus stays with them. */
const walking = () => (history.state as { walking?: boolean } | null)?.walking === true

const captioned = (a: Attachment) => a.kind !== 'audio' && a.kind !== 'sticker'

function outgoingFile({ kind, media, file, voice, url }: Attachment, caption: string | undefined): Outgoing {
  return {
    type: kind,
    content: { ...(media ? { media_id: media.id } : {}), ...(kind === 'document' ? { filename: file.name } : {}), ...(caption ? { caption } : {}), ...(voice ? { voice: true } : {}) },
    // Not uploaded yet: the outbox does it when there is a connection.
    ...(media ? {} : { file: { blob: file, name: file.name, kind } }),
    shown: { media, local_url: url },
  }
}

export function Writing({ conversationId, replyTo, contactName, onCancelReply, onSend, onTemplates, dropped, onLeave }: WritingProps) {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<AttachDialog>()
  const box = useRef<HTMLTextAreaElement | null>(null)
  const audioPicker = useRef<HTMLInputElement>(null)
  const files = useAttachments(conversationId)
  const recorder = useRecorder((file) => files.add([file], 'audio', true))
  const typing = useTyping(conversationId)
  const draft = useDraft(conversationId, box, typing.written)
  const underFile = files.items.some(captioned)
  const limit = underFile ? MAX_CAPTION : MAX_TEXT
  const over = draft.length > limit
  const broken = files.items.some((a) => a.state === 'failed' && !canGoLater(a))
  const ready = !over && !files.uploading && !broken && (!draft.empty || files.items.length > 0)

  useEffect(() => {
    if (replyTo) box.current?.focus()
  }, [replyTo])
  useEffect(() => {
    dropped.current = (taken) => {
      files.add(taken)
      box.current?.focus()
    }
    return () => {
      dropped.current = undefined
    }
  }, [dropped, files.add])
  useHotkeys({ c: () => box.current?.focus() })
  useEffect(() => {
    // On a touch screen it would bring up the keyboard over what is to be read.
    if (!walking() && !window.matchMedia('(pointer: coarse)').matches) box.current?.focus({ preventScroll: true })
  }, [])

  const submit = () => {
    if (!ready) return
    const body = draft.text.current.trim()
    const reply_to = replyTo?.id
    const taken = files.items
    const carrier = body ? taken.find(captioned) : undefined
    // Words that no file can carry go ahead of the files.
    const words: Outgoing[] = body && !carrier ? [{ type: 'text', content: { body, ...(/https?:\/\//i.test(body) ? { preview_url: true } : {}) }, reply_to }] : []
    const carried = taken.map((a, i): Outgoing => ({ ...outgoingFile(a, a === carrier ? body : undefined), reply_to: i === 0 && (carrier || !body) ? reply_to : undefined }))
    if (!onSend(...words, ...carried)) return
    files.handOver()
    draft.clear()
    typing.forget()
    box.current?.focus()
  }
  const sendFromDialog = (out: Outgoing) => {
    if (onSend({ ...out, reply_to: replyTo?.id })) setDialog(undefined)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method is composing, Enter belongs to it.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      submit()
    } else if (event.key === 'ArrowUp' && draft.text.current === '') {
      event.preventDefault()
      onLeave.current?.()
    } else if (event.key === 'Escape') {
      if (replyTo) onCancelReply()
      else event.currentTarget.closest('section')?.querySelector<HTMLElement>('[role=region]')?.focus()
    }
  }
  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData.files]
    if (pasted.length === 0) return
    event.preventDefault()
    files.add(pasted)
  }
  const hint = broken ? t('composer.fixFiles') : files.uploading ? t('composer.stillUploading') : files.items.some(canGoLater) ? t('composer.sentLater') : undefined

  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-2.5 sm:px-6 sm:py-3">
      <div className="rounded-xl border border-input bg-background shadow-xs transition-[border-color,box-shadow] focus-within:border-ring focus-within:ring-3 focus-within:ring-ring/20">
        {replyTo && <Replying to={replyTo} contactName={contactName} onCancel={() => { onCancelReply(); box.current?.focus() }} />}
        <Tray items={files.items} onRemove={(key) => { files.remove(key); box.current?.focus() }} onRetry={files.retry} />
        {recorder.state === 'recording' ? (
          <RecordingBar recorder={recorder} />
        ) : (
          <>
            <textarea
              ref={(element) => {
                box.current = element
                draft.place(element)
              }}
              rows={1}
              dir="auto"
              defaultValue={draft.text.current}
              onChange={(e) => draft.changed(e.target.value)}
              onKeyDown={onKeyDown}
              onPaste={onPaste}
              placeholder={underFile ? t('composer.captionPlaceholder') : t('composer.placeholder')}
              aria-label={t('composer.label', { name: contactName })}
              aria-invalid={over}
              className="thin-scroll block [field-sizing:content] max-h-50 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 text-base leading-relaxed outline-none placeholder:text-muted-foreground md:text-sm"
            />
            <div className="flex items-center gap-0.5 px-1.5 pb-1.5">
              <AttachMenu onFiles={files.add} onOpen={setDialog} />
              <Hint label={t('composer.template')}>
                <Button variant="ghost" size="icon-sm" className="text-muted-foreground" onClick={onTemplates} aria-label={t('composer.template')}><LayoutTemplate aria-hidden /></Button>
              </Hint>
              <VoiceButton recorder={recorder} onUpload={() => audioPicker.current?.click()} />
              <input ref={audioPicker} type="file" hidden accept="audio/*" onChange={(e) => { files.add([...(e.target.files ?? [])], 'audio'); e.target.value = '' }} />
              <span className="ms-auto me-2 min-w-0 text-[0.6875rem] text-muted-foreground">
                {hint ? (
                  <span role="status">{hint}</span>
                ) : draft.length > limit - 300 ? (
                  <span className={cn('tnum', over && 'text-destructive')} role="status">{t('composer.charactersLeft', { count: limit - draft.length })}</span>
                ) : (
                  <span className="hidden whitespace-nowrap lg:inline">{t('composer.hint')}</span>
                )}
              </span>
              <Button size="icon-sm" disabled={!ready} onClick={submit} aria-label={t('chat.send')}><SendHorizontal className="flip-rtl" aria-hidden /></Button>
            </div>
          </>
        )}
      </div>
      <Dialog open={!!dialog} onOpenChange={(open) => !open && setDialog(undefined)}>
        <DialogContent
          className={dialog === 'choices' ? 'sm:max-w-2xl' : 'sm:max-w-md'}
          onCloseAutoFocus={(event) => {
            // The menu that opened it has gone with its entry.
            event.preventDefault()
            box.current?.focus()
          }}
        >
          {dialog === 'link' && <LinkDialog onSend={sendFromDialog} onClose={() => setDialog(undefined)} />}
          {dialog === 'location' && <LocationDialog onSend={sendFromDialog} onClose={() => setDialog(undefined)} />}
          {dialog === 'contact' && <ContactDialog onSend={sendFromDialog} onClose={() => setDialog(undefined)} />}
          {dialog === 'choices' && <ChoicesDialog onSend={sendFromDialog} onClose={() => setDialog(undefined)} />}
        </DialogContent>
      </Dialog>
    </div>
  )
}

function Replying({ to, contactName, onCancel }: { to: ThreadMessage; contactName: string; onCancel: () => void }) {
  const { t } = useTranslation()
  const preview = usePreview()
  return (
    <div className="m-1.5 mb-0 flex items-center gap-2.5 rounded-lg border-s-3 border-primary bg-muted px-2.5 py-1.5">
      <Reply className="flip-rtl size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0 flex-1 text-xs">
        <p className="font-medium">{t('composer.replyingTo', { name: to.direction === 'outbound' ? t('chat.you') : contactName })}</p>
        <p dir="auto" className="truncate text-start text-muted-foreground">{preview(to)}</p>
      </div>
      <Button variant="ghost" size="icon-sm" onClick={onCancel} aria-label={t('chat.cancelReply')}><X aria-hidden /></Button>
    </div>
  )
}
