import { Command as Primitive } from 'cmdk'
import { Search } from 'lucide-react'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const Command = React.forwardRef<React.ComponentRef<typeof Primitive>, React.ComponentPropsWithoutRef<typeof Primitive>>(({ className, ...props }, ref) => (
  <Primitive ref={ref} className={cn('flex h-full w-full flex-col overflow-hidden', className)} {...props} />
))
Command.displayName = 'Command'

export const CommandInput = React.forwardRef<React.ComponentRef<typeof Primitive.Input>, React.ComponentPropsWithoutRef<typeof Primitive.Input>>(
  ({ className, ...props }, ref) => (
    <div className="flex items-center gap-2.5 border-b px-3.5">
      <Search className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      <Primitive.Input ref={ref} className={cn('h-11 w-full bg-transparent text-base outline-none placeholder:text-muted-foreground md:text-sm', className)} {...props} />
    </div>
  ),
)
CommandInput.displayName = 'CommandInput'

export const CommandList = React.forwardRef<React.ComponentRef<typeof Primitive.List>, React.ComponentPropsWithoutRef<typeof Primitive.List>>(
  ({ className, ...props }, ref) => <Primitive.List ref={ref} className={cn('thin-scroll relative max-h-80 overflow-y-auto overscroll-contain p-1.5', className)} {...props} />,
)
CommandList.displayName = 'CommandList'

export const CommandEmpty = React.forwardRef<React.ComponentRef<typeof Primitive.Empty>, React.ComponentPropsWithoutRef<typeof Primitive.Empty>>((props, ref) => (
  <Primitive.Empty ref={ref} className="py-8 text-center text-sm text-muted-foreground" {...props} />
))
CommandEmpty.displayName = 'CommandEmpty'

export const CommandGroup = React.forwardRef<React.ComponentRef<typeof Primitive.Group>, React.ComponentPropsWithoutRef<typeof Primitive.Group>>(
  ({ className, ...props }, ref) => (
    <Primitive.Group
      ref={ref}
      className={cn('py-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted-foreground', className)}
      {...props}
    />
  ),
)
CommandGroup.displayName = 'CommandGroup'

export const CommandItem = React.forwardRef<React.ComponentRef<typeof Primitive.Item>, React.ComponentPropsWithoutRef<typeof Primitive.Item>>(
  ({ className, ...props }, ref) => (
    <Primitive.Item
      ref={ref}
      className={cn('flex cursor-default items-center gap-2.5 rounded-md px-2 py-2 text-sm outline-none select-none data-[disabled=true]:opacity-50 data-[selected=true]:bg-accent [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted-foreground', className)}
      {...props}
    />
  ),
)
CommandItem.displayName = 'CommandItem'
