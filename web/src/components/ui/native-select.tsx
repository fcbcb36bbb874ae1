import { ChevronDown } from 'lucide-react'
import * as React from 'react'
import { cn } from '@/lib/utils'
import { fieldStyles } from './input'

/** For long lists: the browser's own list is fast, and is typed into. */
export const NativeSelect = React.forwardRef<HTMLSelectElement, React.SelectHTMLAttributes<HTMLSelectElement>>(({ className, ...props }, ref) => (
  <span className="relative block">
    <select ref={ref} className={cn(fieldStyles, 'h-9 appearance-none pe-9 [&>option]:bg-popover [&>option]:text-popover-foreground', className)} {...props} />
    <ChevronDown className="pointer-events-none absolute end-3 top-2.5 size-4 text-muted-foreground" aria-hidden />
  </span>
))
NativeSelect.displayName = 'NativeSelect'
