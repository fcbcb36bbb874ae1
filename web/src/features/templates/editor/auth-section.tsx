import { Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { useItemFocus } from '@/lib/hooks'
import { directionOf } from '@/lib/shown'
import { cn } from '@/lib/utils'
import { useEditor } from './context'
import { Field, Findings, Section, TextField } from './field'
import { LIMITS, OTP_TYPES, type TemplateForm } from './form'

/** An authentication template: WhatsApp writes it, and these are its settings. */
export function AuthSection() {
  const { t } = useTranslation()
  const { values, set, findingsAt } = useEditor()
  const { auth, language } = values
  const change = (part: Partial<TemplateForm['auth']>) => set({ auth: { ...auth, ...part } })
  return (
    <Section title={t('templateEditor.code')} description={t('templateEditor.codeLead')}>
      <Field name="auth.otp" label={t('templateEditor.otp')} group>
        {({ id, ...control }) => (
          <div id={id} tabIndex={-1} role="radiogroup" aria-label={t('templateEditor.otp')} aria-describedby={control['aria-describedby']} className="grid gap-2 outline-none lg:grid-cols-3">
            {OTP_TYPES.map((otp) => (
              <label key={otp} className={cn('relative flex cursor-pointer flex-col gap-0.5 rounded-lg border bg-card p-3 shadow-xs has-checked:border-primary has-checked:bg-primary-soft has-focus-visible:ring-3 has-focus-visible:ring-ring/25')}>
                <input type="radio" name="otp" className="sr-only" checked={auth.otp === otp} onChange={() => change({ otp })} />
                <span className="text-sm font-medium">{t(`templateEditor.otps.${otp}.title`)}</span>
                <span className="text-[0.8125rem] leading-snug text-muted-foreground">{t(`templateEditor.otps.${otp}.what`)}</span>
              </label>
            ))}
          </div>
        )}
      </Field>
      {auth.otp !== 'COPY_CODE' && <Apps />}
      {auth.otp === 'ZERO_TAP' && (
        <Field name="auth.terms" label={t('templateEditor.termsTitle')} group>
          {({ id, ...control }) => (
            <label className="flex items-start gap-2 text-[0.8125rem] leading-snug">
              <Checkbox id={id} {...control} className="mt-0.5" checked={auth.terms} onCheckedChange={(on) => change({ terms: on === true })} />
              {t('templateEditor.terms')}
            </label>
          )}
        </Field>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField name="auth.text" label={t('templateEditor.copyText')} optional value={auth.text} max={LIMITS.buttonText} dir={directionOf(language)} placeholder={t('templateEditor.copyTextPlaceholder')} onValue={(text) => change({ text })} />
        {auth.otp !== 'COPY_CODE' && <TextField name="auth.autofill" label={t('templateEditor.autofillText')} optional value={auth.autofill} max={LIMITS.buttonText} dir={directionOf(language)} placeholder={t('templateEditor.autofillPlaceholder')} onValue={(autofill) => change({ autofill })} />}
        <TextField name="auth.expiry" label={t('templateEditor.expiry')} optional value={auth.expiry} dir="ltr" inputMode="numeric" hint={t('templateEditor.expiryHint')} onValue={(expiry) => change({ expiry: expiry.trim() })} />
      </div>
      <label className="flex items-start gap-2 text-[0.8125rem] leading-snug">
        <Checkbox className="mt-0.5" checked={auth.security} onCheckedChange={(on) => change({ security: on === true })} />
        {t('templateEditor.security')}
      </label>
      <Findings findings={findingsAt('auth.security')} />
    </Section>
  )
}

/** The apps that take the code without anybody copying it. */
function Apps() {
  const { t } = useTranslation()
  const { values, set } = useEditor()
  const { auth } = values
  const { list, focusItem } = useItemFocus<HTMLDivElement>(auth.apps.length)
  const change = (apps: TemplateForm['auth']['apps']) => set({ auth: { ...auth, apps } })
  const edit = (at: number, part: Partial<(typeof auth.apps)[number]>) => change(auth.apps.map((app, i) => (i === at ? { ...app, ...part } : app)))
  return (
    <Field name="auth.apps" label={t('templateEditor.apps')} group hint={t('templateEditor.appsHint')}>
      {({ id }) => (
        <div id={id} tabIndex={-1} ref={list} className="grid gap-3 outline-none">
          {auth.apps.map((app, at) => (
            <div key={at} data-item className="flex items-start gap-1.5">
              <div className="grid min-w-0 flex-1 gap-3 sm:grid-cols-2">
                <TextField name={`auth.apps.${at}.package_name`} label={t('templateEditor.package')} value={app.package_name} dir="ltr" spellCheck={false} placeholder="com.example.app" onValue={(name) => edit(at, { package_name: name.trim() })} />
                <TextField name={`auth.apps.${at}.signature_hash`} label={t('templateEditor.hash')} value={app.signature_hash} max={LIMITS.hash} dir="ltr" spellCheck={false} placeholder="K8a/AINcGX7" onValue={(hash) => edit(at, { signature_hash: hash.trim() })} />
              </div>
              {auth.apps.length > 1 && (
                <Button
                  variant="ghost"
                  size="icon"
                  className="mt-6 text-muted-foreground"
                  aria-label={t('templateEditor.removeApp', { n: at + 1 })}
                  onClick={() => {
                    focusItem(at - 1)
                    change(auth.apps.filter((_, i) => i !== at))
                  }}
                >
                  <Trash2 aria-hidden />
                </Button>
              )}
            </div>
          ))}
          {auth.apps.length < LIMITS.apps && (
            <Button
              variant="outline"
              size="sm"
              className="justify-self-start"
              onClick={() => {
                focusItem(auth.apps.length)
                change([...auth.apps, { package_name: '', signature_hash: '' }])
              }}
            >
              <Plus aria-hidden />
              {t('templateEditor.addApp')}
            </Button>
          )}
        </div>
      )}
    </Field>
  )
}
