import { AlertDialog as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'
import { overlayStyles } from './dialog'
import { Origin, useReturnFocus } from './return-focus'

export const AlertDialog = Primitive.Root
export const AlertDialogTrigger = Primitive.Trigger
export const AlertDialogCancel = Primitive.Cancel
export const AlertDialogAction = Primitive.Action

export const AlertDialogContent = React.forwardRef<React.ComponentRef<typeof Primitive.Content>, React.ComponentPropsWithoutRef<typeof Primitive.Content>>(
  ({ className, children, onCloseAutoFocus, ...props }, ref) => {
    const back = useReturnFocus(onCloseAutoFocus)
    return (
      <Primitive.Portal>
        <Primitive.Overlay className={overlayStyles} />
        <Primitive.Content
          ref={ref}
          className={cn(
            'fixed inset-x-4 top-1/2 z-50 mx-auto grid max-w-md -translate-y-1/2 gap-4 rounded-xl border bg-popover p-5 text-popover-foreground shadow-lg outline-none duration-150 data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=closed]:animate-out data-[state=closed]:fade-out-0',
            className,
          )}
          {...props}
          onCloseAutoFocus={back.onCloseAutoFocus}
        >
          <Origin into={back.from} />
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    )
  },
)
AlertDialogContent.displayName = 'AlertDialogContent'

export const AlertDialogTitle = React.forwardRef<React.ComponentRef<typeof Primitive.Title>, React.ComponentPropsWithoutRef<typeof Primitive.Title>>(
  ({ className, ...props }, ref) => <Primitive.Title ref={ref} className={cn('text-base font-semibold tracking-tight', className)} {...props} />,
)
AlertDialogTitle.displayName = 'AlertDialogTitle'

export const AlertDialogDescription = React.forwardRef<React.ComponentRef<typeof Primitive.Description>, React.ComponentPropsWithoutRef<typeof Primitive.Description>>(
  ({ className, ...props }, ref) => <Primitive.Description ref={ref} className={cn('text-sm text-muted-foreground', className)} {...props} />,
)
AlertDialogDescription.displayName = 'AlertDialogDescription'
