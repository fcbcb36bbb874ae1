import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Channel } from '@/api/channels'
import { NativeSelect } from '@/components/ui/native-select'
import { cn } from '@/lib/utils'
import { useEditor } from './context'
import { Field, Section, TextField } from './field'
import { CATEGORIES, LIMITS } from './form'
import { languageName } from '@/lib/language'
import { languagesByName, LANGUAGES } from './languages'
import { metaName } from './variables'

/** What the template is called, in which language, for whose account and what for. */
export function IdentitySection({ channels }: { channels: Channel[] }) {
  const { t, i18n } = useTranslation()
  const { values, set, editing, nameFixed } = useEditor()
  // Names of the languages are in the reader's own.
  const languages = useMemo(() => languagesByName(), [i18n.language])
  return (
    <Section title={t('templateEditor.identity')}>
      {(channels.length > 1 || !values.channel) && (
        <Field name="channel" label={t('templateEditor.number')} hint={t('templateEditor.numberHint')}>
          {(control) => (
            <NativeSelect {...control} disabled={editing} value={values.channel} onChange={(event) => set({ channel: event.target.value })}>
              {!values.channel && <option value="">{t('templateEditor.chooseNumber')}</option>}
              {channels.map((channel) => <option key={channel.id} value={channel.id}>{[channel.name, channel.display_phone_number].filter(Boolean).join(' · ')}</option>)}
            </NativeSelect>
          )}
        </Field>
      )}
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_14rem]">
        <TextField
          name="name"
          label={t('templateEditor.name')}
          hint={t(editing ? 'templateEditor.nameFixed' : nameFixed ? 'templateEditor.nameShared' : 'templateEditor.nameHint')}
          value={values.name}
          max={LIMITS.name}
          disabled={editing || nameFixed}
          dir="ltr"
          spellCheck={false}
          autoCapitalize="none"
          placeholder="order_update"
          onValue={(typed) => set({ name: metaName(typed) })}
        />
        <Field name="language" label={t('templateEditor.language')}>
          {(control) => (
            <NativeSelect {...control} disabled={editing} value={values.language} onChange={(event) => set({ language: event.target.value })}>
              {!LANGUAGES.includes(values.language) && <option value={values.language}>{languageName(values.language)}</option>}
              {languages.map(({ code, name }) => <option key={code} value={code}>{name}</option>)}
            </NativeSelect>
          )}
        </Field>
      </div>
      <CategoryChoice />
    </Section>
  )
}

function CategoryChoice() {
  const { t } = useTranslation()
  const { values, set, categoryFixed } = useEditor()
  return (
    <Field name="category" label={t('templateEditor.category')} group hint={categoryFixed ? t('templateEditor.categoryFixed') : undefined}>
      {({ id, ...control }) => (
        <div id={id} tabIndex={-1} role="radiogroup" aria-label={t('templateEditor.category')} aria-describedby={control['aria-describedby']} className="grid gap-2 outline-none lg:grid-cols-3">
          {CATEGORIES.map((category) => (
            <label
              key={category}
              className={cn(
                'relative flex cursor-pointer flex-col gap-0.5 rounded-lg border bg-card p-3 shadow-xs has-focus-visible:ring-3 has-focus-visible:ring-ring/25 has-checked:border-primary has-checked:bg-primary-soft has-disabled:cursor-not-allowed has-disabled:not-has-checked:opacity-60',
              )}
            >
              <input type="radio" name="category" className="sr-only" disabled={categoryFixed} checked={values.category === category} onChange={() => set({ category })} />
              <span className="text-sm font-medium">{t(`templateEditor.categories.${category}.title`)}</span>
              <span className="text-[0.8125rem] leading-snug text-muted-foreground">{t(`templateEditor.categories.${category}.what`)}</span>
              <span className="mt-1 text-xs leading-snug text-muted-foreground">{t(`templateEditor.categories.${category}.cost`)}</span>
            </label>
          ))}
        </div>
      )}
    </Field>
  )
}
