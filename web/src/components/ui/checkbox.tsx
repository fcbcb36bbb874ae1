import { Check, Minus } from 'lucide-react'
import { Checkbox as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

/** On touch screens an invisible border makes it 44 px wide without taking more room; the line around the box is a shadow there. */
const FOR_FINGERS = 'pointer-coarse:-m-3.5 pointer-coarse:size-11 pointer-coarse:rounded-[19px] pointer-coarse:border-[14px] pointer-coarse:border-transparent! pointer-coarse:bg-clip-padding pointer-coarse:shadow-[inset_0_0_0_1px_var(--color-input)]'

export const Checkbox = React.forwardRef<React.ComponentRef<typeof Primitive.Root>, React.ComponentPropsWithoutRef<typeof Primitive.Root>>(
  ({ className, ...props }, ref) => (
    <Primitive.Root
      ref={ref}
      className={cn('grid size-4 shrink-0 place-items-center rounded-[5px] border border-input bg-card shadow-xs transition-colors disabled:opacity-50 data-[state=checked]:border-primary data-[state=checked]:bg-primary data-[state=checked]:text-primary-foreground data-[state=indeterminate]:border-primary data-[state=indeterminate]:bg-primary data-[state=indeterminate]:text-primary-foreground', FOR_FINGERS, className)}
      {...props}
    >
      <Primitive.Indicator>
        {props.checked === 'indeterminate' ? <Minus className="size-3.5" strokeWidth={3} aria-hidden /> : <Check className="size-3.5" strokeWidth={3} aria-hidden />}
      </Primitive.Indicator>
    </Primitive.Root>
  ),
)
Checkbox.displayName = 'Checkbox'
