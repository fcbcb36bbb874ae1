import * as React from 'react'
import { cn } from '@/lib/utils'

export const fieldStyles =
  'w-full rounded-md border border-input bg-card px-3 text-base md:text-sm text-foreground shadow-xs transition-[border-color,box-shadow] placeholder:text-muted-foreground outline-none focus-visible:border-ring focus-visible:ring-3 focus-visible:ring-ring/25 disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-destructive aria-invalid:ring-destructive/20'

/** Its words may run their own way; they start where the page's lines start. */
export const Input = React.forwardRef<HTMLInputElement, React.InputHTMLAttributes<HTMLInputElement>>(({ className, ...props }, ref) => (
  <input ref={ref} className={cn(fieldStyles, 'align-ui h-9 pointer-coarse:h-11', className)} {...props} />
))
Input.displayName = 'Input'
