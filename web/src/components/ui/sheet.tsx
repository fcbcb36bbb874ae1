import { Dialog as Primitive } from 'radix-ui'
import * as React from 'react'
import { DialogBody, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from './dialog'
import { DialogFrame, type FrameProps } from './dialog-frame'

export const Sheet = Primitive.Root
export const SheetTrigger = Primitive.Trigger
export const SheetClose = Primitive.Close
export { DialogBody as SheetBody, DialogDescription as SheetDescription, DialogFooter as SheetFooter, DialogHeader as SheetHeader, DialogTitle as SheetTitle }

interface SheetContentProps extends FrameProps {
  /** Where along the line of reading it slides in from. */
  side?: 'start' | 'end'
}

export const SheetContent = React.forwardRef<HTMLDivElement, SheetContentProps>(({ side = 'end', ...props }, ref) => <DialogFrame ref={ref} look={side} {...props} />)
SheetContent.displayName = 'SheetContent'
