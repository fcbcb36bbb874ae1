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

export function ConnectionDot({ compact }: { compact?: boolean }) {
  const { t } = useTranslation()
  const state = useSettledLiveState()
  const label = t(`live.${state}`)
  const dot = (
    <span
      aria-hidden
      className={cn('size-2 rounded-full', state === 'live' ? 'bg-primary ring-3 ring-primary/15' : state === 'offline' ? 'bg-destructive' : 'animate-pulse bg-warning')}
    />
  )
  return (
    <Hint label={t(`live.${state}Hint`)} side="top">
      <div data-live={state} tabIndex={0} className={cn('flex items-center gap-2.5 rounded-md text-xs text-muted-foreground', compact ? 'size-8 justify-center' : 'px-2.5 py-1.5')}>
        {dot}
        <span className={compact ? 'sr-only' : undefined}>{label}</span>
      </div>
    </Hint>
  )
}
