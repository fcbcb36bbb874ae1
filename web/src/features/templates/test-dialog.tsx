import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type Template, useSendTest } from '@/api/templates'
import { FillPreview } from '@/components/fill/fill-preview'
import { useFill } from '@/components/fill/use-fill'
import { Notice } from '@/components/states'
import { SubmitButton } from '@/components/submit-button'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { NativeSelect } from '@/components/ui/native-select'
import { describeError, fieldProblem } from '@/lib/errors'
import { formatPhone, mayBePhone } from '@/lib/format'
import { readStored, writeStored } from '@/lib/hooks'
import { useKnownChannels } from './accounts'

interface TestDialogProps {
  template: Template
  open: boolean
  onClose: () => void
}

/** Sends a template to a phone of one's own. */
export function TestDialog({ open, onClose, template }: TestDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent className="sm:max-w-lg">{open && <Inside template={template} onClose={onClose} />}</DialogContent>
    </Dialog>
  )
}

/** This browser remembers whose phone it was. */
const PHONE = 'wapro.test-phone'

function Inside({ template, onClose }: { template: Template; onClose: () => void }) {
  const { t } = useTranslation()
  const channels = useKnownChannels().filter((channel) => channel.waba_id === template.waba_id)
  const [chosen, setChosen] = useState<string>()
  const [phone, setPhone] = useState(() => readStored(PHONE) ?? '')
  const [tried, setTried] = useState(false)
  const send = useSendTest()
  const fill = useFill(template, { samples: true })
  const channel = channels.find(({ id }) => id === chosen) ?? channels.find(({ status }) => status === 'connected') ?? channels[0]
  const phoneProblem = fieldProblem(send.error, 'to.phone') ? t('templates.test.phoneFirst') : (tried && !mayBePhone(phone) ? t('templates.test.phoneFirst') : undefined)
  const missing = !channel ? t('templates.test.noNumber') : !mayBePhone(phone) ? t('templates.test.phoneFirst') : fill.open.length > 0 ? t('fill.missing') : undefined
  // Another number is another attempt.
  const { reset } = send
  useEffect(() => reset(), [phone, reset])
  const submit = () => {
    setTried(true)
    if (missing || !channel) return
    send.mutate(
      { channelId: channel.id, phone: phone.trim(), templateId: template.id, values: fill.values },
      {
        onSuccess: () => {
          writeStored(PHONE, phone.trim())
          toast.success(t('templates.test.sent', { phone: formatPhone(phone) }))
          onClose()
        },
      },
    )
  }
  return (
    <form className="flex min-h-0 flex-1 flex-col" onSubmit={(e) => { e.preventDefault(); submit() }}>
      <DialogHeader>
        <DialogTitle>{t('templates.test.title')}</DialogTitle>
        <DialogDescription>{t('templates.test.lead')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-4">
        {send.error && !fieldProblem(send.error, 'to.phone') && <Notice>{describeError(send.error)}</Notice>}
        <div className="grid gap-1.5">
          <Label htmlFor="test-phone">{t('templates.test.phone')}</Label>
          <Input id="test-phone" type="tel" dir="ltr" autoComplete="tel" autoFocus value={phone} placeholder="+44 7700 900123" aria-invalid={!!phoneProblem} aria-describedby={phoneProblem ? 'test-phone-error' : undefined} onChange={(e) => setPhone(e.target.value)} />
          {phoneProblem && <p id="test-phone-error" role="alert" className="text-[0.8125rem] text-destructive">{phoneProblem}</p>}
        </div>
        {channels.length > 1 && (
          <div className="grid gap-1.5">
            <Label htmlFor="test-from">{t('templates.test.from')}</Label>
            <NativeSelect id="test-from" value={channel?.id} onChange={(e) => setChosen(e.target.value)}>
              {channels.map(({ id, name, display_phone_number: number }) => <option key={id} value={id}>{number ? `${name} · ${formatPhone(number)}` : name}</option>)}
            </NativeSelect>
          </div>
        )}
        <FillPreview template={template} fill={fill} sender={channel?.name} tried={tried} />
      </DialogBody>
      <DialogFooter>
        <SubmitButton missing={missing} loading={send.isPending} before={<Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>}>{t('templates.test.send')}</SubmitButton>
      </DialogFooter>
    </form>
  )
}
