import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SubmitButton } from '@/components/submit-button'
import { Button } from '@/components/ui/button'
import { DialogBody, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select'
import { safeLink } from '@/lib/content'
import { MEDIA_RULES } from '@/lib/files'
import { formatSize } from '@/lib/format'
import type { Outgoing } from '../outgoing'

const KINDS = ['image', 'video', 'document', 'audio', 'sticker'] as const
const MAX_CAPTION = 1024

/** A file that stands on the internet already: WhatsApp fetches it from there. */
export function LinkDialog({ onSend, onClose }: { onSend: (out: Outgoing) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<(typeof KINDS)[number]>('image')
  const [link, setLink] = useState('')
  const [caption, setCaption] = useState('')
  const [tried, setTried] = useState(false)
  const safe = safeLink(link.trim())
  const captioned = kind !== 'audio' && kind !== 'sticker'
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setTried(true)
        if (safe) onSend({ type: kind, content: { link: safe, ...(captioned && caption.trim() ? { caption: caption.trim() } : {}) } })
      }}
    >
      <DialogHeader>
        <DialogTitle>{t('composer.add.link')}</DialogTitle>
        <DialogDescription>{t('composer.linkHint')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-3">
        <div className="grid gap-1.5">
          <Label htmlFor="link-kind">{t('composer.sendAs')}</Label>
          <Select value={kind} onValueChange={(value) => setKind(value as typeof kind)}>
            <SelectTrigger id="link-kind"><SelectValue /></SelectTrigger>
            <SelectContent>{KINDS.map((k) => <SelectItem key={k} value={k}>{t(`kinds.${k}`)}</SelectItem>)}</SelectContent>
          </Select>
        </div>
        <div className="grid gap-1.5">
          <Label htmlFor="link-address">{t('composer.link')}</Label>
          <Input id="link-address" dir="ltr" inputMode="url" autoFocus placeholder="https://" maxLength={2048} value={link} onChange={(e) => setLink(e.target.value)} aria-invalid={tried && !safe} aria-describedby="link-hint" />
          <p id="link-hint" role={tried && !safe ? 'alert' : undefined} className={tried && !safe ? 'text-xs text-destructive' : 'text-xs text-muted-foreground'}>
            {tried && !safe ? t('validation.link') : t('composer.upTo', { max: formatSize(MEDIA_RULES[kind].max) })}
          </p>
        </div>
        {captioned && (
          <div className="grid gap-1.5">
            <Label htmlFor="link-caption">{t('composer.caption')}</Label>
            <Input id="link-caption" dir="auto" maxLength={MAX_CAPTION} value={caption} onChange={(e) => setCaption(e.target.value)} />
          </div>
        )}
      </DialogBody>
      <DialogFooter>
        <SubmitButton missing={safe ? undefined : t('validation.link')} before={<Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>}>{t('chat.send')}</SubmitButton>
      </DialogFooter>
    </form>
  )
}
