import { Dialog as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'
import { CloseButton, DialogBody, DialogDescription, DialogFooter, DialogHeader, DialogTitle, overlayStyles } from './dialog'
import { Origin, useReturnFocus } from './return-focus'

export const Sheet = Primitive.Root
export const SheetTrigger = Primitive.Trigger
export const SheetClose = Primitive.Close
export { DialogBody as SheetBody, DialogDescription as SheetDescription, DialogFooter as SheetFooter, DialogHeader as SheetHeader, DialogTitle as SheetTitle }

interface SheetContentProps extends React.ComponentPropsWithoutRef<typeof Primitive.Content> {
  /** Where along the line of reading it slides in from. */
  side?: 'start' | 'end'
}

export const SheetContent = React.forwardRef<React.ComponentRef<typeof Primitive.Content>, SheetContentProps>(
  ({ className, children, side = 'end', onCloseAutoFocus, ...props }, ref) => {
    const back = useReturnFocus(onCloseAutoFocus)
    return (
      <Primitive.Portal>
        <Primitive.Overlay className={overlayStyles} />
        <Primitive.Content
          ref={ref}
          className={cn(
            'fixed inset-y-0 z-50 flex w-full flex-col overflow-hidden bg-popover text-popover-foreground shadow-lg outline-none duration-200 sm:max-w-md data-[state=open]:animate-in data-[state=closed]:animate-out data-[state=open]:fade-in-0 data-[state=closed]:fade-out-0',
            side === 'end'
              ? 'end-0 border-s ltr:data-[state=open]:slide-in-from-right-16 rtl:data-[state=open]:slide-in-from-left-16'
              : 'start-0 border-e ltr:data-[state=open]:slide-in-from-left-16 rtl:data-[state=open]:slide-in-from-right-16',
            className,
          )}
          {...props}
          onCloseAutoFocus={back.onCloseAutoFocus}
        >
          <Origin into={back.from} />
          {children}
          <CloseButton />
        </Primitive.Content>
      </Primitive.Portal>
    )
  },
)
SheetContent.displayName = 'SheetContent'
