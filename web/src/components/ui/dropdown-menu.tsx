import { Check } from 'lucide-react'
import { DropdownMenu as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const DropdownMenu = Primitive.Root
export const DropdownMenuTrigger = Primitive.Trigger
export const DropdownMenuRadioGroup = Primitive.RadioGroup
export const DropdownMenuSub = Primitive.Sub

export const menuStyles =
  'z-50 max-h-(--radix-popper-available-height) min-w-44 overflow-y-auto rounded-lg border bg-popover p-1 text-popover-foreground shadow-lg data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98'
const itemStyles =
  'relative flex cursor-default items-center gap-2.5 rounded-md px-2 py-1.5 text-sm outline-none select-none data-[disabled]:pointer-events-none data-[disabled]:opacity-50 data-[highlighted]:bg-accent data-[highlighted]:text-accent-foreground [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted-foreground'

export const DropdownMenuContent = React.forwardRef<React.ComponentRef<typeof Primitive.Content>, React.ComponentPropsWithoutRef<typeof Primitive.Content>>(
  ({ className, sideOffset = 6, ...props }, ref) => (
    <Primitive.Portal>
      <Primitive.Content ref={ref} sideOffset={sideOffset} collisionPadding={8} className={cn(menuStyles, className)} {...props} />
    </Primitive.Portal>
  ),
)
DropdownMenuContent.displayName = 'DropdownMenuContent'

interface ItemProps extends React.ComponentPropsWithoutRef<typeof Primitive.Item> {
  variant?: 'default' | 'destructive'
}

export const DropdownMenuItem = React.forwardRef<React.ComponentRef<typeof Primitive.Item>, ItemProps>(({ className, variant, ...props }, ref) => (
  <Primitive.Item
    ref={ref}
    className={cn(itemStyles, variant === 'destructive' && 'text-destructive data-[highlighted]:bg-destructive-soft data-[highlighted]:text-destructive-soft-foreground [&>svg]:text-current', className)}
    {...props}
  />
))
DropdownMenuItem.displayName = 'DropdownMenuItem'

export const DropdownMenuRadioItem = React.forwardRef<React.ComponentRef<typeof Primitive.RadioItem>, React.ComponentPropsWithoutRef<typeof Primitive.RadioItem>>(
  ({ className, children, ...props }, ref) => (
    <Primitive.RadioItem ref={ref} className={cn(itemStyles, 'pe-8', className)} {...props}>
      {children}
      <Primitive.ItemIndicator className="absolute end-2">
        <Check className="size-4 text-primary" aria-hidden />
      </Primitive.ItemIndicator>
    </Primitive.RadioItem>
  ),
)
DropdownMenuRadioItem.displayName = 'DropdownMenuRadioItem'

export const DropdownMenuCheckboxItem = React.forwardRef<React.ComponentRef<typeof Primitive.CheckboxItem>, React.ComponentPropsWithoutRef<typeof Primitive.CheckboxItem>>(
  ({ className, children, ...props }, ref) => (
    <Primitive.CheckboxItem ref={ref} className={cn(itemStyles, 'pe-8', className)} {...props}>
      {children}
      <Primitive.ItemIndicator className="absolute end-2">
        <Check className="size-4 text-primary" aria-hidden />
      </Primitive.ItemIndicator>
    </Primitive.CheckboxItem>
  ),
)
DropdownMenuCheckboxItem.displayName = 'DropdownMenuCheckboxItem'

export function DropdownMenuLabel({ className, ...props }: React.ComponentPropsWithoutRef<typeof Primitive.Label>) {
  return <Primitive.Label className={cn('px-2 pt-1.5 pb-1 text-xs font-medium text-muted-foreground', className)} {...props} />
}

export function DropdownMenuSeparator({ className, ...props }: React.ComponentPropsWithoutRef<typeof Primitive.Separator>) {
  return <Primitive.Separator className={cn('-mx-1 my-1 h-px bg-border', className)} {...props} />
}
