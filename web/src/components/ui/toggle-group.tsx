import { ToggleGroup as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const ToggleGroup = React.forwardRef<React.ComponentRef<typeof Primitive.Root>, React.ComponentPropsWithoutRef<typeof Primitive.Root>>(
  ({ className, ...props }, ref) => <Primitive.Root ref={ref} className={cn('inline-flex gap-0.5 rounded-lg bg-muted p-0.5', className)} {...props} />,
)
ToggleGroup.displayName = 'ToggleGroup'

export const ToggleGroupItem = React.forwardRef<React.ComponentRef<typeof Primitive.Item>, React.ComponentPropsWithoutRef<typeof Primitive.Item>>(
  ({ className, ...props }, ref) => (
    <Primitive.Item
      ref={ref}
      className={cn('inline-flex flex-1 items-center justify-center gap-1.5 rounded-md px-2.5 py-1 text-[0.8125rem] pointer-coarse:min-h-11 pointer-coarse:min-w-11 font-medium whitespace-nowrap text-muted-foreground transition-colors hover:text-foreground data-[state=on]:bg-card data-[state=on]:text-foreground data-[state=on]:shadow-xs [&>svg]:size-4', className)}
      {...props}
    />
  ),
)
ToggleGroupItem.displayName = 'ToggleGroupItem'
