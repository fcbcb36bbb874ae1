import { zodResolver } from '@hookform/resolvers/zod'
import { AtSign, Phone as PhoneIcon } from 'lucide-react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from '@/lib/zod'
import { type SimPhone, type SimUser, useSimAddUser } from '@/api/simulator'
import { Notice } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Form, FormControl, FormDescription, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { ToggleGroup, ToggleGroupItem } from '@/components/ui/toggle-group'
import { describeError } from '@/lib/errors'

const schema = z
  .object({ name: z.string().trim().min(1, 'validation.required'), by: z.enum(['phone', 'username']), phone: z.string().trim(), username: z.string().trim().regex(/^@?[\w.]*$/, 'validation.username') })
  .refine((v) => v.by !== 'phone' || v.phone, { path: ['phone'], message: 'validation.required' })
  .refine((v) => v.by !== 'username' || v.username.replace('@', ''), { path: ['username'], message: 'validation.required' })
type Values = z.infer<typeof schema>

/** WhatsApp's id for somebody whose number a business does not see: a country code and letters or digits. */
const newUserId = () => `US.${Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => (b % 10).toString()).join('')}`

interface NewCustomerProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  phone: SimPhone
  onCreated: (user: SimUser) => void
}

export function NewCustomer({ open, onOpenChange, onCreated }: NewCustomerProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-md">
        {open && <Inside onCancel={() => onOpenChange(false)} onCreated={(user) => { onOpenChange(false); onCreated(user) }} />}
      </DialogContent>
    </Dialog>
  )
}

function Inside({ onCancel, onCreated }: { onCancel: () => void; onCreated: (user: SimUser) => void }) {
  const { t } = useTranslation()
  const add = useSimAddUser()
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: { name: '', by: 'phone', phone: '', username: '' } })
  const by = form.watch('by')
  const submit = form.handleSubmit(({ name, phone, username }) =>
    add.mutate(by === 'phone' ? { name, wa_id: phone } : { name, username: username.replace('@', ''), user_id: newUserId() }, { onSuccess: onCreated }),
  )
  return (
    <Form {...form}>
      <form noValidate onSubmit={(e) => void submit(e)}>
        <DialogHeader>
          <DialogTitle>{t('sim.newCustomer')}</DialogTitle>
          <DialogDescription>{t('sim.newCustomerHint')}</DialogDescription>
        </DialogHeader>
        <DialogBody className="space-y-4">
          {add.error && <Notice>{describeError(add.error)}</Notice>}
          <FormField
            control={form.control}
            name="name"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t('person.name')}</FormLabel>
                <FormControl><Input dir="auto" autoFocus autoComplete="off" {...field} /></FormControl>
                <FormMessage />
              </FormItem>
            )}
          />
          <FormField
            control={form.control}
            name="by"
            render={({ field }) => (
              <ToggleGroup type="single" className="flex" value={field.value} onValueChange={(v) => v && field.onChange(v)} aria-label={t('sim.knownBy')}>
                <ToggleGroupItem value="phone"><PhoneIcon aria-hidden />{t('person.phone')}</ToggleGroupItem>
                <ToggleGroupItem value="username"><AtSign aria-hidden />{t('sim.usernameOnly')}</ToggleGroupItem>
              </ToggleGroup>
            )}
          />
          {by === 'phone' ? (
            <FormField
              key="phone"
              control={form.control}
              name="phone"
              render={({ field }) => (
                <FormItem>
                  <FormLabel>{t('person.phone')}</FormLabel>
                  <FormControl><Input type="tel" dir="ltr" className="tnum" placeholder="+44 7700 900123" {...field} /></FormControl>
                  <FormDescription>{t('person.phoneHint')}</FormDescription>
                  <FormMessage />
                </FormItem>
              )}
            />
          ) : (
            <FormField
              key="username"
              control={form.control}
              name="username"
              render={({ field }) => (
                <FormItem>
                  <FormLabel>{t('person.username')}</FormLabel>
                  <FormControl><Input dir="ltr" placeholder="@sara" {...field} /></FormControl>
                  <FormDescription>{t('sim.usernameHint')}</FormDescription>
                  <FormMessage />
                </FormItem>
              )}
            />
          )}
        </DialogBody>
        <DialogFooter>
          <Button variant="outline" onClick={onCancel}>{t('common.cancel')}</Button>
          <Button type="submit" loading={add.isPending}>{t('sim.add')}</Button>
        </DialogFooter>
      </form>
    </Form>
  )
}
