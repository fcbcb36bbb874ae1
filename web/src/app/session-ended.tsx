import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Session, useSignInAgain } from '@/api/session'
import { leave } from '@/components/leave-guard'
import { Notice } from '@/components/states'
import { AlertDialog, AlertDialogContent, AlertDialogDescription, AlertDialogTitle } from '@/components/ui/alert-dialog'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { describeError } from '@/lib/errors'

interface SessionEndedProps {
  session: Session
  /** Goes to the sign-in page instead: what is on the screen is lost. */
  onLeave: () => void
}

/** Over the page when the session has ended: after signing in again everything that was typed is still there. */
export default function SessionEnded({ session: { user }, onLeave }: SessionEndedProps) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const signIn = useSignInAgain()
  return (
    <AlertDialog open>
      <AlertDialogContent data-session-ended>
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (password) signIn.mutate({ email: user.email, password }, { onError: () => setPassword('') })
          }}
        >
          <div className="space-y-1.5">
            <AlertDialogTitle>{t('sessionEnded.title')}</AlertDialogTitle>
            <AlertDialogDescription>{t('sessionEnded.body')}</AlertDialogDescription>
          </div>
          {signIn.error && <Notice>{describeError(signIn.error)}</Notice>}
          <div className="grid gap-1.5">
            <Label htmlFor="again-password">{t('sessionEnded.password', { email: user.email })}</Label>
            <input type="email" autoComplete="username" value={user.email} readOnly hidden />
            <Input id="again-password" type="password" autoComplete="current-password" autoFocus required value={password} onChange={(event) => setPassword(event.target.value)} />
          </div>
          <div className="flex flex-wrap justify-end gap-2">
            <Button variant="ghost" onClick={() => leave(onLeave)}>{t('sessionEnded.other')}</Button>
            <Button type="submit" loading={signIn.isPending}>{t('sessionEnded.submit')}</Button>
          </div>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  )
}
