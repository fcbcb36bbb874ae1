import { zodResolver } from '@hookform/resolvers/zod'
import { faMeta } from '@fortawesome/free-brands-svg-icons'
import { FontAwesomeIcon } from '@fortawesome/react-fontawesome'
import { FlaskConical, RefreshCw } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useForm, type UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { type Channel, useSaveChannel, useTestChannel } from '@/api/channels'
import { useConnectSimulated } from '@/api/simulator'
import { useUnsaved } from '@/components/leave-guard'
import { SettingsPage } from '@/components/settings-page'
import { Notice } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Form } from '@/components/ui/form'
import { Wizard } from '@/components/wizard'
import { forgetForm, savedForm, useAutosave } from '@/lib/autosave'
import { describeError, mapFieldErrors } from '@/lib/errors'
import { useSession } from '@/lib/session'
import { cn } from '@/lib/utils'
import { z } from '@/lib/zod'
import { Checks } from './checks'
import { Copyable, digits, FIELDS, randomToken, required, TextField } from './fields'

const free = z.string().trim()
const shape = { name: required, display_phone_number: free.max(40, 'validation.tooLong') }
/** A simulated number is made with all it needs; what Meta shows is only for a real one. */
const schema = z.discriminatedUnion('kind', [
  z.object({ ...shape, kind: z.literal('cloud_api'), phone_number_id: digits, waba_id: digits, access_token: required, app_secret: required, verify_token: required }),
  z.object({ ...shape, kind: z.literal('simulated'), phone_number_id: free, waba_id: free, access_token: free, app_secret: free, verify_token: free }),
])
type Values = z.infer<typeof schema>

const DRAFT = 'connect-number'
const SECRETS = ['access_token', 'app_secret', 'verify_token'] as const
const STEPS = { cloud_api: ['number', 'keys', 'webhook'], simulated: ['number', 'test'] } as const

export default function ConnectPage() {
  const { t } = useTranslation()
  const { config } = useSession()
  const [, navigate] = useLocation()
  const save = useSaveChannel()
  const make = useConnectSimulated()
  const [step, setStep] = useState(0)
  const [connected, setConnected] = useState<Channel>()
  const [problem, setProblem] = useState<string>()
  const [kept] = useState(() => savedForm<Values>(DRAFT))
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: {
      kind: config.simulator && kept.kind !== 'cloud_api' ? 'simulated' : 'cloud_api',
      name: kept.name ?? '',
      phone_number_id: kept.phone_number_id ?? '',
      waba_id: kept.waba_id ?? '',
      display_phone_number: kept.display_phone_number ?? '',
      access_token: '',
      app_secret: '',
      verify_token: randomToken(),
    },
  })
  useAutosave(DRAFT, form, SECRETS)
  const settled = useUnsaved(form.formState.isDirty && !connected)
  const kind = form.watch('kind')
  const steps = STEPS[kind]
  const done = (channel: Channel) => {
    settled()
    forgetForm(DRAFT)
    setConnected(channel)
    setStep(steps.length - 1)
  }
  const failed = (error: unknown) => {
    setProblem(mapFieldErrors(error, FIELDS, form.setError))
    // What the server found wrong may be on the first step.
    if (form.getFieldState('name').invalid || form.getFieldState('display_phone_number').invalid) setStep(0)
  }
  const send = form.handleSubmit(
    (values) => {
      setProblem(undefined)
      const { display_phone_number: phone, ...rest } = values
      if (values.kind === 'simulated') make.mutate({ name: values.name, phone: phone || undefined }, { onSuccess: done, onError: failed })
      else save.mutate({ body: { ...rest, display_phone_number: phone || undefined } }, { onSuccess: done, onError: failed })
    },
    () => (form.getFieldState('name').invalid ? setStep(0) : undefined),
  )
  const next = async (event: FormEvent) => {
    event.preventDefault()
    if (step === 0 && kind === 'cloud_api') {
      if (await form.trigger(['name', 'display_phone_number'], { shouldFocus: true })) setStep(1)
    } else await send()
  }
  const cancel = () => navigate('/settings/numbers')

  return (
    <SettingsPage title={t('numbers.connectTitle')} description={t(kind === 'simulated' ? 'numbers.connectSimulatedHint' : 'numbers.connectHint')} back={{ href: '/settings/numbers', label: t('numbers.title') }}>
      <Form {...form}>
        <form noValidate onSubmit={(event) => void next(event)}>
          <Wizard
            steps={steps.map((name) => t(`numbers.steps.${name}`))}
            current={step}
            footer={connected ? (
              <Button onClick={() => navigate(`/settings/numbers/${connected.id}`)}>{t('common.done')}</Button>
            ) : (
              <>
                {step > 0 ? <Button variant="outline" onClick={() => setStep(step - 1)}>{t('common.back')}</Button> : <Button variant="outline" onClick={cancel}>{t('common.cancel')}</Button>}
                <Button type="submit" loading={save.isPending || make.isPending}>{t(kind === 'simulated' ? 'numbers.connectSimulatedSubmit' : step === 0 ? 'common.continue' : 'numbers.connectSubmit')}</Button>
              </>
            )}
          >
            <StepHeading key={step} title={t(`numbers.steps.${steps[step] ?? 'number'}`)} announce={step > 0} />
            {problem && <Notice>{problem}</Notice>}
            {connected ? <Finish channel={connected} verifyToken={form.getValues('verify_token')} /> : step === 0 ? <NumberStep form={form} simulator={config.simulator} /> : <KeysStep form={form} />}
          </Wizard>
        </form>
      </Form>
    </SettingsPage>
  )
}

/** The focus goes to it with each step, so that it is read out. */
function StepHeading({ title, announce }: { title: string; announce: boolean }) {
  const ref = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (announce) ref.current?.focus()
  }, [announce])
  return <h2 ref={ref} tabIndex={-1} className="text-[0.9375rem] font-semibold tracking-tight outline-none">{title}</h2>
}

function NumberStep({ form, simulator }: { form: UseFormReturn<Values>; simulator: boolean }) {
  const { t } = useTranslation()
  const simulated = form.watch('kind') === 'simulated'
  return (
    <>
      {simulator && <KindChoice form={form} />}
      <TextField form={form} name="name" label={t('numbers.name')} hint={t('numbers.nameHint')} />
      <TextField form={form} name="display_phone_number" label={t('numbers.displayPhone')} hint={t(simulated ? 'numbers.displayPhoneSimulated' : 'numbers.displayPhoneHint')} optional code />
      {simulated && <Notice tone="info">{t('numbers.where.simulated.intro')}</Notice>}
    </>
  )
}

function KindChoice({ form }: { form: UseFormReturn<Values> }) {
  const { t } = useTranslation()
  const kinds = [
    { value: 'simulated' as const, icon: <FlaskConical className="size-5" /> },
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

function KeysStep({ form }: { form: UseFormReturn<Values> }) {
  const { t } = useTranslation()
  const where = (name: string) => t(`numbers.where.cloud_api.${name}`)
  return (
    <>
      <Notice tone="info">{where('intro')}</Notice>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField form={form} name="phone_number_id" label={t('numbers.phoneNumberId')} hint={where('phone_number_id')} code />
        <TextField form={form} name="waba_id" label={t('numbers.wabaId')} hint={where('waba_id')} code />
      </div>
      <TextField form={form} name="access_token" label={t('numbers.accessToken')} hint={where('access_token')} secret />
      <TextField form={form} name="app_secret" label={t('numbers.appSecret')} hint={where('app_secret')} secret />
      <TextField
        form={form}
        name="verify_token"
        label={t('numbers.verifyToken')}
        hint={t('numbers.verifyTokenHint')}
        code
        action={<Button variant="outline" size="icon" aria-label={t('numbers.generate')} onClick={() => form.setValue('verify_token', randomToken(), { shouldValidate: true })}><RefreshCw aria-hidden /></Button>}
      />
      <p className="text-xs text-muted-foreground">{t('numbers.secretsNote')}</p>
    </>
  )
}

/** After saving: the two values to paste at Meta, then a test, without leaving. */
function Finish({ channel, verifyToken }: { channel: Channel; verifyToken: string }) {
  const { t } = useTranslation()
  const test = useTestChannel()
  const { mutate } = test
  const simulated = channel.kind === 'simulated'
  const begun = useRef(false)
  useEffect(() => {
    if (!simulated || begun.current) return
    begun.current = true
    mutate(channel.id)
  }, [simulated, channel.id, mutate])
  return (
    <>
      <p className="text-sm text-muted-foreground">{t(simulated ? 'numbers.savedSimulated' : 'numbers.savedCloud', { name: channel.name })}</p>
      {!simulated && (
        <>
          <ol className="list-decimal space-y-1.5 ps-5 text-[0.8125rem] text-muted-foreground">{[1, 2, 3].map((n) => <li key={n}>{t(`numbers.webhookSteps.${n}`)}</li>)}</ol>
          <Copyable label={t('numbers.webhook')} value={channel.webhook_url} />
          <Copyable label={t('numbers.verifyToken')} value={verifyToken} />
        </>
      )}
      <div className="space-y-3 rounded-lg border p-4">
        <Button variant="outline" size="sm" loading={test.isPending} onClick={() => mutate(channel.id)}>{t('numbers.test')}</Button>
        {test.data && <Checks result={test.data} />}
        {test.error && <Notice>{describeError(test.error)}</Notice>}
      </div>
    </>
  )
}
