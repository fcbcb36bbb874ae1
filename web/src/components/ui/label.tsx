import { Label as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const Label = React.forwardRef<React.ComponentRef<typeof Primitive.Root>, React.ComponentPropsWithoutRef<typeof Primitive.Root>>(
  ({ className, ...props }, ref) => (
    <Primitive.Root ref={ref} className={cn('text-[0.8125rem] leading-none font-medium text-foreground', className)} {...props} />
  ),
)
Label.displayName = 'Label'
