import { FileText, Megaphone, Puzzle, SlidersHorizontal } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { TemplateUse } from '@/api/templates'

const ICONS = { draft: FileText, default_mapping: SlidersHorizontal, campaign: Megaphone } as const

const addressOf = ({ kind, id }: TemplateUse) => (kind === 'draft' ? `/templates/new?draft=${id}` : undefined)

/** What uses a template. `plain`: inside a question, where nothing leads away. */
export function UseList({ uses, plain }: { uses: TemplateUse[]; plain?: boolean }) {
  const { t } = useTranslation()
  return (
    <span role="list" className="block space-y-1">
      {uses.map((use) => {
        const Icon = ICONS[use.kind as keyof typeof ICONS] ?? Puzzle
        const kind = t(`templates.uses.kinds.${use.kind}`, { defaultValue: use.kind.replaceAll('_', ' ') })
        const href = plain ? undefined : addressOf(use)
        // The template's own settings have its name: it says nothing.
        const named = use.kind === 'default_mapping' ? undefined : use.name
        const name = <bdi className="font-medium">{named || kind}</bdi>
        return (
          <span role="listitem" key={`${use.kind} ${use.id}`} className="flex items-center gap-2">
            <Icon className="size-4 shrink-0 opacity-70" aria-hidden />
            <span className="min-w-0">{href ? <Link href={href} className="underline-offset-2 hover:underline">{name}</Link> : name}{named && named !== kind && <span className="opacity-80"> · {kind}</span>}</span>
          </span>
        )
      })}
    </span>
  )
}
