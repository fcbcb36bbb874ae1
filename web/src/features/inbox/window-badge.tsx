import { Clock3, Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/ui/badge'
import { Hint } from '@/components/ui/tooltip'
import { useNow } from '@/lib/hooks'
import { type WindowState, windowState } from '@/lib/window'

export function useWindow(closesAt: string | undefined): WindowState {
  return windowState(closesAt, useNow(10_000))
}

export function useWindowText() {
  const { t } = useTranslation()
  return (state: WindowState) => {
    if (state.kind === 'open' && state.minutes === 0) return t('window.leftHours', { hours: state.hours })
    if (state.kind === 'open') return t('window.left', { hours: state.hours, minutes: state.minutes })
    if (state.kind === 'closing') return t('window.leftMinutes', { count: state.minutes })
    return t('window.closed')
  }
}

export function WindowBadge({ state }: { state: WindowState }) {
  const { t } = useTranslation()
  const say = useWindowText()
  const short = (now: WindowState) => (now.kind === 'open' ? t('window.hours', { count: now.hours }) : now.kind === 'closing' ? t('window.minutes', { count: now.minutes }) : t('window.closedShort'))
  const variant = state.kind === 'open' ? 'outline' : state.kind === 'closing' ? 'warning' : 'secondary'
  return (
    <Hint label={t(`window.${state.kind}Hint`)}>
      <Badge variant={variant} className="tnum cursor-default" tabIndex={0} data-window={state.kind}>
        {state.kind === 'closed' ? <Lock aria-hidden /> : <Clock3 aria-hidden />}
        <span className="max-sm:hidden">{say(state)}</span>
        <span className="sm:hidden">{short(state)}</span>
      </Badge>
    </Hint>
  )
}
