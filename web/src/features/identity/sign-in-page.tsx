import { zodResolver } from '@hookform/resolvers/zod'
import { ArrowRight, Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from '@/lib/zod'
import { ApiError } from '@/api/error'
import { type Session, useConfig, useSignIn } from '@/api/session'
import { AppearanceMenu } from '@/components/appearance'
import { Avatar } from '@/components/avatar'
import { BrandMark } from '@/components/brand'
import { Notice } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Form, FormControl, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { setLanguage } from '@/i18n'
import { announceNextPage } from '@/lib/arrival'
import { describeError } from '@/lib/errors'
import { useNow } from '@/lib/hooks'
import { usePageTitle } from '@/lib/title'

/** The heading of the first page is read out, in the language that the user chose for the portal. */
function arrived({ user }: Session) {
  announceNextPage()
  if (user.language) void setLanguage(user.language)
}

const schema = z.object({
  email: z.string().trim().min(1, 'validation.required').email('validation.email'),
  password: z.string().min(1, 'validation.required'),
})
type Values = z.infer<typeof schema>

export default function SignInPage() {
  const { t } = useTranslation()
  const config = useConfig()
  const signIn = useSignIn()
  const [shown, setShown] = useState(false)
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: { email: '', password: '' } })
  usePageTitle(t('signIn.title'))
  const brand = config.data?.brand.name ?? 'WhatsApp Pro'
  const demo = config.data?.demo_logins ?? []

  return (
    <div className="flex min-h-full flex-col bg-background">
      <header className="flex justify-end p-3">
        <AppearanceMenu />
      </header>
      <main className="mx-auto flex w-full max-w-[23rem] flex-1 flex-col justify-center px-5 pb-24">
        <BrandMark className="mb-6 size-10" />
        <h1 className="text-[1.375rem] leading-tight font-semibold tracking-tight">{t('signIn.heading', { brand })}</h1>
        <p className="mt-1 mb-7 text-sm text-muted-foreground">{t('signIn.lead')}</p>
        <Form {...form}>
          <form
            noValidate
            className="space-y-4"
            onSubmit={(e) =>
              void form.handleSubmit((values) =>
                signIn.mutate(values, { onSuccess: arrived, onError: () => form.setFocus('password', { shouldSelect: true }) }),
              )(e)
            }
          >
            {signIn.error && <SignInError error={signIn.error} at={signIn.submittedAt} />}
            <FormField
              control={form.control}
              name="email"
              render={({ field }) => (
                <FormItem>
                  <FormLabel>{t('signIn.email')}</FormLabel>
                  <FormControl>
                    <Input type="email" dir="ltr" autoComplete="username" autoFocus className="h-10" {...field} />
                  </FormControl>
                  <FormMessage />
                </FormItem>
              )}
            />
            <FormField
              control={form.control}
              name="password"
              render={({ field }) => (
                <FormItem>
                  <FormLabel>{t('signIn.password')}</FormLabel>
                  <div className="relative">
                    <FormControl>
                      <Input type={shown ? 'text' : 'password'} dir="ltr" autoComplete="current-password" className="h-10 pe-10" {...field} />
                    </FormControl>
                    <button
                      type="button"
                      onClick={() => setShown(!shown)}
                      aria-pressed={shown}
                      aria-label={t('signIn.showPassword')}
                      className="absolute end-1 top-1 grid size-8 place-items-center rounded-md text-muted-foreground hover:text-foreground"
                    >
                      {shown ? <EyeOff className="size-4" aria-hidden /> : <Eye className="size-4" aria-hidden />}
                    </button>
                  </div>
                  <FormMessage />
                </FormItem>
              )}
            />
            <Button type="submit" className="h-10 w-full" loading={signIn.isPending}>
              {t('signIn.submit')}
            </Button>
          </form>
        </Form>
        {demo.length > 0 && (
          <section className="mt-8" aria-labelledby="demo-heading">
            <h2 id="demo-heading" className="mb-2 text-xs font-medium text-muted-foreground">
              {t('signIn.demo')}
            </h2>
            <ul className="divide-y overflow-hidden rounded-lg border bg-card shadow-xs">
              {demo.map((login) => (
                <li key={login.email}>
                  <button
                    type="button"
                    className="group flex w-full items-center gap-3 px-3 py-2.5 text-start transition-colors hover:bg-accent disabled:opacity-60"
                    disabled={signIn.isPending}
                    onClick={() => {
                      form.reset({ email: login.email, password: login.password })
                      signIn.mutate({ email: login.email, password: login.password }, { onSuccess: arrived })
                    }}
                  >
                    <Avatar name={login.label.split(/[,،]/)[0] ?? ''} size="sm" />
                    <span className="min-w-0 flex-1">
                      <span className="block truncate text-[0.8125rem] font-medium">{login.label}</span>
                      <span className="ltr-isolate block truncate text-xs text-muted-foreground rtl:text-end">{login.email}</span>
                    </span>
                    <ArrowRight className="flip-rtl size-4 text-muted-foreground opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100" aria-hidden />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </main>
    </div>
  )
}

/** A wrong password and a rate limit need different words; the limit counts down by itself. */
function SignInError({ error, at }: { error: Error; at: number }) {
  const { t } = useTranslation()
  const now = useNow(1000)
  if (error instanceof ApiError && error.status === 429) {
    const left = Math.max(0, Math.ceil((at + (error.retryAfter ?? 60) * 1000 - now) / 1000))
    // Announced once, not with every second that passes.
    return <Notice tone="warning">{left > 0 ? <span aria-live="off">{t('signIn.rateLimited', { count: left })}</span> : t('signIn.rateLimitOver')}</Notice>
  }
  return <Notice>{describeError(error)}</Notice>
}
