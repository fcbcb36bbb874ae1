import { ArrowLeft, LayoutTemplate, Search, SearchX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Template } from '@/api/types'
import { EmptyState, ErrorState } from '@/components/states'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Skeleton } from '@/components/ui/skeleton'
import { fieldsOf, isSendable, missingFields, partsOf, type TemplateField } from './templates'
import { TemplatePreview } from './template-preview'
import { useTemplates } from './queries'

/** The templates of one number, those that can be sent first. */
export function TemplateList({ channelId, onPick }: { channelId: string | undefined; onPick: (template: Template) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const templates = useTemplates(channelId)
  if (templates.isPending) {
    return (
      <div role="status" className="space-y-2">
        <span className="sr-only">{t('common.loading')}</span>
        {[1, 2, 3, 4].map((i) => <Skeleton key={i} className="h-16" />)}
      </div>
    )
  }
  if (templates.error) return <ErrorState error={templates.error} onRetry={() => void templates.refetch()} />
  if (templates.data.length === 0) return <EmptyState icon={LayoutTemplate} title={t('templates.emptyTitle')} body={t('templates.emptyBody')} />
  const wanted = search.trim().toLowerCase()
  const shown = templates.data
    .filter((template) => !wanted || `${template.name} ${partsOf(template).body}`.toLowerCase().includes(wanted))
    .sort((a, b) => Number(isSendable(b)) - Number(isSendable(a)) || a.name.localeCompare(b.name))
  return (
    <div className="space-y-3">
      <div className="relative">
        <Search className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground" aria-hidden />
        <Input type="search" className="ps-8.5" value={search} onChange={(e) => setSearch(e.target.value)} placeholder={t('templates.search')} aria-label={t('templates.search')} />
      </div>
      {shown.length === 0 ? (
        <EmptyState icon={SearchX} title={t('common.noMatches')} className="py-8" />
      ) : (
        <ul className="space-y-1.5">
          {shown.map((template) => (
            <li key={template.id}>
              <button
                type="button"
                disabled={!isSendable(template)}
                onClick={() => onPick(template)}
                className="block w-full rounded-lg border bg-card px-3.5 py-2.5 text-start shadow-xs transition-colors enabled:hover:border-ring/60 enabled:hover:bg-accent/50 disabled:opacity-60"
              >
                <span className="flex items-center gap-2">
                  <span dir="ltr" className="min-w-0 flex-1 truncate text-start text-[0.8125rem] font-semibold rtl:text-end">{template.name}</span>
                  <Badge variant="outline" className="uppercase">{template.language}</Badge>
                  <Badge variant={isSendable(template) ? 'secondary' : 'warning'}>
                    {isSendable(template) ? t(`templates.category.${(template.category ?? '').toLowerCase()}`, { defaultValue: template.category ?? '' }) : t(`templates.status.${(template.status ?? '').toLowerCase()}`, { defaultValue: template.status ?? '' })}
                  </Badge>
                </span>
                <span dir="auto" className="mt-1 line-clamp-2 text-[0.8125rem] text-muted-foreground">{partsOf(template).body}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

interface TemplateFormProps {
  template: Template
  values: Record<string, string>
  onValues: (values: Record<string, string>) => void
  showMissing: boolean
  onBack: () => void
}

/** The blanks of the chosen template, beside how it will look. */
export function TemplateForm({ template, values, onValues, showMissing, onBack }: TemplateFormProps) {
  const { t } = useTranslation()
  const fields = fieldsOf(template)
  const missing = new Set(missingFields(fields, values).map((f) => f.key))
  return (
    <div className="space-y-4">
      <div className="flex items-center gap-2">
        <Button variant="ghost" size="sm" className="-ms-2" onClick={onBack}>
          <ArrowLeft className="flip-rtl" aria-hidden />
          {t('templates.choose')}
        </Button>
        <span dir="ltr" className="ms-auto truncate text-[0.8125rem] font-semibold">{template.name}</span>
        <Badge variant="outline" className="uppercase">{template.language}</Badge>
      </div>
      {fields.length > 0 && (
        <div className="space-y-3">
          {fields.map((field, i) => (
            <FieldInput key={field.key} field={field} autoFocus={i === 0} value={values[field.key] ?? ''} invalid={showMissing && missing.has(field.key)} onChange={(value) => onValues({ ...values, [field.key]: value })} />
          ))}
        </div>
      )}
      <TemplatePreview template={template} values={values} />
    </div>
  )
}

function FieldInput({ field, value, invalid, autoFocus, onChange }: { field: TemplateField; value: string; invalid: boolean; autoFocus: boolean; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  const id = `template-${field.key}`
  const media = field.kind !== 'text' && field.kind !== 'code'
  const label = media
    ? t('templates.mediaLink', { kind: t(`kinds.${field.kind}`) })
    : field.part === 'button'
      ? t(field.kind === 'code' ? 'templates.buttonCode' : 'templates.buttonEnd', { button: field.variable })
      : t(field.part === 'header' ? 'templates.headerBlank' : 'templates.bodyBlank', { name: `{{${field.variable}}}` })
  return (
    <div className="grid gap-1.5">
      <Label htmlFor={id}>{label}</Label>
      <Input id={id} dir={media ? 'ltr' : 'auto'} autoFocus={autoFocus} value={value} onChange={(e) => onChange(e.target.value)} placeholder={media ? 'https://' : field.example ? t('templates.example', { value: field.example }) : undefined} aria-invalid={invalid} aria-describedby={invalid ? `${id}-error` : undefined} />
      {invalid && <p id={`${id}-error`} role="alert" className="text-[0.8125rem] text-destructive">{t(media ? 'validation.link' : 'validation.required')}</p>}
    </div>
  )
}
