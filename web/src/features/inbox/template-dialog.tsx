import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReplyIn } from '@/api/messages'
import type { Template } from '@/api/templates'
import { SubmitButton } from '@/components/submit-button'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { templateView } from '@/lib/template-view'
import { TemplateForm, TemplateList } from './template-fields'
import { componentsFor, fieldsOf, missingFields } from './templates'

export type TemplateOut = NonNullable<ReplyIn['template']>

interface TemplateDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  channelId: string
  recipient: string
  onSend: (template: TemplateOut, shownText: string) => void
}

export function TemplateDialog({ open, onOpenChange, ...rest }: TemplateDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-xl">{open && <Inside onClose={() => onOpenChange(false)} {...rest} />}</DialogContent>
    </Dialog>
  )
}

/** What a filled template will say, for the bubble and the list. */
export const templateText = (template: Template, values: Record<string, string>) => templateView(template.components, componentsFor(template, values)).body

export const templateOut = (template: Template, values: Record<string, string>): TemplateOut => ({
  name: template.name,
  language: template.language,
  // Filled from the template's own parts, whose shapes WhatsApp gave; the server checks them whole.
  components: componentsFor(template, values) as unknown as TemplateOut['components'],
})

function Inside({ channelId, recipient, onSend, onClose }: Omit<TemplateDialogProps, 'open' | 'onOpenChange'> & { onClose: () => void }) {
  const { t } = useTranslation()
  const [template, setTemplate] = useState<Template>()
  const [values, setValues] = useState<Record<string, string>>({})
  const [tried, setTried] = useState(false)
  const missing = !template ? t('templates.pickFirst') : missingFields(fieldsOf(template), values).length > 0 ? t('templates.fillFirst') : undefined
  const send = () => {
    if (!template) return
    if (missingFields(fieldsOf(template), values).length > 0) {
      setTried(true)
      return
    }
    onSend(templateOut(template, values), templateText(template, values))
  }
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(e) => {
        e.preventDefault()
        send()
      }}
    >
      <DialogHeader>
        <DialogTitle>{t('templates.title')}</DialogTitle>
        <DialogDescription>{t('templates.to', { name: recipient })}</DialogDescription>
      </DialogHeader>
      <DialogBody className="sm:min-h-80">
        {template ? (
          <TemplateForm template={template} values={values} onValues={setValues} showMissing={tried} onBack={() => setTemplate(undefined)} />
        ) : (
          <TemplateList
            channelId={channelId}
            onPick={(picked) => {
              setTemplate(picked)
              setValues({})
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
