import { PencilLine, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { type Draft, useDeleteDraft, useDrafts } from '@/api/template-writing'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { TimeText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { toastError } from '@/lib/errors'
import { timeAgo } from '@/lib/format'
import { useCan } from '@/lib/session'
import { list, record, text } from '@/lib/utils'
import { forget, placeOfDraft } from './kept'
import { languageName } from '@/lib/language'


export const draftHref = ({ id, template_id: template }: Draft) => (template ? `/templates/${template}/edit` : `/templates/new?draft=${id}`)

/** Templates that somebody is writing, for the page with the list of templates. Nothing is drawn while there are none. */
export function Drafts({ className }: { className?: string }) {
  const { t } = useTranslation()
  const { can } = useCan()
  const allowed = can('templates:write')
  const drafts = useDrafts(allowed)
  const remove = useDeleteDraft()
  const [asked, setAsked] = useState<Draft>()
  const heading = useRef<HTMLHeadingElement>(null)
  const rows = drafts.data ?? []
  if (rows.length === 0) return null
  const confirm = () => {
    if (!asked) return
    remove.mutate(asked.id, {
      onSuccess: () => {
        forget(placeOfDraft(asked.id))
        setAsked(undefined)
        heading.current?.focus()
      },
      onError: toastError,
    })
  }
  return (
    <section aria-label={t('templateEditor.drafts')} className={className}>
      <h2 ref={heading} tabIndex={-1} className="mb-2 text-[0.8125rem] font-semibold outline-none">{t('templateEditor.drafts')}</h2>
      <ul className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
        {rows.map((draft) => {
          const name = draft.name || t('templateEditor.unnamed')
          return (
            <li key={draft.id} data-draft={draft.id} className="relative flex items-start gap-2 rounded-lg border bg-card p-3 shadow-xs has-[a:hover]:bg-accent/50">
              <PencilLine aria-hidden className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
              <div className="min-w-0 flex-1">
                <Link href={draftHref(draft)} className="block truncate text-sm font-medium after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:ring-3 focus-visible:after:ring-ring/25"><bdi dir={draft.name ? 'ltr' : undefined}>{name}</bdi></Link>
                <p className="truncate text-xs text-muted-foreground"><bdi>{languageName(draft.language)}</bdi>{' · '}{draft.template_id && <>{t('templateEditor.draftOfChange')}{' · '}</>}<TimeText iso={draft.updated_at}>{timeAgo(draft.updated_at)}</TimeText></p>
                <p dir="auto" className="mt-1 line-clamp-2 text-start text-xs text-muted-foreground">{bodyOf(draft)}</p>
              </div>
              <Button variant="ghost" size="icon-sm" className="relative z-1 -me-1 -mt-1 text-muted-foreground" aria-label={t('templateEditor.deleteDraft', { name })} onClick={() => setAsked(draft)}><Trash2 aria-hidden /></Button>
            </li>
          )
        })}
      </ul>
      <ConfirmDialog
        open={!!asked}
        onOpenChange={(open) => !open && setAsked(undefined)}
        title={t('templateEditor.deleteDraftTitle')}
        body={t('templateEditor.deleteDraftBody')}
        action={t('common.delete')}
        loading={remove.isPending}
        onConfirm={confirm}
      />
    </section>
  )
}

const bodyOf = ({ template }: Draft) => text(list(template.components).map(record).find((part) => text(part.type)?.toUpperCase() === 'BODY')?.text)
