import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Link } from 'wouter'
import { type Hours, useHours, useSaveHours } from '@/api/settings'
import { useUnsaved } from '@/components/leave-guard'
import { SaveBar } from '@/components/save-bar'
import { SettingsPage } from '@/components/settings-page'
import { ErrorState, Notice } from '@/components/states'
import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { Switch } from '@/components/ui/switch'
import { describeError } from '@/lib/errors'
import { formatDateTime } from '@/lib/format'
import { useNow } from '@/lib/hooks'
import { useCan } from '@/lib/session'
import { cn } from '@/lib/utils'
import { DayRow } from './day-row'
import { Holidays } from './holidays'
import { bodyOf, DAYS, type Day, type Draft, draftOf, problemsOf } from './week'

export default function HoursPage() {
  const { t } = useTranslation()
  const hours = useHours()
  const manage = useCan().can('settings:manage')
  return (
    <SettingsPage title={t('hours.title')} description={t('hours.lead')}>
      {hours.data ? <HoursForm hours={hours.data} manage={manage} /> : hours.error ? <ErrorState error={hours.error} onRetry={() => void hours.refetch()} /> : <Skeleton className="h-96 rounded-xl" />}
    </SettingsPage>
  )
}

function HoursForm({ hours, manage }: { hours: Hours; manage: boolean }) {
  const { t } = useTranslation()
  const save = useSaveHours()
  /** What was changed here; without changes the server's hours are shown as they come. */
  const [edited, setEdited] = useState<Draft>()
  const draft = edited ?? draftOf(hours)
  const change = (next: Partial<Draft>) => setEdited({ ...draft, ...next })
  useUnsaved(!!edited)
  const wrong = !draft.always && DAYS.some((day) => problemsOf(draft.week[day]).size > 0)
  const wrongHoliday = draft.holidays?.some((holiday) => !holiday.date || problemsOf(holiday.spans ?? []).size > 0)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wrong || wrongHoliday) {
      document.querySelector<HTMLElement>('main [aria-invalid=true]')?.focus()
      return
    }
    save.mutate(bodyOf(draft), {
      onSuccess: () => {
        setEdited(undefined)
        toast.success(t('hours.saved'))
      },
    })
  }
  const copy = (from: Day) => change({ week: Object.fromEntries(DAYS.map((day) => [day, draft.week[from].map((span) => ({ ...span }))])) as Draft['week'] })
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <Card className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-4">
        <Now hours={hours} />
        <p className="ms-auto text-[0.8125rem] text-muted-foreground">
          {t('hours.zone')} <Link href="/settings/general" className="font-medium text-foreground underline underline-offset-2"><bdi>{hours.time_zone.replaceAll('_', ' ')}</bdi></Link>
        </p>
      </Card>
      {save.error && <Notice>{describeError(save.error)}</Notice>}
      <Card>
        <div className={cn('flex items-center gap-4 px-5 py-4', !draft.always && 'border-b')}>
          <div className="min-w-0 flex-1">
            <label htmlFor="always" className="text-sm font-medium">{t('hours.always')}</label>
            <p id="always-about" className="text-[0.8125rem] text-muted-foreground">{t('hours.alwaysHint')}</p>
          </div>
          <Switch id="always" aria-describedby="always-about" checked={draft.always} disabled={!manage} onCheckedChange={(always) => change({ always })} />
        </div>
        {!draft.always && (
          <ul className="divide-y">
            {DAYS.map((day) => (
              <DayRow key={day} name={t(`hours.days.${day}`)} spans={draft.week[day]} readOnly={!manage} onChange={(spans) => change({ week: { ...draft.week, [day]: spans } })} onCopy={() => copy(day)} />
            ))}
          </ul>
        )}
      </Card>
      <Holidays holidays={draft.holidays ?? []} readOnly={!manage} onChange={(holidays) => change({ holidays })} />
      <SaveBar dirty={!!edited} loading={save.isPending} onDiscard={() => setEdited(undefined)} />
    </form>
  )
}

/** "Open now, closes in 2 h", by the server's calendar. */
function Now({ hours }: { hours: Hours }) {
  const { t } = useTranslation()
  const now = useNow(30_000)
  const { open, until } = hours.now
  const minutes = until ? Math.max(1, Math.round((Date.parse(until) - now) / 60_000)) : undefined
  const words = minutes === undefined ? '' : minutes < 60 ? t('hours.inMinutes', { count: minutes }) : minutes < 48 * 60 ? t('hours.inHours', { count: Math.round(minutes / 60) }) : formatDateTime(until ?? '')
  return (
    <p role="status" className="flex flex-wrap items-center gap-2 text-sm">
      <Badge variant={open ? 'success' : 'secondary'} data-open={open}>{t(open ? 'hours.openNow' : 'hours.closedNow')}</Badge>
      {words && <span className="text-muted-foreground">{t(open ? 'hours.closes' : 'hours.opens', { when: words })}</span>}
    </p>
  )
}
