import { Check, Minus } from 'lucide-react'
import { Checkbox as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const Checkbox = React.forwardRef<React.ComponentRef<typeof Primitive.Root>, React.ComponentPropsWithoutRef<typeof Primitive.Root>>(
  ({ className, ...props }, ref) => (
    <Primitive.Root
      ref={ref}
      className={cn('grid size-4 shrink-0 place-items-center rounded-[5px] border border-input bg-card shadow-xs transition-colors disabled:opacity-50 data-[state=checked]:border-primary data-[state=checked]:bg-primary data-[state=checked]:text-primary-foreground data-[state=indeterminate]:border-primary data-[state=indeterminate]:bg-primary data-[state=indeterminate]:text-primary-foreground', className)}
      {...props}
    >
      <Primitive.Indicator>
        {props.checked === 'indeterminate' ? <Minus className="size-3.5" strokeWidth={3} aria-hidden /> : <Check className="size-3.5" strokeWidth={3} aria-hidden />}
      </Primitive.Indicator>
    </Primitive.Root>
  ),
)
Checkbox.displayName = 'Checkbox'
