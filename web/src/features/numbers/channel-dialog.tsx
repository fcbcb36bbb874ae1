import { zodResolver } from '@hookform/resolvers/zod'
import { faMeta } from '@fortawesome/free-brands-svg-icons'
import { FontAwesomeIcon } from '@fortawesome/react-fontawesome'
import { FlaskConical, RefreshCw } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { type Resolver, useForm, type UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { type Channel, useSaveChannel, useTestChannel } from '@/api/channels'
import { useConnectSimulated } from '@/api/simulator'
import { Notice } from '@/components/states'
import { SubmitButton } from '@/components/submit-button'
import { CopyButton } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { DialogDescription } from '@/components/ui/dialog'
import { Form, FormControl, FormDescription, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Sheet, SheetBody, SheetContent, SheetFooter, SheetHeader, SheetTitle } from '@/components/ui/sheet'
import { describeError, mapFieldErrors } from '@/lib/errors'
import { useSession } from '@/lib/session'
import { cn } from '@/lib/utils'
import { Checks } from './channel-card'

const FIELDS = ['name', 'phone_number_id', 'waba_id', 'display_phone_number', 'access_token', 'app_secret', 'verify_token'] as const
const REQUIRED = FIELDS.filter((name) => name !== 'display_phone_number')
const required = z.string().trim().min(1, 'validation.required')
const digits = required.regex(/^\d+$/, 'validation.digits')
const free = z.string().trim()
const shape = { name: required, display_phone_number: free.max(40, 'validation.tooLong') }
/** Secrets may stay empty when editing: an empty one keeps what is stored. A simulated number is made with all it needs. */
const schema = (editing: boolean) => {
  const secret = editing ? free : required
  const cloud = z.object({ ...shape, kind: z.literal(editing ? ['cloud_api', 'simulated'] : ['cloud_api']), phone_number_id: digits, waba_id: digits, access_token: secret, app_secret: secret, verify_token: secret })
  const simulated = z.object({ ...shape, kind: z.literal('simulated'), phone_number_id: free, waba_id: free, access_token: free, app_secret: free, verify_token: free })
  return editing ? cloud : z.union([simulated, cloud])
}
interface Values {
  kind: 'simulated' | 'cloud_api'
  name: string
  phone_number_id: string
  waba_id: string
  display_phone_number: string
  access_token: string
  app_secret: string
  verify_token: string
}

/** A token no one has to invent: Meta only ever repeats it. */
const randomToken = () => Array.from(crypto.getRandomValues(new Uint8Array(18)), (b) => b.toString(36).padStart(2, '0')).join('').slice(0, 28)

export function ChannelDialog({ subject, onClose }: { subject?: Channel | 'new'; onClose: () => void }) {
  return (
    <Sheet open={!!subject} onOpenChange={(open) => !open && onClose()}>
      <SheetContent className="sm:max-w-lg">{subject && <Inside key={subject === 'new' ? 'new' : subject.id} channel={subject === 'new' ? undefined : subject} onClose={onClose} />}</SheetContent>
    </Sheet>
  )
}

function Inside({ channel, onClose }: { channel?: Channel; onClose: () => void }) {
  const { t } = useTranslation()
  const { config } = useSession()
  const save = useSaveChannel()
  const make = useConnectSimulated()
  const [saved, setSaved] = useState<{ channel: Channel; verifyToken: string }>()
  const [problem, setProblem] = useState<string>()
  const form = useForm<Values>({
    resolver: zodResolver(schema(!!channel)) as Resolver<Values>,
    defaultValues: {
      kind: channel?.kind ?? (config.simulator ? 'simulated' : 'cloud_api'),
      name: channel?.name ?? '',
      phone_number_id: channel?.phone_number_id ?? '',
      waba_id: channel?.waba_id ?? '',
      display_phone_number: channel?.display_phone_number ?? '',
      access_token: '',
      app_secret: '',
      verify_token: channel ? '' : randomToken(),
    },
  })

  const submit = form.handleSubmit((values) => {
    setProblem(undefined)
    const onError = (error: unknown) => setProblem(mapFieldErrors(error, FIELDS, form.setError))
    if (!channel && values.kind === 'simulated') {
      make.mutate({ name: values.name, phone: values.display_phone_number || undefined }, { onSuccess: (result) => setSaved({ channel: result, verifyToken: '' }), onError })
      return
    }
    const { name, waba_id, access_token, app_secret, verify_token, ...rest } = values
    const secrets = { access_token: access_token || undefined, app_secret: app_secret || undefined, verify_token: verify_token || undefined }
    // What number it is cannot change: another number is another connection.
    const input = channel
      ? { id: channel.id, body: { name, waba_id, ...secrets } }
      : { body: { ...rest, name, waba_id, access_token, app_secret, verify_token, display_phone_number: rest.display_phone_number || undefined } }
    save.mutate(input, {
      onSuccess: (result) => (channel && !verify_token ? onClose() : setSaved({ channel: result, verifyToken: verify_token })),
      onError,
    })
  })

  if (saved) return <WebhookStep channel={saved.channel} verifyToken={saved.verifyToken} onDone={onClose} />
  const kind = form.watch('kind')
  const short = !channel && kind === 'simulated'
  const empty = form.watch(short ? ['name'] : REQUIRED).some((value) => value.trim() === '')
  const missing = !channel && empty ? t(short ? 'numbers.nameFirst' : 'numbers.fillFirst') : undefined
  return (
    <Form {...form}>
      <form noValidate className="flex min-h-0 flex-1 flex-col" onSubmit={(e) => void submit(e)}>
        <SheetHeader>
          <SheetTitle>{channel ? t('numbers.editTitle', { name: channel.name }) : t('numbers.connectTitle')}</SheetTitle>
          <DialogDescription>{t(channel ? 'numbers.editHint' : short ? 'numbers.connectSimulatedHint' : 'numbers.connectHint')}</DialogDescription>
        </SheetHeader>
        <SheetBody className="space-y-5">
          {problem && <Notice>{problem}</Notice>}
          {!channel && <KindChoice form={form} simulator={config.simulator} />}
          <TextField form={form} name="name" label={t('numbers.name')} hint={t('numbers.nameHint')} />
          {!channel && <Where kind={kind} />}
          {!short && <div className="grid gap-5 sm:grid-cols-2">
            {!channel && <TextField form={form} name="phone_number_id" label={t('numbers.phoneNumberId')} hint={t(`numbers.where.${kind}.phone_number_id`)} code />}
            <TextField form={form} name="waba_id" label={t('numbers.wabaId')} hint={t(`numbers.where.${kind}.waba_id`)} code />
          </div>}
          {!channel && <TextField form={form} name="display_phone_number" label={t('numbers.displayPhone')} hint={t(short ? 'numbers.displayPhoneSimulated' : 'numbers.displayPhoneHint')} optional code />}
          {!short && <>
          <TextField form={form} name="access_token" label={t('numbers.accessToken')} hint={t(`numbers.where.${kind}.access_token`)} secret stored={channel?.has_access_token} />
          <TextField form={form} name="app_secret" label={t('numbers.appSecret')} hint={t(`numbers.where.${kind}.app_secret`)} secret stored={channel?.has_app_secret} />
          <TextField
            form={form}
            name="verify_token"
            label={t('numbers.verifyToken')}
            hint={t('numbers.verifyTokenHint')}
            code
            stored={channel?.has_verify_token}
            action={<Button variant="outline" size="icon" aria-label={t('numbers.generate')} onClick={() => form.setValue('verify_token', randomToken(), { shouldValidate: true })}><RefreshCw aria-hidden /></Button>}
          />
          <p className="text-xs text-muted-foreground">{t('numbers.secretsNote')}</p>
          </>}
        </SheetBody>
        <SheetFooter>
          <SubmitButton missing={missing} loading={save.isPending || make.isPending} before={<Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>}>
            {t(channel ? 'common.save' : short ? 'numbers.connectSimulatedSubmit' : 'numbers.connectSubmit')}
          </SubmitButton>
        </SheetFooter>
      </form>
    </Form>
  )
}

function KindChoice({ form, simulator }: { form: UseFormReturn<Values>; simulator: boolean }) {
  const { t } = useTranslation()
  const kinds = [
    ...(simulator ? [{ value: 'simulated' as const, icon: <FlaskConical className="size-5" /> }] : []),
    { value: 'cloud_api' as const, icon: <FontAwesomeIcon icon={faMeta} className="text-[1.25rem]" /> },
  ]
  return (
    <fieldset className="grid gap-2 sm:grid-cols-2">
      <legend className="mb-2 text-[0.8125rem] font-medium">{t('numbers.kind')}</legend>
      {kinds.map(({ value, icon }) => (
        <label key={value} className={cn('relative flex cursor-pointer gap-3 rounded-lg border bg-card p-3 shadow-xs has-focus-visible:ring-3 has-focus-visible:ring-ring/25', 'has-checked:border-primary has-checked:bg-primary-soft')}>
          <input type="radio" value={value} className="sr-only" {...form.register('kind')} />
          <span aria-hidden className="mt-0.5 text-muted-foreground">{icon}</span>
          <span>
            <span className="block text-sm font-medium">{t(`numbers.kinds.${value}`)}</span>
            <span className="block text-xs text-muted-foreground">{t(`numbers.kindHints.${value}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function Where({ kind }: { kind: Values['kind'] }) {
  const { t } = useTranslation()
  return <Notice tone="info">{t(`numbers.where.${kind}.intro`)}</Notice>
}

interface TextFieldProps {
  form: UseFormReturn<Values>
  name: (typeof FIELDS)[number]
  label: string
  hint: string
  optional?: boolean
  code?: boolean
  secret?: boolean
  stored?: boolean
  action?: ReactNode
}

function TextField({ form, name, label, hint, optional, code, secret, stored, action }: TextFieldProps) {
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

/** After saving: the two values to paste at Meta, then a test, without leaving. */
function WebhookStep({ channel, verifyToken, onDone }: { channel: Channel; verifyToken: string; onDone: () => void }) {
  const { t } = useTranslation()
  const test = useTestChannel()
  const { mutate } = test
  const simulated = channel.kind === 'simulated'
  useEffect(() => {
    if (simulated) mutate(channel.id)
  }, [simulated, channel.id, mutate])
  return (
    <>
      <SheetHeader>
        <SheetTitle>{t('numbers.saved', { name: channel.name })}</SheetTitle>
        <DialogDescription>{t(simulated ? 'numbers.savedSimulated' : 'numbers.savedCloud')}</DialogDescription>
      </SheetHeader>
      <SheetBody className="space-y-5">
        {!simulated && <ol className="list-decimal space-y-1.5 ps-5 text-[0.8125rem] text-muted-foreground">{[1, 2, 3].map((n) => <li key={n}>{t(`numbers.webhookSteps.${n}`)}</li>)}</ol>}
        {!simulated && <Copyable label={t('numbers.webhook')} value={channel.webhook_url} />}
        {!simulated && <Copyable label={t('numbers.verifyToken')} value={verifyToken} />}
        <div className="space-y-3 rounded-lg border p-4">
          <Button variant="outline" size="sm" loading={test.isPending} onClick={() => mutate(channel.id)}>{t('numbers.test')}</Button>
          {test.data && <Checks result={test.data} />}
          {test.error && <Notice>{describeError(test.error)}</Notice>}
        </div>
      </SheetBody>
      <SheetFooter><Button onClick={onDone}>{t('common.done')}</Button></SheetFooter>
    </>
  )
}

function Copyable({ label, value }: { label: string; value: string }) {
  return (
    <div className="grid gap-1.5">
      <p className="text-[0.8125rem] font-medium">{label}</p>
      <div className="flex items-center gap-1 rounded-md border bg-muted/50 ps-3 pe-1 py-1">
        <span dir="ltr" className="min-w-0 flex-1 font-mono text-xs break-all">{value}</span>
        <CopyButton value={value} />
      </div>
    </div>
  )
}
