import { zodResolver } from '@hookform/resolvers/zod'
import { LogOut, Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type OwnSession, useChangePassword, useEndSession, useOwnSessions } from '@/api/account'
import { ApiError } from '@/api/error'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { useUnsaved } from '@/components/leave-guard'
import { SettingsPage } from '@/components/settings-page'
import { ErrorState, Notice } from '@/components/states'
import { TimeText } from '@/components/text-bits'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardDescription, CardTitle } from '@/components/ui/card'
import { Form, FormControl, FormDescription, FormField, FormItem, FormLabel, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Skeleton } from '@/components/ui/skeleton'
import { describeError, mapFieldErrors, toastError } from '@/lib/errors'
import { formatDateTime, timeAgo } from '@/lib/format'
import { useSession } from '@/lib/session'
import { z } from '@/lib/zod'
import { browserOf } from './browser-name'

const schema = z.object({
  old_password: z.string().min(1, 'validation.required'),
  new_password: z.string().min(8, 'me.passwordShort').refine((value) => new TextEncoder().encode(value).length <= 1024, 'validation.tooLong'),
})
type Values = z.infer<typeof schema>

export default function SecurityPage() {
  const { t } = useTranslation()
  return (
    <SettingsPage title={t('me.security')} description={t('me.securityLead')}>
      <div className="space-y-6">
        <Password />
        <Sessions />
      </div>
    </SettingsPage>
  )
}

function Password() {
  const { t } = useTranslation()
  const { session } = useSession()
  const change = useChangePassword()
  const [problem, setProblem] = useState<string>()
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: { old_password: '', new_password: '' } })
  useUnsaved(form.formState.isDirty)
  const submit = form.handleSubmit((values) => {
    setProblem(undefined)
    change.mutate(values, {
      onSuccess: () => {
        form.reset()
        toast.success(t('me.passwordChanged'))
      },
      onError: (error) => {
        if (error instanceof ApiError && error.code === 'wrong_password') form.setError('old_password', { type: 'server', message: describeError(error) }, { shouldFocus: true })
        else setProblem(mapFieldErrors(error, ['old_password', 'new_password'], form.setError))
      },
    })
  })
  return (
    <Card role="region" aria-labelledby="password">
      <div className="space-y-0.5 px-5 pt-4">
        <CardTitle id="password">{t('me.password')}</CardTitle>
        <CardDescription>{t('me.passwordLead')}</CardDescription>
      </div>
      <Form {...form}>
        <form noValidate className="space-y-5 p-5" onSubmit={(event) => void submit(event)}>
          {problem && <Notice>{problem}</Notice>}
          {/* Password managers look for it. */}
          <input type="email" autoComplete="username" value={session.user.email} readOnly hidden />
          <FormField
            control={form.control}
            name="old_password"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t('me.oldPassword')}</FormLabel>
                <FormControl><Input type="password" dir="ltr" autoComplete="current-password" {...field} /></FormControl>
                <FormMessage />
              </FormItem>
            )}
          />
          <FormField
            control={form.control}
            name="new_password"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t('me.newPassword')}</FormLabel>
                <FormControl><Input type="password" dir="ltr" autoComplete="new-password" {...field} /></FormControl>
                <FormDescription>{t('me.passwordHint')}</FormDescription>
                <FormMessage />
              </FormItem>
            )}
          />
          <Button type="submit" loading={change.isPending}>{t('me.changePassword')}</Button>
        </form>
      </Form>
    </Card>
  )
}

function Sessions() {
  const { t } = useTranslation()
  const sessions = useOwnSessions()
  const end = useEndSession()
  const [ending, setEnding] = useState(false)
  const others = sessions.data?.filter((one) => !one.current) ?? []
  return (
    <Card role="region" aria-labelledby="sessions">
      <div className="flex flex-wrap items-start justify-between gap-3 px-5 py-4">
        <div className="min-w-0 space-y-0.5">
          <CardTitle id="sessions">{t('me.sessions')}</CardTitle>
          <CardDescription>{t('me.sessionsLead')}</CardDescription>
        </div>
        {others.length > 0 && <Button variant="outline" size="sm" onClick={() => setEnding(true)}><LogOut className="flip-rtl" aria-hidden />{t('me.endOthers')}</Button>}
      </div>
      <div className="border-t">
        {sessions.data ? (
          <ul className="divide-y">
            {sessions.data.map((one) => (
              <SessionRow key={one.id} session={one} onEnd={() => end.mutate(one.id, { onSuccess: () => toast.success(t('me.ended')), onError: toastError })} busy={end.isPending} />
            ))}
          </ul>
        ) : sessions.error ? (
          <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
        ) : (
          <div role="status" className="space-y-3 p-5"><span className="sr-only">{t('common.loading')}</span><Skeleton className="h-10" /><Skeleton className="h-10" /></div>
        )}
      </div>
      <ConfirmDialog
        open={ending}
        onOpenChange={setEnding}
        title={t('me.endOthersTitle')}
        body={t('me.endOthersBody', { count: others.length })}
        action={t('me.endOthers')}
        loading={end.isPending}
        onConfirm={() =>
          end.mutate('others', {
            onSuccess: () => {
              setEnding(false)
              toast.success(t('me.ended'))
            },
            onError: toastError,
          })
        }
      />
    </Card>
  )
}

function SessionRow({ session, onEnd, busy }: { session: OwnSession; onEnd: () => void; busy: boolean }) {
  const { t } = useTranslation()
  const browser = browserOf(session.user_agent)
  const Icon = browser?.phone ? Smartphone : Monitor
  const name = browser ? (browser.system ? t('me.browserOn', { browser: browser.name, system: browser.system }) : browser.name) : t('me.unknownBrowser')
  return (
    <li data-session={session.current ? 'current' : 'other'} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-3.5">
      <Icon className="size-5 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium"><bdi>{name}</bdi>{session.current && <Badge variant="success">{t('me.thisBrowser')}</Badge>}</p>
        <p className="text-xs text-muted-foreground">
          <TimeText iso={session.last_seen_at}>{t('me.lastSeen', { when: timeAgo(session.last_seen_at) })}</TimeText>
          <span aria-hidden> · </span>
          {t('me.signedIn', { when: formatDateTime(session.created_at) })}
        </p>
      </div>
      {!session.current && <Button variant="outline" size="sm" disabled={busy} onClick={onEnd} aria-label={t('me.endOne', { name })}>{t('account.signOut')}</Button>}
    </li>
  )
}
