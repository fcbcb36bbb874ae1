import { Tabs as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const Tabs = Primitive.Root
export const TabsContent = Primitive.Content

export const TabsList = React.forwardRef<React.ComponentRef<typeof Primitive.List>, React.ComponentPropsWithoutRef<typeof Primitive.List>>(
  ({ className, ...props }, ref) => <Primitive.List ref={ref} className={cn('inline-flex gap-0.5 rounded-lg bg-muted p-0.5', className)} {...props} />,
)
TabsList.displayName = 'TabsList'

export const TabsTrigger = React.forwardRef<React.ComponentRef<typeof Primitive.Trigger>, React.ComponentPropsWithoutRef<typeof Primitive.Trigger>>(
  ({ className, ...props }, ref) => (
    <Primitive.Trigger
      ref={ref}
      className={cn('rounded-md px-2.5 py-1 text-[0.8125rem] font-medium text-muted-foreground transition-colors data-[state=active]:bg-card data-[state=active]:text-foreground data-[state=active]:shadow-xs', className)}
      {...props}
    />
  ),
)
TabsTrigger.displayName = 'TabsTrigger'
