import { CircleCheck, CircleX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ChannelTest } from '@/api/channels'
import { say } from '@/lib/said'

/** What was looked at, what was found, what to do about it. */
export function Checks({ result }: { result: ChannelTest }) {
  const { t } = useTranslation()
  return (
    <div role="status" data-checks className="space-y-3">
      <p className="text-[0.8125rem] font-medium">{t(result.ok ? 'numbers.testOk' : 'numbers.testFailed')}</p>
      <ul className="space-y-2.5">
        {result.checks.map((check) => (
          <li key={check.name} className="flex gap-2.5 text-[0.8125rem]">
            {check.ok ? <CircleCheck className="mt-0.5 size-4 shrink-0 text-primary" aria-hidden /> : <CircleX className="mt-0.5 size-4 shrink-0 text-destructive" aria-hidden />}
            <div className="min-w-0 wrap-anywhere">
              <p>
                <span className="font-medium">{t(`numbers.checks.${check.name}`, { defaultValue: check.name })}</span>
                <span className="sr-only">: {t(check.ok ? 'numbers.passed' : 'numbers.failed')}</span>
                <span className="text-muted-foreground"> {say(check.message_terms, check.message)}</span>
              </p>
              {check.remedy && <p className="mt-0.5">{say(check.remedy_terms, check.remedy)}</p>}
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}
