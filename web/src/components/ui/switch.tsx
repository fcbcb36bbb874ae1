import { Switch as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const Switch = React.forwardRef<React.ComponentRef<typeof Primitive.Root>, React.ComponentPropsWithoutRef<typeof Primitive.Root>>(
  ({ className, ...props }, ref) => (
    <Primitive.Root
      ref={ref}
      className={cn('inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-transparent bg-input shadow-xs transition-colors disabled:opacity-50 data-[state=checked]:bg-primary', className)}
      {...props}
    >
      <Primitive.Thumb className="pointer-events-none block size-4 rounded-full bg-white shadow-sm transition-transform ltr:translate-x-px ltr:data-[state=checked]:translate-x-4.25 rtl:-translate-x-px rtl:data-[state=checked]:-translate-x-4.25" />
    </Primitive.Root>
  ),
)
Switch.displayName = 'Switch'
