import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '@/lib/utils'
import { Card } from './ui/card'

interface WizardProps {
  /** The titles of the steps, in order. */
  steps: string[]
  /** Which of them is on the screen, from 0. */
  current: number
  children: ReactNode
  /** The buttons: back first, the way on last. */
  footer: ReactNode
}

/** Something that is done in steps: where one is, the step itself, the way back and on. */
export function Wizard({ steps, current, children, footer }: WizardProps) {
  const { t } = useTranslation()
  return (
    <div>
      <ol aria-label={t('wizard.steps')} className="mb-5 flex flex-wrap gap-x-6 gap-y-2">
        {steps.map((title, at) => {
          const state = at < current ? 'done' : at === current ? 'current' : 'ahead'
          return (
            <li key={title} aria-current={state === 'current' ? 'step' : undefined} className={cn('flex items-center gap-2 text-[0.8125rem] font-medium', state === 'current' ? 'text-foreground' : 'text-muted-foreground')}>
              <span
                aria-hidden
                className={cn('tnum grid size-6 place-items-center rounded-full border text-xs', state === 'current' && 'border-primary bg-primary text-primary-foreground', state === 'done' && 'border-primary bg-primary-soft text-primary-soft-foreground')}
              >
                {state === 'done' ? <Check className="size-3.5" /> : at + 1}
              </span>
              {title}
              {state === 'done' && <span className="sr-only">{t('wizard.done')}</span>}
            </li>
          )
        })}
      </ol>
      <Card>
        <div className="space-y-5 p-5">{children}</div>
        <div className="flex flex-wrap items-center justify-end gap-2 border-t bg-muted/40 px-5 py-3">{footer}</div>
      </Card>
    </div>
  )
}
