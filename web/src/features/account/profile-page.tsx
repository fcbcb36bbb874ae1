import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type Profile, useProfile, useSaveProfile } from '@/api/account'
import { Avatar } from '@/components/avatar'
import { useUnsaved } from '@/components/leave-guard'
import { SaveBar } from '@/components/save-bar'
import { SettingsPage } from '@/components/settings-page'
import { ErrorState, Notice } from '@/components/states'
import { Card } from '@/components/ui/card'
import { Form, FormControl, FormDescription, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { NativeSelect } from '@/components/ui/native-select'
import { Skeleton } from '@/components/ui/skeleton'
import { followBrowser, LANGUAGES, setLanguage } from '@/i18n'
import { mapFieldErrors } from '@/lib/errors'
import { z } from '@/lib/zod'

const schema = z.object({ name: z.string().trim().min(1, 'validation.required').max(200, 'validation.tooLong'), language: z.enum(['browser', 'en', 'ar']) })
type Values = z.infer<typeof schema>

export default function ProfilePage() {
  const { t } = useTranslation()
  const profile = useProfile()
  return (
    <SettingsPage title={t('me.profile')} description={t('me.profileLead')}>
      {profile.data ? <ProfileForm profile={profile.data} /> : profile.error ? <ErrorState error={profile.error} onRetry={() => void profile.refetch()} /> : <Skeleton className="h-64 rounded-xl" />}
    </SettingsPage>
  )
}

function ProfileForm({ profile }: { profile: Profile }) {
  const { t } = useTranslation()
  const save = useSaveProfile()
  const [problem, setProblem] = useState<string>()
  const values: Values = { name: profile.name, language: profile.language ?? 'browser' }
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: values })
  const { isDirty } = form.formState
  useUnsaved(isDirty)
  const submit = form.handleSubmit(({ name, language }) => {
    setProblem(undefined)
    save.mutate(
      { name, language: language === 'browser' ? null : language },
      {
        onSuccess: (saved) => {
          form.reset({ name: saved.name, language: saved.language ?? 'browser' })
          void (saved.language ? setLanguage(saved.language) : followBrowser())
          toast.success(t('me.saved'))
        },
        onError: (error) => setProblem(mapFieldErrors(error, ['name', 'language'], form.setError)),
      },
    )
  })
  return (
    <Form {...form}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Card className="space-y-5 p-5">
          {problem && <Notice>{problem}</Notice>}
          <div className="flex items-center gap-4">
            <Avatar name={form.watch('name')} seed={profile.id} size="xl" />
            <div className="min-w-0">
              <p className="text-xs text-muted-foreground">{t('me.email')}</p>
              <p className="ltr-isolate truncate text-sm font-medium">{profile.email}</p>
            </div>
          </div>
          <FormField
            control={form.control}
            name="name"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t('me.name')}</FormLabel>
                <FormControl><Input dir="auto" autoComplete="name" {...field} /></FormControl>
                <FormDescription>{t('me.nameHint')}</FormDescription>
                <FormMessage />
              </FormItem>
            )}
          />
          <FormField
            control={form.control}
            name="language"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t('language.label')}</FormLabel>
                <FormControl>
                  <NativeSelect {...field}>
                    <option value="browser">{t('me.browserLanguage')}</option>
                    {LANGUAGES.map(({ code, label }) => <option key={code} value={code} lang={code}>{label}</option>)}
                  </NativeSelect>
                </FormControl>
                <FormDescription>{t('me.languageHint')}</FormDescription>
              </FormItem>
            )}
          />
        </Card>
        <SaveBar dirty={isDirty} loading={save.isPending} onDiscard={() => form.reset()} />
      </form>
    </Form>
  )
}
