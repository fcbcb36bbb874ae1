import { ChevronDown, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '@/lib/utils'

/** A symbol and what it stands for; more below. */
export function Labelled({ icon: Icon, label, hint, children }: { icon: LucideIcon; label: ReactNode; hint?: ReactNode; children?: ReactNode }) {
  return (
    <span className="block space-y-1">
      <span className="flex items-center gap-2">
        <span className="grid size-8 shrink-0 place-items-center rounded-full bg-foreground/8">
          <Icon className="size-4" aria-hidden />
        </span>
        <span className="min-w-0">
          <span dir="auto" className="align-ui block break-words">{label}</span>
          {hint && <span className="block text-xs opacity-75">{hint}</span>}
        </span>
      </span>
      {children}
    </span>
  )
}

/** The small line above a message that says what kind of thing it is. */
export function Overline({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <span className="mb-0.5 flex items-center gap-1.5 text-[0.6875rem] font-medium opacity-70">
      <Icon className="size-3 shrink-0" aria-hidden />
      <span className="min-w-0 truncate">{children}</span>
    </span>
  )
}

/** A card inside a bubble. */
export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return <span className={cn('block w-72 max-w-full overflow-hidden rounded-lg border border-foreground/10 bg-foreground/4', className)}>{children}</span>
}

/** What WhatsApp sent, word for word, for those who want to see it. */
export function RawDetails({ value }: { value: unknown }) {
  const { t } = useTranslation()
  return (
    <details className="group/raw mt-1 text-xs">
      <summary className="inline-flex cursor-pointer list-none items-center gap-1 underline underline-offset-2 opacity-80 [&::-webkit-details-marker]:hidden">
        {t('kinds.showDetails')}
        <ChevronDown className="size-3 transition-transform group-open/raw:rotate-180" aria-hidden />
      </summary>
      <pre dir="ltr" tabIndex={0} className="thin-scroll mt-1.5 max-h-56 overflow-auto rounded-md bg-foreground/6 p-2 font-mono text-[0.6875rem] leading-snug whitespace-pre-wrap break-all text-start">
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  )
}

/** Looks like the button on the customer's phone; here it only shows what is offered. */
export function OfferedButton({ icon: Icon, children, title, href }: { icon?: LucideIcon; children: ReactNode; title?: string; href?: string }) {
  const inside = (
    <>
      {Icon && <Icon className="flip-rtl size-3.5 shrink-0" aria-hidden />}
      <span dir="auto" className="min-w-0 truncate">{children}</span>
    </>
  )
  const look = 'flex w-full items-center justify-center gap-1.5 px-3 py-2 text-center text-[0.8125rem] font-medium text-info-soft-foreground'
  return href ? (
    <a href={href} title={title ?? href} target="_blank" rel="noreferrer noopener" className={cn(look, 'underline-offset-2 hover:underline')}>{inside}</a>
  ) : (
    <span title={title} className={look}>{inside}</span>
  )
}
