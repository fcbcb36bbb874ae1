import { Check, ChevronDown } from 'lucide-react'
import { Select as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'
import { fieldStyles } from './input'

export const Select = Primitive.Root
export const SelectValue = Primitive.Value

export const SelectTrigger = React.forwardRef<React.ComponentRef<typeof Primitive.Trigger>, React.ComponentPropsWithoutRef<typeof Primitive.Trigger>>(
  ({ className, children, ...props }, ref) => (
    <Primitive.Trigger
      ref={ref}
      className={cn(fieldStyles, 'flex h-9 pointer-coarse:h-11 min-w-0 items-center justify-between gap-2 text-start text-sm data-[placeholder]:text-muted-foreground [&>span]:min-w-0 [&>span]:truncate', className)}
      {...props}
    >
      {children}
      <Primitive.Icon asChild>
        <ChevronDown className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      </Primitive.Icon>
    </Primitive.Trigger>
  ),
)
SelectTrigger.displayName = 'SelectTrigger'

export const SelectContent = React.forwardRef<React.ComponentRef<typeof Primitive.Content>, React.ComponentPropsWithoutRef<typeof Primitive.Content>>(
  ({ className, children, ...props }, ref) => (
    <Primitive.Portal>
      <Primitive.Content
        ref={ref}
        position="popper"
        sideOffset={4}
        collisionPadding={8}
        className={cn('z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-lg border bg-popover text-popover-foreground shadow-lg data-[state=open]:animate-in data-[state=open]:fade-in-0', className)}
        {...props}
      >
        <Primitive.Viewport className="p-1">{children}</Primitive.Viewport>
      </Primitive.Content>
    </Primitive.Portal>
  ),
)
SelectContent.displayName = 'SelectContent'

export const SelectItem = React.forwardRef<React.ComponentRef<typeof Primitive.Item>, React.ComponentPropsWithoutRef<typeof Primitive.Item>>(
  ({ className, children, ...props }, ref) => (
    <Primitive.Item
      ref={ref}
      className={cn('relative flex cursor-default items-center rounded-md py-1.5 ps-2 pe-8 text-sm outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-accent', className)}
      {...props}
    >
      <Primitive.ItemText>{children}</Primitive.ItemText>
      <Primitive.ItemIndicator className="absolute end-2">
        <Check className="size-4 text-primary" aria-hidden />
      </Primitive.ItemIndicator>
    </Primitive.Item>
  ),
)
SelectItem.displayName = 'SelectItem'
