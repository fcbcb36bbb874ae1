import * as React from 'react'
import { cn } from '@/lib/utils'

export function Kbd({ className, ...props }: React.HTMLAttributes<HTMLElement>) {
  return (
    <kbd
      className={cn('inline-grid h-5 min-w-5 place-items-center rounded border bg-card px-1 font-sans text-[0.6875rem] font-medium text-muted-foreground shadow-xs', className)}
      {...props}
    />
  )
}
