import { ArrowLeft, LayoutTemplate, Search, SearchX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Template, useTemplates } from '@/api/templates'
import { EmptyState, ErrorState } from '@/components/states'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Skeleton } from '@/components/ui/skeleton'
import { TemplateFieldInput } from './template-field-input'
import { TemplatePreview } from './template-preview'
import { bodyOfTemplate, fieldsOf, isSendable, problemOf } from './templates'

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
    .filter((template) => !wanted || `${template.name} ${bodyOfTemplate(template)}`.toLowerCase().includes(wanted))
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
                <span dir="auto" className="mt-1 line-clamp-2 text-[0.8125rem] text-muted-foreground">{bodyOfTemplate(template)}</span>
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
            <div key={field.key} className="space-y-3">
              {field.card !== undefined && field.card !== fields[i - 1]?.card && <h3 className="border-t pt-3 text-xs font-semibold text-muted-foreground">{t('templates.card', { n: field.card + 1 })}</h3>}
              <TemplateFieldInput
                field={field}
                autoFocus={i === 0}
                values={values}
                problem={showMissing || values[field.key] ? problemOf(field, values[field.key]) : undefined}
                showRequired={showMissing}
                onChange={(changed) => onValues({ ...values, ...changed })}
              />
            </div>
          ))}
        </div>
      )}
      <TemplatePreview template={template} values={values} />
    </div>
  )
}
