import { Info, OctagonX, TriangleAlert } from 'lucide-react'
import { type ComponentPropsWithoutRef, forwardRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Severity } from '@/api/template-writing'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { cn } from '@/lib/utils'
import { fieldId, useEditor } from './context'
import { findingWords, type PlacedFinding } from './findings'
import { length } from './variables'

interface Control {
  id: string
  'aria-invalid': boolean
  'aria-describedby': string | undefined
}

interface FieldProps {
  /** The name by which findings know it. */
  name: string
  label: ReactNode
  hint?: ReactNode
  optional?: boolean
  /** How much of what WhatsApp allows is used. */
  count?: { value: string; max: number }
  /** Where the label belongs to no single control. */
  group?: boolean
  className?: string
  children: (control: Control) => ReactNode
}

/** A label, a control, what it is for, and what the check says of it. */
export function Field({ name, label, hint, optional, count, group, className, children }: FieldProps) {
  const { t } = useTranslation()
  const { findingsAt, touch } = useEditor()
  const id = fieldId(name)
  const findings = findingsAt(name)
  const described = [hint && `${id}-hint`, count && `${id}-count`, findings.length > 0 && `${id}-findings`].filter(Boolean).join(' ')
  const words = (
    <>
      {label}
      {optional && <span className="ms-1 font-normal text-muted-foreground">({t('common.optional')})</span>}
    </>
  )
  return (
    <div
      role={group ? 'group' : undefined}
      aria-labelledby={group ? `${id}-label` : undefined}
      className={cn('grid min-w-0 content-start gap-1.5', className)}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && touch(name)}
    >
      <div className="flex min-h-5 items-baseline justify-between gap-2">
        {group ? <p id={`${id}-label`} className="text-[0.8125rem] font-medium">{words}</p> : <Label htmlFor={id}>{words}</Label>}
        {count && <Count id={`${id}-count`} {...count} />}
      </div>
      {children({ id, 'aria-invalid': findings.some(({ severity }) => severity === 'refused'), 'aria-describedby': described || undefined })}
      {hint && <p id={`${id}-hint`} className="text-[0.8125rem] leading-snug text-muted-foreground">{hint}</p>}
      <Findings id={`${id}-findings`} findings={findings} />
    </div>
  )
}

function Count({ id, value, max }: { id: string; value: string; max: number }) {
  const { t } = useTranslation()
  const used = length(value)
  return (
    <span id={id} className={cn('tnum text-[0.6875rem]', used > max ? 'font-medium text-destructive' : 'text-muted-foreground')}>
      <bdi dir="ltr" aria-hidden>{used}/{max}</bdi>
      <span className="sr-only">{t('templateEditor.used', { used, max })}</span>
    </span>
  )
}

const ICONS: Record<Severity, typeof Info> = { refused: OctagonX, likely_refused: TriangleAlert, advice: Info }
const COLOURS: Record<Severity, string> = { refused: 'text-destructive', likely_refused: 'text-warning-soft-foreground', advice: 'text-info-soft-foreground' }

/** What the check says, with how grave it is. */
export function FindingLine({ finding }: { finding: PlacedFinding }) {
  const { t } = useTranslation()
  const Icon = ICONS[finding.severity]
  return (
    <span className={cn('flex items-start gap-1.5 text-[0.8125rem] leading-snug', COLOURS[finding.severity])}>
      <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <span className="min-w-0 text-start">
        <span className="sr-only">{t(`templateEditor.severity.${finding.severity}`)}: </span>
        {findingWords(finding)}
      </span>
    </span>
  )
}

export function Findings({ id, findings }: { id?: string; findings: PlacedFinding[] }) {
  if (findings.length === 0) return null
  return <ul id={id} data-findings className="grid gap-1">{findings.map((finding, at) => <li key={`${finding.code}-${at}`}><FindingLine finding={finding} /></li>)}</ul>
}

interface TextProps extends Omit<ComponentPropsWithoutRef<typeof Input>, 'onChange' | 'name' | 'value'> {
  name: string
  label: ReactNode
  value: string
  max?: number
  hint?: ReactNode
  optional?: boolean
  onValue: (value: string) => void
  /** Stands at the end of the line. */
  after?: ReactNode
}

/** A field of one line. */
export const TextField = forwardRef<HTMLInputElement, TextProps>(({ name, label, value, max, hint, optional, onValue, after, className, ...rest }, ref) => (
  <Field name={name} label={label} hint={hint} optional={optional} count={max ? { value, max } : undefined} className={className}>
    {(control) => (
      <div className="flex gap-1.5">
        <Input ref={ref} dir="auto" autoComplete="off" className="min-w-0 flex-1" {...rest} {...control} value={value} onChange={(event) => onValue(event.target.value)} />
        {after}
      </div>
    )}
  </Field>
))
TextField.displayName = 'TextField'

/** A part of the form. */
export function Section({ title, description, children, actions }: { title: string; description?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="rounded-xl border bg-card text-card-foreground shadow-xs">
      <div className="flex flex-wrap items-start justify-between gap-2 px-5 pt-4">
        <div className="min-w-0 space-y-0.5">
          <h2 className="text-[0.9375rem] font-semibold tracking-tight">{title}</h2>
          {description && <p className="text-[0.8125rem] text-pretty text-muted-foreground">{description}</p>}
        </div>
        {actions}
      </div>
      <div className="grid gap-4 px-5 pt-3 pb-5">{children}</div>
    </section>
  )
}
