import { Slot } from 'radix-ui'
import * as React from 'react'
import { Controller, FormProvider, useFormContext, type ControllerProps, type FieldPath, type FieldValues } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { cn } from '@/lib/utils'
import { Label } from './label'

export const Form = FormProvider

const FieldContext = React.createContext<{ name: string; id: string }>({ name: '', id: '' })

export function FormField<V extends FieldValues, N extends FieldPath<V>>(props: ControllerProps<V, N>) {
  const id = React.useId()
  return (
    <FieldContext.Provider value={{ name: props.name, id }}>
      <Controller {...props} />
    </FieldContext.Provider>
  )
}

export function useFormField() {
  const { name, id } = React.useContext(FieldContext)
  const { getFieldState, formState } = useFormContext()
  return { id, name, descriptionId: `${id}-description`, messageId: `${id}-message`, ...getFieldState(name, formState) }
}

export function FormItem({ className, ...props }: React.HTMLAttributes<HTMLDivElement>) {
  return <div className={cn('grid gap-2', className)} {...props} />
}

export function FormLabel({ optional, children, ...props }: React.ComponentPropsWithoutRef<typeof Label> & { optional?: boolean }) {
  const { id } = useFormField()
  const { t } = useTranslation()
  return (
    <Label htmlFor={id} {...props}>
      {children}
      {optional && <span className="ms-1 font-normal text-muted-foreground">{` ${t('common.optional')}`}</span>}
    </Label>
  )
}

export const FormControl = React.forwardRef<HTMLElement, React.ComponentPropsWithoutRef<typeof Slot.Root>>((props, ref) => {
  const { id, error, descriptionId, messageId } = useFormField()
  return <Slot.Root ref={ref} id={id} aria-invalid={!!error} aria-describedby={error ? `${descriptionId} ${messageId}` : descriptionId} {...props} />
})
FormControl.displayName = 'FormControl'

export function FormDescription({ className, ...props }: React.HTMLAttributes<HTMLParagraphElement>) {
  const { descriptionId } = useFormField()
  return <p id={descriptionId} className={cn('text-[0.8125rem] leading-snug text-muted-foreground', className)} {...props} />
}

/** Zod messages are translation keys; messages from the server are already words. */
export function FormMessage({ className }: { className?: string }) {
  const { error, messageId } = useFormField()
  const { t } = useTranslation()
  if (!error?.message) return null
  return (
    <p id={messageId} role="alert" className={cn('text-[0.8125rem] leading-snug text-destructive', className)}>
      {t(error.message, { defaultValue: error.message })}
    </p>
  )
}
