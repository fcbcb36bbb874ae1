import { Check, Minus } from 'lucide-react'
import { Checkbox as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

const BOX = 'grid size-4 place-items-center rounded-[5px] border border-input bg-card shadow-xs transition-colors group-data-[state=checked]/check:border-primary group-data-[state=checked]/check:bg-primary group-data-[state=checked]/check:text-primary-foreground group-data-[state=indeterminate]/check:border-primary group-data-[state=indeterminate]/check:bg-primary group-data-[state=indeterminate]/check:text-primary-foreground'

/** A small box; on touch screens the square of 44 px around it takes the press, without taking more room. */
export const Checkbox = React.forwardRef<React.ComponentRef<typeof Primitive.Root>, React.ComponentPropsWithoutRef<typeof Primitive.Root>>(
  ({ className, ...props }, ref) => (
    <Primitive.Root ref={ref} className={cn('group/check grid size-4 shrink-0 place-items-center rounded-[5px] disabled:opacity-50 pointer-coarse:-m-3.5 pointer-coarse:size-11', className)} {...props}>
      <span className={BOX}>
        <Primitive.Indicator>
          {props.checked === 'indeterminate' ? <Minus className="size-3.5" strokeWidth={3} aria-hidden /> : <Check className="size-3.5" strokeWidth={3} aria-hidden />}
        </Primitive.Indicator>
      </span>
    </Primitive.Root>
  ),
)
Checkbox.displayName = 'Checkbox'
