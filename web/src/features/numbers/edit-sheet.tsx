import { zodResolver } from '@hookform/resolvers/zod'
import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type Channel, useSaveChannel } from '@/api/channels'
import { leave, useUnsaved } from '@/components/leave-guard'
import { Notice } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Form } from '@/components/ui/form'
import { Sheet, SheetBody, SheetContent, SheetDescription, SheetFooter, SheetHeader, SheetTitle } from '@/components/ui/sheet'
import { mapFieldErrors } from '@/lib/errors'
import { z } from '@/lib/zod'
import { Copyable, digits, randomToken, required, TextField } from './fields'

/** Secrets may stay empty: an empty one keeps what is stored. */
const free = z.string().trim()
const schema = z.object({ name: required, waba_id: digits, access_token: free, app_secret: free, verify_token: free })
type Values = z.infer<typeof schema>

export function EditSheet({ channel, onClose }: { channel?: Channel; onClose: () => void }) {
  return (
    <Sheet open={!!channel} onOpenChange={(open) => !open && leave(onClose)}>
      <SheetContent className="sm:max-w-lg">{channel && <Inside key={channel.id} channel={channel} onClose={onClose} />}</SheetContent>
    </Sheet>
  )
}

function Inside({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useTranslation()
  const save = useSaveChannel()
  const [problem, setProblem] = useState<string>()
  const [changed, setChanged] = useState<string>()
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: { name: channel.name, waba_id: channel.waba_id, access_token: '', app_secret: '', verify_token: '' } })
  const settled = useUnsaved(form.formState.isDirty && !changed)
  const submit = form.handleSubmit(({ name, waba_id, access_token, app_secret, verify_token }) => {
    setProblem(undefined)
    const secrets = { access_token: access_token || undefined, app_secret: app_secret || undefined, verify_token: verify_token || undefined }
    save.mutate(
      { id: channel.id, body: { name, waba_id, ...secrets } },
      {
        onSuccess: () => {
          settled()
          toast.success(t('numbers.changed', { name }))
          if (verify_token) setChanged(verify_token)
          else onClose()
        },
        onError: (error) => setProblem(mapFieldErrors(error, ['name', 'waba_id', 'access_token', 'app_secret', 'verify_token'], form.setError)),
      },
    )
  })

  if (changed) {
    return (
      <>
        <SheetHeader>
          <SheetTitle>{t('numbers.saved', { name: channel.name })}</SheetTitle>
          <SheetDescription>{t('numbers.savedToken')}</SheetDescription>
        </SheetHeader>
        <SheetBody className="space-y-5">
          <Copyable label={t('numbers.webhook')} value={channel.webhook_url} />
          <Copyable label={t('numbers.verifyToken')} value={changed} />
        </SheetBody>
        <SheetFooter><Button onClick={onClose}>{t('common.done')}</Button></SheetFooter>
      </>
    )
  }
  return (
    <Form {...form}>
      <form noValidate className="flex min-h-0 flex-1 flex-col" onSubmit={(e) => void submit(e)}>
        <SheetHeader>
          <SheetTitle>{t('numbers.editTitle', { name: channel.name })}</SheetTitle>
          <SheetDescription>{t('numbers.editHint')}</SheetDescription>
        </SheetHeader>
        <SheetBody className="space-y-5">
          {problem && <Notice>{problem}</Notice>}
          <TextField form={form} name="name" label={t('numbers.name')} hint={t('numbers.nameHint')} />
          <TextField form={form} name="waba_id" label={t('numbers.wabaId')} hint={t(`numbers.where.${channel.kind}.waba_id`)} code />
          <TextField form={form} name="access_token" label={t('numbers.accessToken')} hint={t(`numbers.where.${channel.kind}.access_token`)} secret stored={channel.has_access_token} />
          <TextField form={form} name="app_secret" label={t('numbers.appSecret')} hint={t(`numbers.where.${channel.kind}.app_secret`)} secret stored={channel.has_app_secret} />
          <TextField
            form={form}
            name="verify_token"
            label={t('numbers.verifyToken')}
            hint={t('numbers.verifyTokenEdit')}
            code
            stored={channel.has_verify_token}
            action={<Button variant="outline" size="icon" aria-label={t('numbers.generate')} onClick={() => form.setValue('verify_token', randomToken(), { shouldValidate: true, shouldDirty: true })}><RefreshCw aria-hidden /></Button>}
          />
          <p className="text-xs text-muted-foreground">{t('numbers.secretsNote')}</p>
        </SheetBody>
        <SheetFooter>
          <Button variant="outline" onClick={() => leave(onClose)}>{t('common.cancel')}</Button>
          <Button type="submit" loading={save.isPending}>{t('common.save')}</Button>
        </SheetFooter>
      </form>
    </Form>
  )
}
