import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Template } from '@/api/templates'
import { type Fill, useFill } from '@/components/fill/use-fill'
import { SubmitButton } from '@/components/submit-button'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import type { Outgoing } from './outgoing'
import { TemplateForm, TemplateList } from './template-picker'

interface TemplateDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  channelId: string
  contactId?: string
  recipient: string
  onSend: (out: Outgoing) => void
}

export function TemplateDialog({ open, onOpenChange, ...rest }: TemplateDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-xl">{open && <Inside onClose={() => onOpenChange(false)} {...rest} />}</DialogContent>
    </Dialog>
  )
}

/** What is sent: the template by its id and what was typed. The bubble shows what the preview said until the server has answered. */
export const templateOut = (template: Template, fill: Fill): Outgoing => ({
  type: 'template',
  content: { name: template.name, language: { code: template.language }, components: fill.components ?? [] },
  request: { template_id: template.id, values: fill.values },
  shown: { text: fill.text },
})

function Inside({ channelId, contactId, recipient, onSend, onClose }: Omit<TemplateDialogProps, 'open' | 'onOpenChange'> & { onClose: () => void }) {
  const { t } = useTranslation()
  const [template, setTemplate] = useState<Template>()
  const [tried, setTried] = useState(false)
  const fill = useFill(template, { contactId })
  const missing = !template ? t('picker.pickFirst') : fill.open.length > 0 ? t('fill.missing') : undefined
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(e) => {
        e.preventDefault()
        setTried(true)
        if (template && !missing) onSend(templateOut(template, fill))
      }}
    >
      <DialogHeader>
        <DialogTitle>{t('picker.title')}</DialogTitle>
        <DialogDescription>{t('picker.to', { name: recipient })}</DialogDescription>
      </DialogHeader>
      <DialogBody className="sm:min-h-80">
        {template ? (
          <TemplateForm template={template} fill={fill} tried={tried} onBack={() => setTemplate(undefined)} />
        ) : (
          <TemplateList
            channelId={channelId}
            onPick={(picked) => {
              setTemplate(picked)
              setTried(false)
            }}
          />
        )}
      </DialogBody>
      <DialogFooter>
        <SubmitButton missing={missing} before={<Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>}>{t('chat.send')}</SubmitButton>
      </DialogFooter>
    </form>
  )
}
