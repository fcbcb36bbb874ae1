import type { ReactNode } from 'react'
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '@/components/text-bits'
import { FormControl, FormDescription, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { z } from '@/lib/zod'

/** Fields whose problems the server reports by name. */
export const FIELDS = ['name', 'phone_number_id', 'waba_id', 'display_phone_number', 'access_token', 'app_secret', 'verify_token'] as const

export const required = z.string().trim().min(1, 'validation.required')
export const digits = required.regex(/^\d+$/, 'validation.digits')

/** A token no one has to invent: Meta only ever repeats it. */
export const randomToken = () => Array.from(crypto.getRandomValues(new Uint8Array(18)), (b) => b.toString(36).padStart(2, '0')).join('').slice(0, 28)

interface TextFieldProps<V extends FieldValues> {
  form: UseFormReturn<V>
  name: Path<V>
  label: string
  hint: string
  optional?: boolean
  code?: boolean
  secret?: boolean
  stored?: boolean
  autoFocus?: boolean
  action?: ReactNode
}

export function TextField<V extends FieldValues>({ form, name, label, hint, optional, code, secret, stored, autoFocus, action }: TextFieldProps<V>) {
  const { t } = useTranslation()
  return (
    <FormField
      control={form.control}
      name={name}
      render={({ field }) => (
        <FormItem>
          <FormLabel optional={optional}>{label}</FormLabel>
          <div className="flex gap-2">
            <FormControl>
              <Input
                {...field}
                dir={code || secret ? 'ltr' : 'auto'}
                type={secret ? 'password' : 'text'}
                autoComplete={secret ? 'new-password' : 'off'}
                autoFocus={autoFocus}
                spellCheck={false}
                placeholder={stored ? t('numbers.storedSecret') : undefined}
                className={code || secret ? 'font-mono text-[0.8125rem]' : undefined}
              />
            </FormControl>
            {action}
          </div>
          <FormDescription>{hint}</FormDescription>
          <FormMessage />
        </FormItem>
      )}
    />
  )
}

export function Copyable({ label, value }: { label: string; value: string }) {
  return (
    <div className="grid gap-1.5">
      <p className="text-[0.8125rem] font-medium">{label}</p>
      <div className="flex items-center gap-1 rounded-md border bg-muted/50 py-1 ps-3 pe-1">
        <span dir="ltr" className="min-w-0 flex-1 font-mono text-xs break-all">{value}</span>
        <CopyButton value={value} />
      </div>
    </div>
  )
}
