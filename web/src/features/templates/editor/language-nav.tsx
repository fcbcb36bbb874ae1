import { Languages, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import type { Draft } from '@/api/template-writing'
import type { Template } from '@/api/templates'
import { Button } from '@/components/ui/button'
import { Label } from '@/components/ui/label'
import { NativeSelect } from '@/components/ui/native-select'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { cn } from '@/lib/utils'
import { languageName } from '@/lib/language'
import { languagesByName } from './languages'

interface LanguageNavProps {
  /** The language that is open. */
  current: string
  templates: Template[]
  drafts: Draft[]
}

/** The languages of one name side by side, and the way to another one. */
export function LanguageNav({ current, templates, drafts }: LanguageNavProps) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [chosen, setChosen] = useState('')
  const rows = [
    ...templates.map(({ id, language }) => ({ language, href: `/templates/${id}/edit`, draft: false })),
    ...drafts.filter(({ language }) => !templates.some((template) => template.language === language)).map(({ id, language }) => ({ language, href: `/templates/new?draft=${id}`, draft: true })),
  ]
  const base = templates.find(({ language }) => language === current) ?? templates[0]
  const others = rows.filter(({ language }) => language !== current)
  if (others.length === 0 && !base) return null
  const taken = new Set([current, ...rows.map(({ language }) => language)])
  const chip = 'inline-flex min-h-8 items-center gap-1.5 rounded-md px-2.5 text-[0.8125rem] font-medium pointer-coarse:min-h-11'
  return (
    <nav aria-label={t('templateEditor.languages')} className="mb-4 flex flex-wrap items-center gap-1">
      <Languages aria-hidden className="me-1 size-4 text-muted-foreground" />
      <span aria-current="page" className={cn(chip, 'bg-muted')}><bdi>{languageName(current)}</bdi></span>
      {others.map(({ language, href, draft }) => (
        <Link key={href} href={href} className={cn(chip, 'text-muted-foreground hover:bg-accent hover:text-foreground')}>
          <bdi>{languageName(language)}</bdi>
          {draft && <span className="text-xs font-normal">{t('templateEditor.draft')}</span>}
        </Link>
      ))}
      {base && (
        <Popover>
          <PopoverTrigger asChild><Button variant="ghost" size="sm"><Plus aria-hidden />{t('templateEditor.addLanguage')}</Button></PopoverTrigger>
          <PopoverContent className="grid gap-2">
            <Label htmlFor="add-language">{t('templateEditor.addLanguageHint')}</Label>
            <NativeSelect id="add-language" value={chosen} onChange={(event) => setChosen(event.target.value)}>
              <option value="" />
              {languagesByName().filter(({ code }) => !taken.has(code)).map(({ code, name }) => <option key={code} value={code}>{name}</option>)}
            </NativeSelect>
            <Button size="sm" disabled={!chosen} onClick={() => navigate(`/templates/new?clone=${base.id}&language=${chosen}`)}>{t('templateEditor.cloneTo')}</Button>
          </PopoverContent>
        </Popover>
      )}
    </nav>
  )
}
