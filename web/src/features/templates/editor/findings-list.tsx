import { CircleCheck, CircleDashed, OctagonX, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDebounced } from '@/lib/hooks'
import { cn } from '@/lib/utils'
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

const keyOf = ({ code, path, field }: PlacedFinding) => `${code} ${path} ${field}`

/** Those that have no field on the screen, and those that are said at theirs. */
function useApart(findings: PlacedFinding[]) {
  const [apart, setApart] = useState<ReadonlySet<string>>(new Set())
  const keys = findings.map(keyOf).join('\n')
  // The fields are looked for once they are drawn; other findings of the same fields are as far apart.
  useEffect(() => {
    const without = findings.filter(({ field }) => !document.getElementById(fieldId(field)))
    setApart(new Set(without.map(keyOf)))
  }, [keys])
  const isApart = (finding: PlacedFinding) => apart.has(keyOf(finding))
  return [bySeverity(findings.filter(isApart)), bySeverity(findings.filter((finding) => !isApart(finding)))] as const
}

/** What the check says: how much stands at the fields, with a way there, and what has no field. */
export function FindingsList({ findings, missing, state }: FindingsListProps) {
  const { t } = useTranslation()
  const refused = findings.filter(({ severity }) => severity === 'refused').length
  const [apart, atFields] = useApart(findings)
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
          {apart.map((finding, at) => <li key={`${finding.code}-${finding.path}-${at}`} className="px-2 py-1"><FindingLine finding={finding} /></li>)}
        </ul>
        {atFields[0] && (
          <button type="button" className={cn('flex w-full items-center gap-1.5 rounded-md px-2 py-1 text-start text-[0.8125rem] outline-none hover:bg-accent focus-visible:ring-3 focus-visible:ring-ring/25 pointer-coarse:min-h-11', atFields[0].severity === 'refused' ? 'text-destructive' : 'text-warning-soft-foreground')} onClick={() => goTo(atFields[0]?.field ?? '')}>
            {atFields[0].severity === 'refused' ? <OctagonX aria-hidden className="size-3.5 shrink-0" /> : <TriangleAlert aria-hidden className="size-3.5 shrink-0" />}
            {t('templateEditor.atFields', { count: atFields.length })}
          </button>
        )}
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
