import { CircleCheck, CircleDashed } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useDebounced } from '@/lib/hooks'
import { fieldId } from './context'
import { FindingLine } from './field'
import { bySeverity, type PlacedFinding } from './findings'

interface FindingsListProps {
  findings: PlacedFinding[]
  /** What is not filled in yet, and not yet a mistake. */
  missing: PlacedFinding[]
  /** Nothing was checked yet, or it could not be. */
  state: 'none' | 'checked' | 'failed'
}

/** Goes to a field, and into it. */
export function goTo(field: string) {
  const element = document.getElementById(fieldId(field))
  if (!element) return
  element.scrollIntoView({ block: 'center' })
  element.focus({ preventScroll: true })
}

/** All that the check says, the gravest first; each leads to its field. */
export function FindingsList({ findings, missing, state }: FindingsListProps) {
  const { t } = useTranslation()
  const refused = findings.filter(({ severity }) => severity === 'refused').length
  // Between two keys nothing is read out.
  const summary = useDebounced(findings.length > 0 ? t('templateEditor.found', { count: findings.length }) : state === 'checked' && missing.length === 0 ? t('templateEditor.nothingFound') : '', 1_500)
  return (
    <section aria-label={t('templateEditor.checkTitle')} className="rounded-xl border bg-card shadow-xs">
      <h2 className="px-4 pt-3 text-[0.8125rem] font-semibold">{t('templateEditor.checkTitle')}</h2>
      <p role="status" className="sr-only">{summary}</p>
      <div className="px-2 pt-1 pb-3">
        {state === 'failed' && <p className="px-2 py-1 text-[0.8125rem] text-muted-foreground">{t('templateEditor.checkFailed')}</p>}
        {state !== 'none' && findings.length === 0 && missing.length === 0 && state === 'checked' && (
          <p className="flex items-center gap-1.5 px-2 py-1 text-[0.8125rem] text-primary"><CircleCheck aria-hidden className="size-4" />{t('templateEditor.nothingFound')}</p>
        )}
        <ul data-check data-refused={refused}>
          {bySeverity(findings).map((finding, at) => (
            <li key={`${finding.code}-${finding.path}-${at}`}>
              <button type="button" className="w-full rounded-md px-2 py-1 text-start outline-none hover:bg-accent focus-visible:ring-3 focus-visible:ring-ring/25 pointer-coarse:min-h-11" onClick={() => goTo(finding.field)}><FindingLine finding={finding} /></button>
            </li>
          ))}
        </ul>
        {missing.length > 0 && (
          <button type="button" className="flex w-full items-center gap-1.5 rounded-md px-2 py-1 text-start text-[0.8125rem] text-muted-foreground outline-none hover:bg-accent focus-visible:ring-3 focus-visible:ring-ring/25 pointer-coarse:min-h-11" onClick={() => goTo(missing[0]?.field ?? '')}>
            <CircleDashed aria-hidden className="size-3.5 shrink-0" />
            {t('templateEditor.stillMissing', { count: missing.length })}
          </button>
        )}
        {state === 'none' && <p className="px-2 py-1 text-[0.8125rem] text-muted-foreground">{t('templateEditor.checkHint')}</p>}
      </div>
    </section>
  )
}
