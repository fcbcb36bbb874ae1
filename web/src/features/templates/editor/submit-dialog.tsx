import { useTranslation } from 'react-i18next'
import type { TemplateEditing } from '@/api/templates'
import { Notice } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { describeError } from '@/lib/errors'
import { Findings } from './field'
import { bySeverity, type PlacedFinding } from './findings'
import type { TemplateForm } from './form'
import { languageName } from '@/lib/language'


interface SubmitDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  values: TemplateForm
  /** What is likely to be refused, and advice. */
  findings: PlacedFinding[]
  /** Of a template that Meta has. */
  editing?: TemplateEditing
  approved: boolean
  loading: boolean
  error: unknown
  onSubmit: () => void
}

/** What happens when it is handed to Meta, before it does. */
export function SubmitDialog({ open, onOpenChange, values, findings, editing, approved, loading, error, onSubmit }: SubmitDialogProps) {
  const { t } = useTranslation()
  const points = [
    t('templateEditor.submit.review'),
    t(`templateEditor.submit.price.${values.category}`),
    editing ? t(approved ? 'templateEditor.submit.replaces' : 'templateEditor.submit.again') : t('templateEditor.submit.fixed'),
    editing?.today_left !== undefined ? t('templateEditor.editsLeft', { count: editing.today_left, month: editing.month_left }) : t('templateEditor.submit.edits'),
    ...(editing ? [] : [t('templateEditor.submit.lock')]),
  ]
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-lg">
        <DialogHeader>
          <DialogTitle>{t(editing ? 'templateEditor.submit.titleEdit' : 'templateEditor.submit.title')}</DialogTitle>
          <DialogDescription><bdi dir="ltr" className="font-mono text-xs">{values.name}</bdi>{' · '}<bdi>{languageName(values.language)}</bdi></DialogDescription>
        </DialogHeader>
        <DialogBody className="space-y-4">
          <ul className="list-disc space-y-1.5 ps-5 text-sm">{points.map((point) => <li key={point}>{point}</li>)}</ul>
          {findings.length > 0 && (
            <div className="space-y-2 rounded-lg border p-3">
              <p className="text-[0.8125rem] font-medium">{t('templateEditor.submit.consider')}</p>
              <Findings findings={bySeverity(findings)} />
            </div>
          )}
          {error !== null && error !== undefined && <Notice>{describeError(error)}</Notice>}
        </DialogBody>
        <DialogFooter>
          <Button variant="outline" onClick={() => onOpenChange(false)}>{t('templateEditor.submit.back')}</Button>
          <Button loading={loading} onClick={onSubmit}>{t('templateEditor.submit.action')}</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  )
}
