import { Dialog as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'
import { descriptionStyles, DialogFrame, type FrameProps, titleStyles } from './dialog-frame'

export const Dialog = Primitive.Root
export const DialogTrigger = Primitive.Trigger
export const DialogClose = Primitive.Close

export const DialogContent = React.forwardRef<HTMLDivElement, FrameProps>((props, ref) => <DialogFrame ref={ref} look="dialog" {...props} />)
DialogContent.displayName = 'DialogContent'

export function DialogHeader({ className, ...props }: React.HTMLAttributes<HTMLDivElement>) {
  return <div className={cn('shrink-0 space-y-1 px-5 pt-5 pe-14', className)} {...props} />
}

export function DialogBody({ className, ...props }: React.HTMLAttributes<HTMLDivElement>) {
  return <div className={cn('thin-scroll relative min-h-0 flex-1 overflow-y-auto px-5 py-4', className)} {...props} />
}

export function DialogFooter({ className, ...props }: React.HTMLAttributes<HTMLDivElement>) {
  return <div className={cn('flex shrink-0 flex-wrap items-center justify-end gap-2 border-t bg-muted/40 px-5 py-3', className)} {...props} />
}

export const DialogTitle = React.forwardRef<React.ComponentRef<typeof Primitive.Title>, React.ComponentPropsWithoutRef<typeof Primitive.Title>>(
  ({ className, ...props }, ref) => <Primitive.Title ref={ref} className={cn(titleStyles, className)} {...props} />,
)
DialogTitle.displayName = 'DialogTitle'

export const DialogDescription = React.forwardRef<React.ComponentRef<typeof Primitive.Description>, React.ComponentPropsWithoutRef<typeof Primitive.Description>>(
  ({ className, ...props }, ref) => <Primitive.Description ref={ref} className={cn(descriptionStyles, className)} {...props} />,
)
DialogDescription.displayName = 'DialogDescription'
