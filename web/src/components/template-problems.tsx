import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { type Template, useTemplatesIn } from '@/api/templates'
import { languageName } from '@/lib/language'
import { TROUBLED } from '@/lib/template-status'
import { TemplateName } from './template-bits'
import { Button } from './ui/button'

/** Of each state so many are looked at, and in all so many are named. */
const OF_EACH = 10
const NAMED = 5
/** What was rejected or switched off long ago is known. What is paused still stops something. */
const NEWS_MS = 14 * 24 * 3_600_000

export function useTroubledTemplates(enabled: boolean): Template[] {
  const found = useTemplatesIn(TROUBLED, OF_EACH, enabled)
  const since = Date.now() - NEWS_MS
  return found.filter(({ status, updated_at }) => status === 'PAUSED' || Date.parse(updated_at) > since).sort((a, b) => b.updated_at.localeCompare(a.updated_at))
}

/** Templates that cannot be sent and that somebody may have to mend. */
export function TemplateProblems({ templates }: { templates: Template[] }) {
  const { t } = useTranslation()
  if (templates.length === 0) return null
  return (
    <div data-problem="templates" className="flex items-start gap-2.5 rounded-lg bg-warning-soft px-3 py-2.5 text-[0.8125rem] text-warning-soft-foreground">
      <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{t('template.problems.title', { count: templates.length })}</p>
        <ul className="mt-1">
          {templates.slice(0, NAMED).map((template) => (
            <li key={template.id}>
              <Link href={`/templates/${template.id}`} className="inline-flex min-h-8 max-w-full flex-wrap items-center gap-x-2 gap-y-1 underline-offset-2 hover:underline pointer-coarse:min-h-11">
                <TemplateName name={template.name} className="font-medium" />
                <span>{languageName(template.language)}</span>
                <span>· {t(`template.status.${template.status}`)}</span>
              </Link>
            </li>
          ))}
        </ul>
        <Button asChild variant="outline" size="sm" className="mt-1.5"><Link href="/templates">{t('template.problems.all')}</Link></Button>
      </div>
    </div>
  )
}
