import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { THEMES } from '@/components/appearance'
import { SettingsPage } from '@/components/settings-page'
import { setTheme, type Theme, useTheme } from '@/lib/theme'
import { cn } from '@/lib/utils'

export default function AppearancePage() {
  const { t } = useTranslation()
  const theme = useTheme()
  return (
    <SettingsPage title={t('settings.appearance')} description={t('appearance.lead')}>
      <div className="space-y-8">
        <Choice legend={t('theme.label')} hint={t('appearance.themeHint')}>
          {THEMES.map(({ value, icon: Icon }) => (
            <Option key={value} name="theme" checked={theme === value} onPick={() => setTheme(value)}>
              <Preview theme={value} />
              <span className="mt-2.5 flex items-center gap-2 text-sm font-medium"><Icon className="size-4 text-muted-foreground" aria-hidden />{t(`theme.${value}`)}</span>
            </Option>
          ))}
        </Choice>
      </div>
    </SettingsPage>
  )
}

function Choice({ legend, hint, children }: { legend: string; hint: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="text-[0.9375rem] font-semibold tracking-tight">{legend}</legend>
      <p className="mb-3 text-sm text-muted-foreground">{hint}</p>
      <div className="grid gap-3 sm:grid-cols-3">{children}</div>
    </fieldset>
  )
}

function Option({ name, checked, onPick, children }: { name: string; checked: boolean; onPick: () => void; children: ReactNode }) {
  return (
    <label className={cn('relative block cursor-pointer rounded-xl border bg-card p-3 shadow-xs hover:border-ring/60 has-focus-visible:ring-3 has-focus-visible:ring-ring/40', checked && 'border-primary ring-1 ring-primary')}>
      <input type="radio" name={name} className="sr-only" checked={checked} onChange={onPick} />
      {children}
      {checked && <Check className="absolute end-3 bottom-3.5 size-4 text-primary" aria-hidden />}
    </label>
  )
}

/** A page as it looks in a theme, drawn small; in fixed colours, since both are shown in either theme. */
const LOOKS = {
  light: { page: 'bg-[#fafbfa]', side: 'bg-[#e6ebe8]', words: 'bg-[#a7aeab]', other: 'bg-white', own: 'bg-[#d4eede]' },
  dark: { page: 'bg-[#151a1a]', side: 'bg-[#252c2c]', words: 'bg-[#6d7675]', other: 'bg-[#2b3333]', own: 'bg-[#1e5139]' },
}

function Preview({ theme }: { theme: Theme }) {
  const shown = theme === 'system' ? (['light', 'dark'] as const) : [theme]
  return (
    <span aria-hidden className="flex h-20 overflow-hidden rounded-lg border">
      {shown.map((look) => (
        <span key={look} className={cn('flex flex-1 gap-1.5 p-2', LOOKS[look].page)}>
          <span className={cn('w-1/4 rounded-sm', LOOKS[look].side)} />
          <span className="flex flex-1 flex-col gap-1.5">
            <span className={cn('h-2 w-2/3 rounded-sm', LOOKS[look].words)} />
            <span className={cn('h-3.5 w-3/4 rounded-md', LOOKS[look].other)} />
            <span className={cn('h-3.5 w-3/4 self-end rounded-md', LOOKS[look].own)} />
          </span>
        </span>
      ))}
    </span>
  )
}
