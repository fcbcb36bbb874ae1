import { ArrowLeft, LayoutTemplate, Search, SearchX } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { rows } from '@/api/page'
import { type Template, useSomeTemplates, useTemplates } from '@/api/templates'
import { FillPreview } from '@/components/fill/fill-preview'
import type { Fill } from '@/components/fill/use-fill'
import { MoreButton } from '@/components/more-button'
import { EmptyState, ErrorState } from '@/components/states'
import { CategoryText, StatusBadge, TemplateName, useStatusHint } from '@/components/template-bits'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Skeleton } from '@/components/ui/skeleton'
import { say } from '@/lib/said'
import { useDebounced } from '@/lib/hooks'
import { bodyOf, isGone, isSendable, sentNow } from '@/lib/template-status'

/** So many of those that cannot be sent are named, with the reason; the search finds the others. */
const NOT_NOW = 50

/** The templates of one number, found by their words. */
export function TemplateList({ channelId, onPick }: { channelId: string | undefined; onPick: (template: Template) => void }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  return (
    <div className="space-y-3">
      <div className="relative">
        <Search className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground" aria-hidden />
        <Input type="search" className="ps-8.5" autoFocus value={query} onChange={(e) => setQuery(e.target.value)} placeholder={t('picker.search')} aria-label={t('picker.search')} />
      </div>
      <Found channelId={channelId} query={query} onPick={onPick} />
    </div>
  )
}

/** Those that can be sent, and under them the others with the reason. */
function Found({ channelId, query, onPick }: { channelId: string | undefined; query: string; onPick: (template: Template) => void }) {
  const { t } = useTranslation()
  const hint = useStatusHint()
  const list = useRef<HTMLUListElement>(null)
  const search = useDebounced(query.trim()) || undefined
  const templates = useTemplates({ channel_id: channelId, status: 'APPROVED', search })
  const all = useSomeTemplates({ channel_id: channelId, search }, NOT_NOW)
  if (templates.isPending || all.isPending) {
    return (
      <div role="status" className="space-y-2">
        <span className="sr-only">{t('common.loading')}</span>
        {[1, 2, 3, 4].map((i) => <Skeleton key={i} className="h-16" />)}
      </div>
    )
  }
  const error = templates.error ?? all.error
  if (error && (!templates.data || !all.data)) return <ErrorState error={error} onRetry={() => { void templates.refetch(); void all.refetch() }} />
  const inReview = (all.data ?? []).filter((template) => template.status !== 'APPROVED' && isSendable(template))
  const sendable = [...rows(templates.data), ...inReview]
  const others = (all.data ?? []).filter((template) => !isSendable(template) && !isGone(template))
  if (!search && sendable.length === 0 && others.length === 0) return <EmptyState icon={LayoutTemplate} title={t('picker.emptyTitle')} body={t('picker.emptyBody')} />
  return (
    <>
      {sendable.length === 0 && others.length === 0 && <EmptyState icon={SearchX} title={t('common.noMatches')} className="py-8" />}
      {sendable.length > 0 && (
        <div>
          <ul ref={list} aria-label={t('picker.choose')} className="space-y-1.5">
            {sendable.map((template) => (
              <li key={template.id}>
                <button type="button" onClick={() => onPick(template)} className="block w-full rounded-lg border bg-card px-3.5 py-2.5 text-start shadow-xs transition-colors hover:border-ring/60 hover:bg-accent/50">
                  <Row template={template} badge={<Badge><CategoryText category={template.category} /></Badge>} />
                </button>
              </li>
            ))}
          </ul>
          <MoreButton query={templates} list={list as React.RefObject<HTMLElement>} />
        </div>
      )}
      {others.length > 0 && (
        <section aria-label={t('picker.notNow')}>
          <h3 className="mb-1.5 text-xs font-semibold text-muted-foreground">{t('picker.notNow')}</h3>
          <ul className="space-y-1.5">
            {others.map((template) => (
              <li key={template.id} data-not-now={template.status} className="rounded-lg border border-dashed px-3.5 py-2.5">
                <Row template={template} badge={<StatusBadge template={template} />} />
                <p className="mt-1 text-xs text-muted-foreground">{say(template.reason_terms) || hint(template.status)}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Row({ template, badge }: { template: Template; badge: React.ReactNode }) {
  return (
    <>
      <span className="flex items-center gap-2">
        <TemplateName name={template.name} className="min-w-0 flex-1 truncate text-start text-[0.8125rem] font-semibold rtl:text-end" />
        <Badge variant="outline" className="uppercase">{template.language}</Badge>
        {badge}
      </span>
      <span dir="auto" className="mt-1 line-clamp-2 text-[0.8125rem] text-muted-foreground">{bodyOf(sentNow(template).components)}</span>
    </>
  )
}

interface TemplateFormProps {
  template: Template
  fill: Fill
  sender?: string
  tried: boolean
  onBack: () => void
}

/** The chosen template as the phone will show it, its blanks to be typed where they stand. */
export function TemplateForm({ template, fill, sender, tried, onBack }: TemplateFormProps) {
  const { t } = useTranslation()
  return (
    <div className="space-y-3">
      <div className="flex items-center gap-2">
        <Button variant="ghost" size="sm" className="-ms-2" onClick={onBack}>
          <ArrowLeft className="flip-rtl" aria-hidden />
          {t('picker.choose')}
        </Button>
        <TemplateName name={template.name} className="ms-auto min-w-0 truncate text-[0.8125rem] font-semibold" />
        <Badge variant="outline" className="uppercase">{template.language}</Badge>
      </div>
      <FillPreview template={template} fill={fill} sender={sender} tried={tried} autoFocus />
    </div>
  )
}
