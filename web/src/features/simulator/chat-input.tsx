import { CircleHelp, Contact, FileText, Image as ImageIcon, type LucideIcon, MapPin, Mic, Plus, SendHorizontal, X } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SimMessage } from '@/api/simulator'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { bodyOf, safeLink } from '@/lib/content'

type Form = 'image' | 'location'
/** Kinds the simulator makes a sample of by itself. */
const SAMPLES: { type: string; icon: LucideIcon }[] = [
  { type: 'audio', icon: Mic },
  { type: 'document', icon: FileText },
  { type: 'contacts', icon: Contact },
  { type: 'unsupported', icon: CircleHelp },
]

interface ChatInputProps {
  replyTo?: SimMessage
  businessName: string
  sending: boolean
  onCancelReply: () => void
  onSend: (type: string, body?: Record<string, unknown>) => void
}

export function ChatInput({ replyTo, businessName, sending, onCancelReply, onSend }: ChatInputProps) {
  const { t } = useTranslation()
  const [value, setValue] = useState('')
  const [form, setForm] = useState<Form>()
  const box = useRef<HTMLTextAreaElement>(null)
  const body = value.trim()
  useEffect(() => {
    const element = box.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, 120)}px`
  }, [value])
  useEffect(() => {
    if (replyTo) box.current?.focus()
  }, [replyTo])
  const submit = () => {
    if (!body || sending) return
    onSend('text', { body })
    setValue('')
    box.current?.focus()
  }
  return (
    <div className="sim-wallpaper pb-safe shrink-0">
      {replyTo && (
        <div className="mx-2 mb-1 flex items-center gap-2 rounded-lg border-s-3 border-(--sim-accent) bg-(--sim-field) px-3 py-1.5 text-xs text-(--sim-text) shadow-xs">
          <p className="min-w-0 flex-1">
            <span className="block font-semibold text-(--sim-accent)">{replyTo.direction === 'from_user' ? t('chat.you') : businessName}</span>
            <span dir="auto" className="block truncate">{bodyOf(replyTo) ?? t(`kinds.${replyTo.type}`, { defaultValue: t('kinds.unsupported') })}</span>
          </p>
          <button type="button" onClick={onCancelReply} aria-label={t('chat.cancelReply')} className="grid size-7 place-items-center rounded-full hover:bg-black/8"><X className="size-4" aria-hidden /></button>
        </div>
      )}
      <form
        className="flex items-end gap-1.5 p-2 pt-1"
        onSubmit={(e) => {
          e.preventDefault()
          submit()
        }}
      >
        <div className="flex min-w-0 flex-1 items-end rounded-3xl bg-(--sim-field) text-(--sim-text) shadow-xs focus-within:ring-2 focus-within:ring-(--sim-accent)">
          <DropdownMenu>
            <DropdownMenuTrigger aria-label={t('sim.attach')} className="grid size-10 shrink-0 place-items-center rounded-full opacity-70 hover:opacity-100"><Plus className="size-5" aria-hidden /></DropdownMenuTrigger>
            <DropdownMenuContent side="top" align="start">
              <DropdownMenuItem onSelect={() => setForm('image')}><ImageIcon aria-hidden />{t('kinds.image')}</DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setForm('location')}><MapPin aria-hidden />{t('kinds.location')}</DropdownMenuItem>
              {SAMPLES.map(({ type, icon: Icon }) => (
                <DropdownMenuItem key={type} onSelect={() => onSend(type)}><Icon aria-hidden />{t(`sim.samples.${type}`)}</DropdownMenuItem>
              ))}
            </DropdownMenuContent>
          </DropdownMenu>
          <textarea
            ref={box}
            rows={1}
            dir="auto"
            value={value}
            onChange={(e) => setValue(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
                e.preventDefault()
                submit()
              } else if (e.key === 'Escape' && replyTo) onCancelReply()
            }}
            placeholder={t('sim.placeholder')}
            aria-label={t('sim.messageTo', { name: businessName })}
            className="thin-scroll max-h-30 min-w-0 flex-1 resize-none bg-transparent py-2.5 pe-4 text-base leading-5 outline-none placeholder:text-current placeholder:opacity-75 md:text-sm"
          />
        </div>
        <button type="submit" disabled={!body} aria-label={t('chat.send')} className="grid size-10 shrink-0 place-items-center rounded-full bg-(--sim-accent) text-white shadow-xs transition-opacity disabled:opacity-50 dark:text-[#0b1a15]">
          <SendHorizontal className="flip-rtl size-5" aria-hidden />
        </button>
      </form>
      <Dialog open={!!form} onOpenChange={(open) => !open && setForm(undefined)}>
        <DialogContent className="sm:max-w-sm">
          {form && <AttachForm kind={form} onCancel={() => setForm(undefined)} onSend={(content) => { setForm(undefined); onSend(form, content) }} />}
        </DialogContent>
      </Dialog>
    </div>
  )
}

interface Field {
  name: string
  value?: string
  ltr?: boolean
  optional?: boolean
}

const FIELDS: Record<Form, Field[]> = {
  image: [{ name: 'link', ltr: true }, { name: 'caption', optional: true }],
  location: [{ name: 'latitude', value: '25.20485', ltr: true }, { name: 'longitude', value: '55.27078', ltr: true }, { name: 'name', optional: true }, { name: 'address', optional: true }],
}

function AttachForm({ kind, onCancel, onSend }: { kind: Form; onCancel: () => void; onSend: (content: Record<string, unknown>) => void }) {
  const { t } = useTranslation()
  const [wrong, setWrong] = useState<string>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = Object.fromEntries([...new FormData(event.currentTarget)].map(([k, v]) => [k, String(v).trim()]).filter(([, v]) => v))
    if (kind === 'image') {
      if (!safeLink(values.link)) return setWrong('link')
      return onSend(values)
    }
    const [latitude, longitude] = [Number(values.latitude), Number(values.longitude)]
    if (!values.latitude || !(Math.abs(latitude) <= 90)) return setWrong('latitude')
    if (!values.longitude || !(Math.abs(longitude) <= 180)) return setWrong('longitude')
    onSend({ ...values, latitude, longitude })
  }
  return (
    <form onSubmit={submit} noValidate>
      <DialogHeader>
        <DialogTitle>{t(`kinds.${kind}`)}</DialogTitle>
        <DialogDescription>{t(`sim.${kind}Hint`)}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-3.5">
        {FIELDS[kind].map((field, i) => (
          <div key={field.name} className="grid gap-1.5">
            <Label htmlFor={`attach-${field.name}`}>
              {t(`sim.fields.${field.name}`)}
              {field.optional && <span className="ms-1 font-normal text-muted-foreground">{` ${t('common.optional')}`}</span>}
            </Label>
            <Input id={`attach-${field.name}`} name={field.name} defaultValue={field.value} dir={field.ltr ? 'ltr' : 'auto'} autoFocus={i === 0} placeholder={field.name === 'link' ? 'https://' : undefined} aria-invalid={wrong === field.name} onChange={() => setWrong(undefined)} />
            {wrong === field.name && <p role="alert" className="text-[0.8125rem] text-destructive">{t(field.name === 'link' ? 'validation.link' : 'validation.coordinate')}</p>}
          </div>
        ))}
      </DialogBody>
      <DialogFooter>
        <Button variant="outline" onClick={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit">{t('chat.send')}</Button>
      </DialogFooter>
    </form>
  )
}
