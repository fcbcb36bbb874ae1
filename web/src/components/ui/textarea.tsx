import * as React from 'react'
import { cn } from '@/lib/utils'
import { fieldStyles } from './input'

export const Textarea = React.forwardRef<HTMLTextAreaElement, React.TextareaHTMLAttributes<HTMLTextAreaElement>>(({ className, ...props }, ref) => (
  <textarea ref={ref} className={cn(fieldStyles, 'align-ui min-h-20 py-2', className)} {...props} />
))
Textarea.displayName = 'Textarea'
