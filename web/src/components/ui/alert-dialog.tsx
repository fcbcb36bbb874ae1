import { AlertDialog as Primitive } from 'radix-ui'
import * as React from 'react'
import { cn } from '@/lib/utils'
import { descriptionStyles, DialogFrame, type FrameProps, titleStyles } from './dialog-frame'

export const AlertDialog = Primitive.Root
export const AlertDialogTrigger = Primitive.Trigger
export const AlertDialogCancel = Primitive.Cancel
export const AlertDialogAction = Primitive.Action

export const AlertDialogContent = React.forwardRef<HTMLDivElement, FrameProps>((props, ref) => <DialogFrame ref={ref} look="alert" {...props} />)
AlertDialogContent.displayName = 'AlertDialogContent'

export const AlertDialogTitle = React.forwardRef<React.ComponentRef<typeof Primitive.Title>, React.ComponentPropsWithoutRef<typeof Primitive.Title>>(
  ({ className, ...props }, ref) => <Primitive.Title ref={ref} className={cn(titleStyles, className)} {...props} />,
)
AlertDialogTitle.displayName = 'AlertDialogTitle'

export const AlertDialogDescription = React.forwardRef<React.ComponentRef<typeof Primitive.Description>, React.ComponentPropsWithoutRef<typeof Primitive.Description>>(
  ({ className, ...props }, ref) => <Primitive.Description ref={ref} className={cn(descriptionStyles, className)} {...props} />,
)
AlertDialogDescription.displayName = 'AlertDialogDescription'
