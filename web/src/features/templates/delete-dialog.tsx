import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type Template, useDeleteTemplate, useTemplatesOfName, useTemplateUses } from '@/api/templates'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { Checkbox } from '@/components/ui/checkbox'
import { toastError } from '@/lib/errors'
import { isolated } from '@/lib/format'
import { languageName } from '@/lib/language'
import { isGone } from '@/lib/template-status'
import { UseList } from './uses'

/** Asks before a template is deleted, and says what uses it. */
export function DeleteDialog({ template, onClose, onDone }: { template?: Template; onClose: () => void; onDone?: () => void }) {
  const { t } = useTranslation()
  const remove = useDeleteTemplate()
  const [all, setAll] = useState(false)
  const id = template?.id
  useEffect(() => setAll(false), [id])
  const uses = useTemplateUses(id ?? '', !!id).data
  const others = (useTemplatesOfName(template).data ?? []).filter((other) => other.id !== id && !isGone(other))
  return (
    <ConfirmDialog
      open={!!template}
      onOpenChange={(open) => !open && onClose()}
      title={t('templates.delete.title', { name: isolated(template?.name ?? ''), language: isolated(languageName(template?.language ?? 'en')) })}
      body={
        <span className="block space-y-3">
          {uses && uses.length > 0 && (
            <span className="block rounded-lg bg-warning-soft px-3 py-2 text-warning-soft-foreground">
              <span className="block font-medium">{t('templates.delete.used')}</span>
              <UseList uses={uses} plain />
            </span>
          )}
          <span className="block">{t('templates.delete.body')}</span>
          {others.length > 0 && (
            <label className="flex items-start gap-2.5 text-foreground">
              <Checkbox checked={all} onCheckedChange={(on) => setAll(on === true)} className="mt-0.5" />
              <span>{t('templates.delete.all', { count: others.length })}<span className="block text-muted-foreground">{others.map((other) => languageName(other.language)).join(', ')}</span></span>
            </label>
          )}
        </span>
      }
      action={t('templates.delete.action')}
      loading={remove.isPending}
      onConfirm={() =>
        template &&
        remove.mutate(
          { id: template.id, allLanguages: all },
          {
            onSuccess: () => {
              toast.success(t('templates.delete.done', { name: isolated(template.name) }))
              onClose()
              onDone?.()
            },
            onError: toastError,
          },
        )
      }
    />
  )
}
