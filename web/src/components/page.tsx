import type { ReactNode } from 'react'
import { usePageTitle } from '@/lib/title'
import { cn } from '@/lib/utils'

interface PageProps {
  title: string
  /** The heading as it is drawn, where a name in it keeps its own direction. */
  heading?: ReactNode
  /** Above the heading: the way back. */
  above?: ReactNode
  description?: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
}

/** The frame of every page but the inbox: a heading, what can be done, the content. */
export function Page({ title, heading, above, description, actions, children, className }: PageProps) {
  usePageTitle(title)
  return (
    <div className="thin-scroll relative h-full overflow-y-auto">
      <div className={cn('mx-auto flex min-h-full w-full max-w-6xl flex-col px-4 pt-5 pb-10 sm:px-8 sm:pt-8', className)}>
        {above}
        <header className="mb-5 flex items-start justify-between gap-x-6 gap-y-3 max-sm:flex-wrap">
          <div className="min-w-0 space-y-1">
            <h1 className="text-xl font-semibold tracking-tight wrap-anywhere outline-none">{heading ?? title}</h1>
            {description && <p className="max-w-2xl text-sm text-pretty text-muted-foreground">{description}</p>}
          </div>
          {actions && <div className="flex shrink-0 flex-wrap gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  )
}
