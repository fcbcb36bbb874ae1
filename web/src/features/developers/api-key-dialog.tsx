import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { type ApiKeyCreated, type Permission, useCreateApiKey, usePermissions } from '@/api/api-keys'
import { leave, useUnsaved } from '@/components/leave-guard'
import { ErrorState, Notice } from '@/components/states'
import { CopyButton } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Form, FormControl, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select'
import { Skeleton } from '@/components/ui/skeleton'
import { mapFieldErrors } from '@/lib/errors'
import { z } from '@/lib/zod'
import { permissionWords } from './permissions'

const schema = z.object({
  name: z.string().trim().min(1, 'validation.required').max(100, 'validation.tooLong'),
  scopes: z.array(z.string()).min(1, 'validation.scopes'),
  days: z.enum(['never', '30', '90', '365']),
})
type Values = z.infer<typeof schema>

export function ApiKeyDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [created, setCreated] = useState<ApiKeyCreated>()
  const close = () => {
    setCreated(undefined)
    onOpenChange(false)
  }
  return (
    <Dialog open={open} onOpenChange={(next) => !next && leave(close)}>
      {/* The key is shown once: a click outside or Escape must not lose it. */}
      <DialogContent className="sm:max-w-xl" onInteractOutside={(e) => created && e.preventDefault()} onEscapeKeyDown={(e) => created && e.preventDefault()}>
        {created ? <ShowOnce created={created} onDone={close} /> : open && <CreateForm onCreated={setCreated} onCancel={() => leave(close)} />}
      </DialogContent>
    </Dialog>
  )
}

function CreateForm({ onCreated, onCancel }: { onCreated: (key: ApiKeyCreated) => void; onCancel: () => void }) {
  const { t } = useTranslation()
  const permissions = usePermissions()
  const create = useCreateApiKey()
  const [problem, setProblem] = useState<string>()
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: { name: '', scopes: [], days: 'never' } })
  useUnsaved(form.formState.isDirty)
  const submit = form.handleSubmit(({ name, scopes, days }) => {
    setProblem(undefined)
    const expires_at = days === 'never' ? undefined : new Date(Date.now() + Number(days) * 86_400_000).toISOString()
    create.mutate({ name, scopes, expires_at }, { onSuccess: onCreated, onError: (error) => setProblem(mapFieldErrors(error, ['name', 'scopes'], form.setError)) })
  })
  return (
    <Form {...form}>
      <form noValidate className="flex min-h-0 flex-1 flex-col" onSubmit={(e) => void submit(e)}>
        <DialogHeader>
          <DialogTitle>{t('apiKeys.createTitle')}</DialogTitle>
          <DialogDescription>{t('apiKeys.createHint')}</DialogDescription>
        </DialogHeader>
        <DialogBody className="space-y-5">
          {problem && <Notice>{problem}</Notice>}
          <div className="grid gap-5 sm:grid-cols-[1fr_11rem]">
            <FormField
              control={form.control}
              name="name"
              render={({ field }) => (
                <FormItem>
                  <FormLabel>{t('apiKeys.name')}</FormLabel>
                  <FormControl><Input dir="auto" autoFocus autoComplete="off" placeholder={t('apiKeys.namePlaceholder')} {...field} /></FormControl>
                  <FormMessage />
                </FormItem>
              )}
            />
            <FormField
              control={form.control}
              name="days"
              render={({ field }) => (
                <FormItem>
                  <FormLabel>{t('apiKeys.expiry')}</FormLabel>
                  <Select value={field.value} onValueChange={field.onChange}>
                    <FormControl><SelectTrigger><SelectValue /></SelectTrigger></FormControl>
                    <SelectContent>
                      {(['never', '30', '90', '365'] as const).map((days) => (
                        <SelectItem key={days} value={days}>{days === 'never' ? t('apiKeys.never') : t('apiKeys.days', { count: Number(days) })}</SelectItem>
                      ))}
                    </SelectContent>
                  </Select>
                </FormItem>
              )}
            />
          </div>
          <FormField
            control={form.control}
            name="scopes"
            render={({ field }) => (
              <FormItem>
                <p id="key-scopes" className="text-[0.8125rem] leading-none font-medium">{t('apiKeys.scopes')}</p>
                {permissions.error ? (
                  <ErrorState error={permissions.error} onRetry={() => void permissions.refetch()} />
                ) : permissions.data ? (
                  <Scopes all={permissions.data} value={field.value} onChange={field.onChange} />
                ) : (
                  <Skeleton className="h-40" />
                )}
                <FormMessage />
              </FormItem>
            )}
          />
        </DialogBody>
        <DialogFooter>
          <Button variant="outline" onClick={onCancel}>{t('common.cancel')}</Button>
          <Button type="submit" loading={create.isPending}>{t('apiKeys.create')}</Button>
        </DialogFooter>
      </form>
    </Form>
  )
}

/** Grouped by what they are about: the part before the colon. */
function Scopes({ all, value, onChange }: { all: Permission[]; value: string[]; onChange: (value: string[]) => void }) {
  const { t } = useTranslation()
  const groups = new Map<string, Permission[]>()
  for (const permission of all) {
    const group = permission.name.split(':')[0] ?? permission.name
    groups.set(group, [...(groups.get(group) ?? []), permission])
  }
  const toggle = (name: string, on: boolean) => onChange(on ? [...value, name] : value.filter((v) => v !== name))
  return (
    <div role="group" aria-labelledby="key-scopes" className="divide-y rounded-lg border">
      {[...groups].map(([group, permissions]) => (
        <fieldset key={group} className="p-3">
          <legend className="float-start mb-1.5 w-full text-xs font-medium text-muted-foreground">{t(`scopes.${group}`, { defaultValue: group })}</legend>
          <div className="clear-both space-y-1">
            {permissions.map(({ name, description }) => (
              <label key={name} className="flex cursor-pointer items-start gap-2.5 rounded-md px-1 py-1 hover:bg-accent/60">
                <Checkbox className="mt-0.5" checked={value.includes(name)} onCheckedChange={(on) => toggle(name, on === true)} />
                <span className="min-w-0">
                  <span className="block text-[0.8125rem]">{permissionWords(name, t) ?? description}</span>
                  <span dir="ltr" className="block w-fit font-mono text-xs text-muted-foreground">{name}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  )
}

function ShowOnce({ created, onDone }: { created: ApiKeyCreated; onDone: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <DialogHeader>
        <DialogTitle>{t('apiKeys.createdTitle', { name: created.name })}</DialogTitle>
        <DialogDescription>{t('apiKeys.createdHint')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-4">
        <div className="flex flex-wrap items-center gap-2 rounded-lg border bg-muted/50 p-3">
          <code dir="ltr" data-testid="api-key" className="min-w-0 flex-1 basis-60 font-mono text-[0.8125rem] break-all select-all">{created.key}</code>
          <CopyButton value={created.key} label={t('apiKeys.copy')} withText />
        </div>
        <Notice tone="warning">{t('apiKeys.once')}</Notice>
      </DialogBody>
      <DialogFooter><Button onClick={onDone}>{t('apiKeys.stored')}</Button></DialogFooter>
    </>
  )
}
