import { CloudOff, type LucideIcon, RotateCw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { NetworkError } from '@/api/error'
import { describeError } from '@/lib/errors'
import { cn } from '@/lib/utils'
import { Button } from './ui/button'

interface EmptyStateProps {
  icon: LucideIcon
  title: string
  body?: ReactNode
  action?: ReactNode
  className?: string
}

export function EmptyState({ icon: Icon, title, body, action, className }: EmptyStateProps) {
  return (
    <div data-empty className={cn('mx-auto flex max-w-sm flex-col items-center justify-center gap-1 px-6 py-14 text-center', className)}>
      <div className="mb-3 grid size-11 place-items-center rounded-xl border bg-card text-muted-foreground shadow-xs">
        <Icon className="size-5" strokeWidth={1.75} aria-hidden />
      </div>
      <p className="font-semibold tracking-tight">{title}</p>
      {body && <p className="text-sm text-pretty text-muted-foreground">{body}</p>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

export function ErrorState({ error, onRetry, className }: { error: unknown; onRetry?: () => void; className?: string }) {
  const { t } = useTranslation()
  const offline = error instanceof NetworkError
  return (
    <div role="alert" className={cn('contents', className)}>
      <EmptyState
        icon={offline ? CloudOff : TriangleAlert}
        title={offline ? t('states.offlineTitle') : t('states.errorTitle')}
        body={describeError(error)}
        action={
          onRetry && (
            <Button variant="outline" size="sm" onClick={onRetry}>
              <RotateCw aria-hidden />
              {t('common.tryAgain')}
            </Button>
          )
        }
      />
    </div>
  )
}

/** A form-level problem that belongs to no single field. */
export function Notice({ tone = 'destructive', children, className }: { tone?: 'destructive' | 'warning' | 'info' | 'success'; children: ReactNode; className?: string }) {
  const tones = {
    destructive: 'bg-destructive-soft text-destructive-soft-foreground',
    warning: 'bg-warning-soft text-warning-soft-foreground',
    info: 'bg-info-soft text-info-soft-foreground',
    success: 'bg-primary-soft text-primary-soft-foreground',
  }
  return (
    <div role={tone === 'destructive' ? 'alert' : 'status'} className={cn('rounded-lg px-3 py-2.5 text-[0.8125rem] leading-snug', tones[tone], className)}>
      {children}
    </div>
  )
}
