import { type ComponentProps, type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Textarea } from '@/components/ui/textarea'
import { cn } from '@/lib/utils'
import { length } from './choices'

interface CountedProps extends Omit<ComponentProps<typeof Input>, 'onChange'> {
  label: string
  value: string
  max: number
  long?: boolean
  optional?: boolean
  onValue: (value: string) => void
  /** Stands at the end of the line, such as a way to take the field away. */
  after?: ReactNode
}

/** A field that says how much of what WhatsApp allows is used. */
export function Counted({ label, value, max, long, optional, onValue, after, className, ...rest }: CountedProps) {
  const { t } = useTranslation()
  const id = useId()
  const used = length(value)
  const over = used > max
  return (
    <div data-item className={cn('grid min-w-0 gap-1', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <Label htmlFor={id}>{label}{optional && <span className="ms-1 font-normal text-muted-foreground">({t('common.optional')})</span>}</Label>
        <span id={`${id}-count`} className={cn('tnum text-[0.6875rem]', over ? 'font-medium text-destructive' : 'text-muted-foreground')}>
          <bdi dir="ltr">{used}/{max}</bdi>
          <span className="sr-only"> {t('choices.used', { max })}</span>
        </span>
      </div>
      <div className="flex gap-1.5">
        {long ? (
          <Textarea id={id} dir="auto" rows={3} className="min-w-0 flex-1" value={value} aria-invalid={over} aria-describedby={`${id}-count`} onChange={(e) => onValue(e.target.value)} />
        ) : (
          <Input id={id} dir="auto" autoComplete="off" className="min-w-0 flex-1" value={value} aria-invalid={over} aria-describedby={`${id}-count`} onChange={(e) => onValue(e.target.value)} {...rest} />
        )}
        {after}
      </div>
    </div>
  )
}
