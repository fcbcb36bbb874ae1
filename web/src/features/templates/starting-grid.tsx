import { ArrowRight, LayoutTemplate, PenLine } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Button } from '@/components/ui/button'
import { STARTING_POINTS } from './starting-points'

/** Before the first template: what most businesses begin with. */
export function StartingGrid() {
  const { t } = useTranslation()
  return (
    <div data-empty className="w-full px-5 py-8">
      <div className="mx-auto max-w-2xl">
        <div className="mb-5 flex flex-col items-center text-center">
          <span className="mb-3 grid size-11 place-items-center rounded-xl border bg-card text-muted-foreground shadow-xs"><LayoutTemplate className="size-5" strokeWidth={1.75} aria-hidden /></span>
          <h2 className="font-semibold tracking-tight">{t('templates.emptyTitle')}</h2>
          <p className="max-w-md text-sm text-pretty text-muted-foreground">{t('templates.emptyBody')}</p>
        </div>
        <ul className="grid gap-3 sm:grid-cols-2">
          {STARTING_POINTS.map(({ name, icon: Icon }) => (
            <li key={name}>
              <Link href={`/templates/new?from=${name}`} data-start={name} className="group flex h-full items-start gap-3 rounded-xl border bg-card p-4 shadow-xs transition-colors hover:border-ring/60 hover:bg-accent/40">
                <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-primary-soft text-primary-soft-foreground"><Icon className="size-4.5" strokeWidth={1.75} aria-hidden /></span>
                <span className="min-w-0 flex-1">
                  <span className="block text-sm font-medium">{t(`templates.start.${name}.title`)}</span>
                  <span className="block text-[0.8125rem] text-pretty text-muted-foreground">{t(`templates.start.${name}.body`)}</span>
                </span>
                <ArrowRight className="flip-rtl mt-0.5 size-4 shrink-0 text-muted-foreground transition-transform group-hover:translate-x-0.5 rtl:group-hover:-translate-x-0.5" aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
        <p className="mt-5 text-center"><Button asChild variant="outline" size="sm"><Link href="/templates/new"><PenLine aria-hidden />{t('templates.blankStart')}</Link></Button></p>
      </div>
    </div>
  )
}

/** The same in one line, above an empty form. */
export function StartingRow() {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('templates.startFrom')} className="mb-4 flex flex-wrap items-center gap-2">
      <span aria-hidden className="text-[0.8125rem] text-muted-foreground">{t('templates.startFrom')}</span>
      {STARTING_POINTS.map(({ name, icon: Icon }) => (
        <Button key={name} asChild variant="outline" size="sm"><Link href={`/templates/new?from=${name}`} data-start={name}><Icon aria-hidden />{t(`templates.start.${name}.title`)}</Link></Button>
      ))}
    </nav>
  )
}
