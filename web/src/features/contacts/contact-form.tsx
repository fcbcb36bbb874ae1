import { zodResolver } from '@hookform/resolvers/zod'
import { Plus, Trash2, X } from 'lucide-react'
import { type InputHTMLAttributes, useState } from 'react'
import { useFieldArray, useForm, type UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { z } from '@/lib/zod'
import { type Contact, useSaveContact } from '@/api/contacts'
import { ApiError } from '@/api/error'
import type { Tag } from '@/api/tags'
import { leave, useUnsaved } from '@/components/leave-guard'
import { Notice } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Form, FormControl, FormDescription, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { SheetBody, SheetFooter } from '@/components/ui/sheet'
import { Textarea } from '@/components/ui/textarea'
import { mapFieldErrors } from '@/lib/errors'
import { displayName, formatPhone } from '@/lib/format'
import { TagInput } from './tag-input'

const FIELDS = ['name', 'phone', 'username', 'bsuid', 'tags', 'attributes', 'note'] as const

const schema = z
  .object({
    name: z.string().trim().max(200, 'validation.tooLong'),
    phone: z.string().trim().max(300, 'validation.tooLong'),
    username: z.string().trim().refine((v) => /^@?[\w.]{0,40}$/.test(v), 'validation.username'),
    bsuid: z.string().trim().max(140, 'validation.tooLong'),
    tags: z.array(z.string()),
    attributes: z.array(z.object({ key: z.string().trim(), value: z.string().trim() })),
    note: z.string().max(4000, 'validation.tooLong'),
  })
  .refine((v) => v.phone || v.username || v.bsuid || v.name, { path: ['name'], message: 'validation.someone' })
type Values = z.infer<typeof schema>

const valuesOf = (contact?: Contact): Values => ({
  name: contact?.name ?? '',
  phone: contact?.phone ? formatPhone(contact.phone) : '',
  username: contact?.username ?? '',
  bsuid: contact?.bsuid ?? '',
  tags: contact?.tags ?? [],
  attributes: Object.entries(contact?.attributes ?? {}).map(([key, value]) => ({ key, value: String(value) })),
  note: contact?.note ?? '',
})

interface ContactFormProps {
  contact?: Contact
  readOnly: boolean
  tags: Tag[]
  onClose: () => void
  onDelete: (contact: Contact) => void
}

export function ContactForm({ contact, readOnly, tags, onClose, onDelete }: ContactFormProps) {
  const { t } = useTranslation()
  const save = useSaveContact()
  const [problem, setProblem] = useState<string>()
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: valuesOf(contact), disabled: readOnly })

  const settled = useUnsaved(form.formState.isDirty && !readOnly)

  const submit = form.handleSubmit((values) => {
    setProblem(undefined)
    // A new contact leaves out what is empty; an edit sends what was emptied, so that it is cleared.
    const optional = (value: string, before?: string) => (value !== '' ? value : before ? '' : undefined)
    const body = {
      name: optional(values.name, contact?.name),
      // As it was typed: the server reads it, and says at the field why it cannot.
      phone: values.phone === valuesOf(contact).phone ? undefined : optional(values.phone, contact?.phone),
      username: optional(values.username.replace(/^@/, ''), contact?.username),
      bsuid: optional(values.bsuid, contact?.bsuid),
      tags: values.tags,
      attributes: Object.fromEntries(values.attributes.filter((a) => a.key).map((a) => [a.key, a.value])),
      note: optional(values.note, contact?.note),
    }
    save.mutate(
      { id: contact?.id, body },
      {
        onSuccess: (saved) => {
          settled()
          toast.success(t(contact ? 'contacts.saved' : 'contacts.created', { name: displayName(saved, t('person.unknown')) }))
          onClose()
        },
        onError: (error) => {
          if (error instanceof ApiError && (error.code === 'contact_exists' || error.code === 'invalid_phone') && error.errors.length === 0)
            form.setError('phone', { type: 'server', message: t(`errors.${error.code}`) }, { shouldFocus: true })
          else setProblem(mapFieldErrors(error, FIELDS, form.setError))
        },
      },
    )
  })

  return (
    <Form {...form}>
      <form noValidate className="flex min-h-0 flex-1 flex-col" onSubmit={(e) => void submit(e)}>
        <SheetBody className="space-y-5">
          {problem && <Notice>{problem}</Notice>}
          <TextField form={form} name="name" label={t('person.name')} autoComplete="off" autoFocus={!contact} />
          <TextField form={form} name="phone" label={t('person.phone')} hint={t('person.phoneHint')} ltr type="tel" placeholder="+44 7700 900123" />
          <TextField form={form} name="username" label={t('person.username')} hint={t('contacts.usernameHint')} ltr optional />
          {(contact?.bsuid || !contact) && <TextField form={form} name="bsuid" label={t('person.bsuid')} hint={t('contacts.bsuidHint')} ltr optional />}
          <FormField
            control={form.control}
            name="tags"
            render={({ field }) => (
              <FormItem>
                <FormLabel optional>{t('person.tags')}</FormLabel>
                <FormControl>
                  <TagInput value={field.value} onChange={field.onChange} known={tags} disabled={readOnly} />
                </FormControl>
                <FormMessage />
              </FormItem>
            )}
          />
          <Attributes form={form} readOnly={readOnly} />
          <FormField
            control={form.control}
            name="note"
            render={({ field }) => (
              <FormItem>
                <FormLabel optional>{t('person.note')}</FormLabel>
                <FormControl><Textarea dir="auto" rows={4} {...field} /></FormControl>
                <FormDescription>{t('contacts.noteHint')}</FormDescription>
                <FormMessage />
              </FormItem>
            )}
          />
        </SheetBody>
        {!readOnly && (
          <SheetFooter>
            {contact && (
              <Button variant="ghost" className="me-auto text-destructive hover:bg-destructive-soft" onClick={() => onDelete(contact)}>
                <Trash2 aria-hidden />
                {t('common.delete')}
              </Button>
            )}
            <Button variant="outline" onClick={() => leave(onClose)}>{t('common.cancel')}</Button>
            <Button type="submit" loading={save.isPending}>{t(contact ? 'common.save' : 'contacts.add')}</Button>
          </SheetFooter>
        )}
      </form>
    </Form>
  )
}

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'form' | 'name'> {
  form: UseFormReturn<Values>
  name: 'name' | 'phone' | 'username' | 'bsuid'
  label: string
  hint?: string
  ltr?: boolean
  optional?: boolean
}

function TextField({ form, name, label, hint, ltr, optional, ...input }: TextFieldProps) {
  return (
    <FormField
      control={form.control}
      name={name}
      render={({ field }) => (
        <FormItem>
          <FormLabel optional={optional}>{label}</FormLabel>
          <FormControl><Input dir={ltr ? 'ltr' : 'auto'} className={ltr ? 'tnum' : undefined} {...input} {...field} /></FormControl>
          {hint && <FormDescription>{hint}</FormDescription>}
          <FormMessage />
        </FormItem>
      )}
    />
  )
}

function Attributes({ form, readOnly }: { form: UseFormReturn<Values>; readOnly: boolean }) {
  const { t } = useTranslation()
  const list = useFieldArray({ control: form.control, name: 'attributes' })
  return (
    <fieldset className="space-y-2">
      <legend className="mb-2 text-[0.8125rem] leading-none font-medium">
        {t('person.attributes')}
        <span className="ms-1 font-normal text-muted-foreground">{` ${t('common.optional')}`}</span>
      </legend>
      {list.fields.map((row, i) => (
        <div key={row.id} className="flex gap-2">
          <Input dir="auto" aria-label={t('contacts.attributeName')} placeholder={t('contacts.attributeName')} {...form.register(`attributes.${i}.key`)} />
          <Input dir="auto" aria-label={t('contacts.attributeValue')} placeholder={t('contacts.attributeValue')} {...form.register(`attributes.${i}.value`)} />
          {!readOnly && (
            <Button variant="ghost" size="icon" className="text-muted-foreground" onClick={() => list.remove(i)} aria-label={t('contacts.removeAttribute')}><X aria-hidden /></Button>
          )}
        </div>
      ))}
      {!readOnly && (
        <Button variant="outline" size="sm" onClick={() => list.append({ key: '', value: '' })}>
          <Plus aria-hidden />
          {t('contacts.addAttribute')}
        </Button>
      )}
    </fieldset>
  )
}
