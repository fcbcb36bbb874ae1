import { Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { type Template, useTemplatesOfName } from '@/api/templates'
import { PhonePreview } from '@/components/phone/phone-preview'
import { LanguageText, StatusBadge } from '@/components/template-bits'
import { Card, CardTitle } from '@/components/ui/card'
import { Button } from '@/components/ui/button'
import { languageName } from '@/lib/language'
import { showTemplate } from '@/lib/shown'
import { isGone, sentNow } from '@/lib/template-status'
import { cn } from '@/lib/utils'

/** The languages of one name, side by side: what one says the others should say as well. */
export function Languages({ template, mayWrite }: { template: Template; mayWrite: boolean }) {
  const { t } = useTranslation()
  const all = (useTemplatesOfName(template).data ?? [template]).filter((other) => other.id === template.id || !isGone(other))
  return (
    <Card role="region" aria-labelledby="template-languages">
      <div className="flex flex-wrap items-center justify-between gap-3 px-5 py-4">
        <CardTitle id="template-languages">{t('templates.languages.title', { count: all.length })}</CardTitle>
        {mayWrite && <Button asChild variant="outline" size="sm"><Link href={`/templates/new?clone=${template.id}`}><Plus aria-hidden />{t('templates.languages.add')}</Link></Button>}
      </div>
      {all.length > 1 && (
        <ul tabIndex={0} aria-labelledby="template-languages" className="thin-scroll relative flex snap-x gap-3 overflow-x-auto border-t p-4">
          {all.map((other) => {
            const own = other.id === template.id
            return (
              <li key={other.id} data-language={other.language} className={cn('flex w-64 shrink-0 snap-start flex-col overflow-hidden rounded-xl border', own && 'border-primary ring-1 ring-primary')}>
                <div className="flex min-h-11 items-center justify-between gap-2 px-3 py-1.5 text-[0.8125rem]">
                  {own ? <span className="font-semibold" aria-current="page"><LanguageText code={other.language} /></span> : <Link href={`/templates/${other.id}`} className="inline-flex min-h-8 items-center font-medium underline-offset-2 hover:underline"><LanguageText code={other.language} /></Link>}
                  <StatusBadge template={other} />
                </div>
                <PhonePreview shown={showTemplate(sentNow(other))} language={other.language} frame="chat" label={t('templates.languages.preview', { language: languageName(other.language) })} className="flex-1 rounded-none" />
              </li>
            )
          })}
        </ul>
      )}
    </Card>
  )
}
