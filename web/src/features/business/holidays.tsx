import { CalendarDays, Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Holiday } from '@/api/settings'
import { EmptyState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Card, CardDescription, CardTitle } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/checkbox'
import { Input } from '@/components/ui/input'
import { SpanInputs } from './day-row'
import { MOST_HOLIDAYS, MOST_SPANS, nextSpan } from './week'

/** Days with hours of their own: once or every year, closed or open at other times. */
export function Holidays({ holidays, readOnly, onChange }: { holidays: Holiday[]; readOnly: boolean; onChange: (holidays: Holiday[]) => void }) {
  const { t } = useTranslation()
  const set = (at: number, part: Partial<Holiday>) => onChange(holidays.map((holiday, i) => (i === at ? { ...holiday, ...part } : holiday)))
  const add = !readOnly && holidays.length < MOST_HOLIDAYS && (
    <Button variant="outline" size="sm" onClick={() => onChange([...holidays, { date: '', yearly: false, name: '', spans: [] }])}><Plus aria-hidden />{t('hours.addHoliday')}</Button>
  )
  return (
    <Card role="region" aria-labelledby="holidays">
      <div className="flex flex-wrap items-start justify-between gap-3 px-5 py-4">
        <div className="min-w-0 space-y-0.5">
          <CardTitle id="holidays">{t('hours.holidays')}</CardTitle>
          <CardDescription>{t('hours.holidaysLead')}</CardDescription>
        </div>
        {holidays.length > 0 && add}
      </div>
      <div className="border-t">
        {holidays.length === 0 ? (
          <EmptyState icon={CalendarDays} title={t('hours.noHolidays')} action={add} className="py-8" />
        ) : (
          <ul className="divide-y">
            {holidays.map((holiday, at) => {
              const name = holiday.name || holiday.date || String(at + 1)
              const spans = holiday.spans ?? []
              return (
                <li key={at} className="space-y-3 px-5 py-4">
                  <div className="flex flex-wrap items-center gap-2">
                    <Input type="date" className="w-40" disabled={readOnly} value={holiday.date} aria-label={t('hours.date')} aria-invalid={!holiday.date} onChange={(event) => set(at, { date: event.target.value })} />
                    <Input dir="auto" className="min-w-40 flex-1" disabled={readOnly} maxLength={100} value={holiday.name ?? ''} placeholder={t('hours.holidayName')} aria-label={t('hours.holidayName')} onChange={(event) => set(at, { name: event.target.value })} />
                    <label className="flex items-center gap-2 text-[0.8125rem]"><Checkbox disabled={readOnly} checked={holiday.yearly ?? false} onCheckedChange={(on) => set(at, { yearly: on === true })} />{t('hours.yearly')}</label>
                    {!readOnly && <Button variant="ghost" size="icon-sm" className="text-muted-foreground" onClick={() => onChange(holidays.filter((_, i) => i !== at))} aria-label={t('hours.removeHoliday', { name })}><Trash2 aria-hidden /></Button>}
                  </div>
                  {!holiday.date && <p className="text-[0.8125rem] text-destructive">{t('hours.problems.date')}</p>}
                  <SpanInputs label={name} spans={spans} readOnly={readOnly} onChange={(next) => set(at, { spans: next })} />
                  {!readOnly && spans.length < MOST_SPANS && <Button variant="ghost" size="sm" className="-ms-2.5" onClick={() => set(at, { spans: [...spans, nextSpan(spans)] })} aria-label={t('hours.addTo', { day: name })}><Plus aria-hidden />{t('hours.add')}</Button>}
                </li>
              )
            })}
          </ul>
        )}
      </div>
    </Card>
  )
}
