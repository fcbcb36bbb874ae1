import { zodResolver } from '@hookform/resolvers/zod'
import { useMemo, useState } from 'react'
import { useForm, type UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useChannels } from '@/api/channels'
import { type Settings, useSaveSettings, useSettings } from '@/api/settings'
import { useUnsaved } from '@/components/leave-guard'
import { SaveBar } from '@/components/save-bar'
import { SettingsPage } from '@/components/settings-page'
import { ErrorState, Notice } from '@/components/states'
import { Card } from '@/components/ui/card'
import { Form, FormControl, FormDescription, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { NativeSelect } from '@/components/ui/native-select'
import { Skeleton } from '@/components/ui/skeleton'
import { LANGUAGES } from '@/i18n'
import { mapFieldErrors } from '@/lib/errors'
import { useCan } from '@/lib/session'
import { z } from '@/lib/zod'
import { Logo } from './logo'
import { countries, timeZones } from './places'

const FIELDS = ['name', 'language', 'time_zone', 'default_country', 'default_channel_id'] as const
const schema = z.object({
  name: z.string().trim().min(1, 'validation.required').max(200, 'validation.tooLong'),
  language: z.enum(['en', 'ar']),
  time_zone: z.string(),
  default_country: z.string(),
  default_channel_id: z.string(),
})
type Values = z.infer<typeof schema>

const valuesOf = ({ name, language, time_zone, default_country, default_channel_id }: Settings): Values => ({ name, language, time_zone, default_country: default_country ?? '', default_channel_id: default_channel_id ?? '' })

export default function GeneralPage() {
  const { t } = useTranslation()
  const settings = useSettings()
  const manage = useCan().can('settings:manage')
  return (
    <SettingsPage title={t('general.title')} description={t(manage ? 'general.lead' : 'general.readOnly')}>
      {settings.data ? (
        <div className="space-y-4">
          <Logo url={settings.data.logo_url} name={settings.data.name} manage={manage} />
          <GeneralForm settings={settings.data} manage={manage} />
        </div>
      ) : settings.error ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <Skeleton className="h-96 rounded-xl" />
      )}
    </SettingsPage>
  )
}

function GeneralForm({ settings, manage }: { settings: Settings; manage: boolean }) {
  const { t, i18n } = useTranslation()
  const { can, module } = useCan()
  const save = useSaveSettings()
  const [problem, setProblem] = useState<string>()
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: valuesOf(settings), disabled: !manage })
  const { isDirty } = form.formState
  useUnsaved(isDirty)
  const places = useMemo(() => countries(i18n.language), [i18n.language])
  const zones = useMemo(() => timeZones(settings.time_zone), [settings.time_zone])
  const submit = form.handleSubmit((values) => {
    setProblem(undefined)
    save.mutate(
      { ...values, default_country: values.default_country || null, default_channel_id: values.default_channel_id || null },
      {
        onSuccess: (saved) => {
          form.reset(valuesOf(saved))
          toast.success(t('general.saved'))
        },
        onError: (error) => setProblem(mapFieldErrors(error, FIELDS, form.setError)),
      },
    )
  })
  return (
    <Form {...form}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Card className="space-y-5 p-5">
          {problem && <Notice>{problem}</Notice>}
          <FormField
            control={form.control}
            name="name"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t('general.name')}</FormLabel>
                <FormControl><Input dir="auto" autoComplete="organization" {...field} /></FormControl>
                <FormMessage />
              </FormItem>
            )}
          />
          <Choice form={form} name="language" label={t('general.language')} hint={t('general.languageHint')} options={LANGUAGES.map(({ code, label }) => ({ value: code, label }))} />
          <Choice form={form} name="time_zone" label={t('general.timeZone')} hint={t('general.timeZoneHint')} options={zones.map(({ name, words }) => ({ value: name, label: words }))} />
          <Choice form={form} name="default_country" label={t('general.country')} hint={t('general.countryHint')} none={t('general.noCountry')} options={places.map(({ code, name }) => ({ value: code, label: name }))} />
          {module('channels') && can('channels:read') && <DefaultNumber form={form} />}
        </Card>
        <SaveBar dirty={isDirty} loading={save.isPending} onDiscard={() => form.reset()} />
      </form>
    </Form>
  )
}

function DefaultNumber({ form }: { form: UseFormReturn<Values> }) {
  const { t } = useTranslation()
  const channels = useChannels().data ?? []
  return <Choice form={form} name="default_channel_id" label={t('general.number')} hint={t('general.numberHint')} none={t('general.noNumber')} options={channels.map(({ id, name }) => ({ value: id, label: name }))} />
}

interface ChoiceProps {
  form: UseFormReturn<Values>
  name: keyof Values
  label: string
  hint: string
  /** What stands for no choice. */
  none?: string
  options: { value: string; label: string }[]
}

function Choice({ form, name, label, hint, none, options }: ChoiceProps) {
  return (
    <FormField
      control={form.control}
      name={name}
      render={({ field }) => (
        <FormItem>
          <FormLabel>{label}</FormLabel>
          <FormControl>
            <NativeSelect {...field}>
              {none && <option value="">{none}</option>}
              {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
            </NativeSelect>
          </FormControl>
          <FormDescription>{hint}</FormDescription>
          <FormMessage />
        </FormItem>
      )}
    />
  )
}
