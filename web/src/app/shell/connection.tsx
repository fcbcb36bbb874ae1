import { CloudOff, LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Hint } from '@/components/ui/tooltip'
import { cn } from '@/lib/utils'
import { useLiveState } from '../live-provider'

/** Said only when it matters: a gap shorter than a moment is nobody's business. */
function useSettledLiveState() {
  const state = useLiveState()
  const [settled, setSettled] = useState(state)
  useEffect(() => {
    if (state === 'live') {
      setSettled(state)
      return
    }
    const timer = setTimeout(() => setSettled(state), 1500)
    return () => clearTimeout(timer)
  }, [state])
  return settled
}

export function ConnectionBanner() {
  const { t } = useTranslation()
  const state = useSettledLiveState()
  const shown = state === 'reconnecting' || state === 'offline'
  return (
    <div role="status" aria-live="polite">
      {shown && (
        <p className="flex items-center justify-center gap-2 bg-warning-soft px-4 py-1.5 text-center text-[0.8125rem] text-warning-soft-foreground">
          {state === 'offline' ? <CloudOff className="size-3.5 shrink-0" aria-hidden /> : <LoaderCircle className="size-3.5 shrink-0 animate-spin" aria-hidden />}
          {t(state === 'offline' ? 'live.offlineBanner' : 'live.reconnectingBanner')}
        </p>
      )}
    </div>
  )
}

/** Shown only while the page is not live. */
export function ConnectionDot() {
  const { t } = useTranslation()
  const state = useSettledLiveState()
  if (state === 'live') return null
  return (
    <Hint label={t(`live.${state}Hint`)} side="top">
      <div role="img" aria-label={t(`live.${state}`)} tabIndex={0} className="grid size-8 shrink-0 place-items-center rounded-md">
        <span aria-hidden className={cn('size-2 rounded-full', state === 'offline' ? 'bg-destructive' : 'animate-pulse bg-warning')} />
      </div>
    </Hint>
  )
}
