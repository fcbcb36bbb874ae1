import { cva, type VariantProps } from 'class-variance-authority'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const badgeVariants = cva('inline-flex max-w-full items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap [&>svg]:size-3 [&>svg]:shrink-0', {
  variants: {
    variant: {
      default: 'bg-primary text-primary-foreground',
      secondary: 'bg-secondary text-secondary-foreground',
      outline: 'border text-muted-foreground',
      success: 'bg-primary-soft text-primary-soft-foreground',
      warning: 'bg-warning-soft text-warning-soft-foreground',
      destructive: 'bg-destructive-soft text-destructive-soft-foreground',
      info: 'bg-info-soft text-info-soft-foreground',
    },
  },
  defaultVariants: { variant: 'secondary' },
})

export const Badge = React.forwardRef<HTMLSpanElement, React.HTMLAttributes<HTMLSpanElement> & VariantProps<typeof badgeVariants>>(
  ({ className, variant, ...props }, ref) => <span ref={ref} className={cn(badgeVariants({ variant }), className)} {...props} />,
)
Badge.displayName = 'Badge'
