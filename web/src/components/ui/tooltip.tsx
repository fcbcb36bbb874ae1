import { Tooltip as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'

export const TooltipProvider = Primitive.Provider
export const Tooltip = Primitive.Root
export const TooltipTrigger = Primitive.Trigger

export const TooltipContent = React.forwardRef<React.ComponentRef<typeof Primitive.Content>, React.ComponentPropsWithoutRef<typeof Primitive.Content>>(
  ({ className, sideOffset = 6, ...props }, ref) => (
    <Primitive.Portal>
      <Primitive.Content
        ref={ref}
        sideOffset={sideOffset}
        collisionPadding={8}
        className={cn('z-50 max-w-72 rounded-md bg-foreground px-2.5 py-1.5 text-xs text-background shadow-lg animate-in fade-in-0', className)}
        {...props}
      />
    </Primitive.Portal>
  ),
)
TooltipContent.displayName = 'TooltipContent'

/** A name for an icon: shown on hover and focus, and the accessible name comes from the button itself. */
export function Hint({ label, side, children }: { label: React.ReactNode; side?: 'top' | 'bottom' | 'left' | 'right'; children: React.ReactElement }) {
  return (
    <Tooltip>
      <TooltipTrigger asChild>{children}</TooltipTrigger>
      <TooltipContent side={side}>{label}</TooltipContent>
    </Tooltip>
  )
}
