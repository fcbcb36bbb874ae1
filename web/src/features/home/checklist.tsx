import { Circle, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useChannels } from '@/api/channels'
import { useAnyMessage } from '@/api/setup'
import { Progress } from '@/components/progress'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { useCan } from '@/lib/session'

interface Step {
  name: 'number' | 'webhook' | 'answer'
  done: boolean
  /** The way to do it, for those who may. */
  action?: ReactNode
}

/** The first steps, each checked against what really happened. It goes when all are done. */
export function Checklist() {
  const { t } = useTranslation()
  const { can, simulator } = useCan()
  const channels = useChannels()
  const received = useAnyMessage('inbound', true)
  const sent = useAnyMessage('outbound', true)
  if (channels.data === undefined || received.data === undefined || sent.data === undefined) return null

  const [first] = channels.data
  const connected = channels.data.length > 0
  const link = (href: string, label: string, quiet?: boolean) => <Button asChild size="sm" variant={quiet ? 'outline' : 'default'}><Link href={href}>{label}</Link></Button>
  const steps: Step[] = [
    { name: 'number', done: connected, action: can('channels:manage') && link('/settings/numbers/connect', t('common.connectNumber')) },
    {
      name: 'webhook',
      done: received.data,
      action: first && (simulator && first.kind === 'simulated' ? link('/simulator', t('home.openSimulator')) : can('channels:manage') && link(`/settings/numbers/${first.id}?tab=connection`, t('home.showWebhook'), true)),
    },
    { name: 'answer', done: received.data && sent.data, action: received.data && can('messages:send') && link('/inbox', t('home.openInbox')) },
  ]
  const done = steps.filter((step) => step.done).length
  if (done === steps.length) return null
  const next = steps.find((step) => !step.done)

  return (
    <section aria-labelledby="home-start">
      <h2 id="home-start" className="mb-3 text-[0.9375rem] font-semibold tracking-tight">{t('home.start')}</h2>
      <Card>
        <div className="px-5 pt-4"><Progress label={t('home.progress')} done={done} total={steps.length} /></div>
        <ol className="mt-2 divide-y">
          {steps.map((step) => (
            <li key={step.name} data-step={step.name} data-done={step.done} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-3.5">
              {step.done ? <CircleCheck className="size-5 shrink-0 text-primary" aria-hidden /> : <Circle className="size-5 shrink-0 text-muted-foreground" aria-hidden />}
              <div className="min-w-0 flex-1 basis-52">
                <p className="text-sm font-medium">
                  {t(`home.steps.${step.name}.title`)}
                  {step.done && <span className="sr-only">{t('wizard.done')}</span>}
                </p>
                <p className="text-[0.8125rem] text-muted-foreground">{t(`home.steps.${step.name}.${step.done ? 'done' : 'body'}`)}</p>
              </div>
              {step === next && step.action}
            </li>
          ))}
        </ol>
      </Card>
    </section>
  )
}
