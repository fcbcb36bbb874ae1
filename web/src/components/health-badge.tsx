import { CircleCheck, CircleDashed, OctagonPause, Reply, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Health } from '@/lib/channel-health'
import { Badge } from './ui/badge'

const LOOKS = {
  connected: { variant: 'success', icon: CircleCheck },
  attention: { variant: 'warning', icon: TriangleAlert },
  untested: { variant: 'secondary', icon: CircleDashed },
  paused: { variant: 'destructive', icon: OctagonPause },
  replies: { variant: 'warning', icon: Reply },
} as const

export function HealthBadge({ health }: { health: Health }) {
  const { t } = useTranslation()
  const { variant, icon: Icon } = LOOKS[health]
  return (
    <Badge variant={variant} data-health={health}>
      <Icon className={health === 'replies' ? 'flip-rtl' : undefined} aria-hidden />
      {t(`health.${health}`)}
    </Badge>
  )
}
