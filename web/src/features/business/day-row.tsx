import { CopyPlus, Plus, X } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Span } from '@/api/settings'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Hint } from '@/components/ui/tooltip'
import { DayBar } from './day-bar'
import { extent, MOST_SPANS, nextSpan, problemsOf } from './week'

interface DayRowProps {
  name: string
  spans: Span[]
  readOnly: boolean
  onChange: (spans: Span[]) => void
  onCopy?: () => void
}

/** One day: its spans as a bar to drag and as times to type. */
export function DayRow({ name, spans, readOnly, onChange, onCopy }: DayRowProps) {
  const { t } = useTranslation()
  return (
    <li className="grid gap-x-4 gap-y-2 px-5 py-3.5 sm:grid-cols-[6.5rem_1fr]">
      <p className="pt-1.5 text-sm font-medium">{name}</p>
      <div className="min-w-0 space-y-2">
        <DayBar spans={spans} readOnly={readOnly} onChange={onChange} />
        <SpanInputs label={name} spans={spans} readOnly={readOnly} onChange={onChange} />
        {!readOnly && (
          <div className="flex flex-wrap gap-1">
            {spans.length < MOST_SPANS && <Button variant="ghost" size="sm" className="-ms-2.5" onClick={() => onChange([...spans, nextSpan(spans)])} aria-label={t('hours.addTo', { day: name })}><Plus aria-hidden />{t('hours.add')}</Button>}
            {onCopy && <Hint label={t('hours.copyHint')}><Button variant="ghost" size="sm" onClick={onCopy} aria-label={t('hours.copyOf', { day: name })}><CopyPlus aria-hidden />{t('hours.copy')}</Button></Hint>}
          </div>
        )}
      </div>
    </li>
  )
}

export function SpanInputs({ label, spans, readOnly, onChange }: { label: string; spans: Span[]; readOnly: boolean; onChange: (spans: Span[]) => void }) {
  const { t } = useTranslation()
  const id = useId()
  const problems = problemsOf(spans)
  if (spans.length === 0) return <p className="text-[0.8125rem] text-muted-foreground">{t('hours.closed')}</p>
  const set = (at: number, part: Partial<Span>) => onChange(spans.map((span, i) => (i === at ? { ...span, ...part } : span)))
  return (
    <ul className="space-y-2">
      {spans.map((span, at) => {
        const problem = problems.get(at)
        const about = problem ? `${id}-${at}` : undefined
        const nextDay = (extent(span)?.[1] ?? 0) > 24 * 60
        const field = (part: keyof Span) => (
          <Input
            type="time"
            className="w-28 [&::-webkit-calendar-picker-indicator]:hidden"
            disabled={readOnly}
            // The field has no 24:00: the end of a day is its midnight.
            value={span[part] === '24:00' ? '00:00' : span[part]}
            aria-label={t(part === 'start' ? 'hours.opensAt' : 'hours.closesAt', { day: label })}
            aria-invalid={!!problem}
            aria-describedby={about}
            onChange={(event) => set(at, { [part]: event.target.value })}
          />
        )
        return (
          <li key={at}>
            <div className="flex flex-wrap items-center gap-2">
              {field('start')}
              <span aria-hidden className="text-muted-foreground">–</span>
              {field('end')}
              {nextDay && <span className="text-xs text-muted-foreground">{t('hours.nextDay')}</span>}
              {!readOnly && <Button variant="ghost" size="icon-sm" className="text-muted-foreground" onClick={() => onChange(spans.filter((_, i) => i !== at))} aria-label={t('hours.remove', { day: label, from: span.start })}><X aria-hidden /></Button>}
            </div>
            {problem && <p id={about} className="mt-1 text-[0.8125rem] text-destructive">{t(`hours.problems.${problem}`)}</p>}
          </li>
        )
      })}
    </ul>
  )
}
