import { useTranslation } from 'react-i18next'
import type { Template, TemplateCategory, TemplateQuality, TemplateStatus } from '@/api/templates'
import { Badge } from '@/components/ui/badge'
import { languageName } from '@/lib/language'
import { isRefused, toneOf } from '@/lib/template-status'
import { cn } from '@/lib/utils'

/** Whether a template can be sent, in a word. */
export function StatusBadge({ template }: { template: Pick<Template, 'status' | 'submission'> }) {
  const { t } = useTranslation()
  if (isRefused(template)) return <Badge variant="destructive">{t('template.notSubmitted')}</Badge>
  return <Badge variant={toneOf(template.status)}>{t(`template.status.${template.status}`)}</Badge>
}

/** What a state means, and what to do about it. */
export function useStatusHint() {
  const { t } = useTranslation()
  return (status: TemplateStatus) => t(`template.hint.${status}`)
}

const DOTS: Record<TemplateQuality, string> = { GREEN: 'bg-primary', YELLOW: 'bg-warning', RED: 'bg-destructive', UNKNOWN: 'bg-muted-foreground/50' }

/** Colour and word: red alone would say nothing to some. */
export function QualityText({ quality }: { quality: string }) {
  const { t } = useTranslation()
  const known = quality in DOTS ? (quality as TemplateQuality) : 'UNKNOWN'
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span className={cn('size-2 rounded-full', DOTS[known])} aria-hidden />
      {t(`template.quality.${known}`)}
    </span>
  )
}

export function CategoryText({ category }: { category?: TemplateCategory }) {
  const { t } = useTranslation()
  return <>{category ? t(`template.category.${category}`) : t('template.noCategory')}</>
}

/** A language's name, with WhatsApp's code for those who know it. */
export function LanguageText({ code }: { code: string }) {
  const name = languageName(code)
  return <span title={code}><bdi>{name}</bdi>{name !== code && <span className="sr-only"> ({code})</span>}</span>
}

/** WhatsApp's names are in small Latin letters: left to right in every language. */
export function TemplateName({ name, className }: { name: string; className?: string }) {
  return <bdi dir="ltr" className={cn('wrap-anywhere', className)}>{name}</bdi>
}
