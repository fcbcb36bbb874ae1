import { Plus, Tag as TagIcon, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Tag, useCreateTag, useDeleteTag, useTags } from '@/api/tags'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { SettingsPage } from '@/components/settings-page'
import { EmptyState, ErrorState, Notice } from '@/components/states'
import { TAG_COLORS, TagChip } from '@/components/tag-chip'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Input } from '@/components/ui/input'
import { Skeleton } from '@/components/ui/skeleton'
import { describeError, toastError } from '@/lib/errors'
import { formatNumber } from '@/lib/format'
import { useCan } from '@/lib/session'

export default function TagsPage() {
  const { t } = useTranslation()
  const readOnly = !useCan().can('contacts:write')
  const tags = useTags()
  const remove = useDeleteTag()
  const [deleting, setDeleting] = useState<Tag>()
  return (
    <SettingsPage title={t('person.tags')} description={t('contacts.tagsHint')}>
      <div className="space-y-4">
          {!readOnly && <NewTag />}
          {tags.isPending ? (
            <div role="status" className="space-y-2"><span className="sr-only">{t('common.loading')}</span>{[1, 2, 3].map((i) => <Skeleton key={i} className="h-9" />)}</div>
          ) : tags.error && !tags.data ? (
            <ErrorState error={tags.error} onRetry={() => void tags.refetch()} />
          ) : tags.data?.items.length === 0 ? (
            <EmptyState icon={TagIcon} title={t('contacts.noTagsTitle')} body={t('contacts.noTagsBody')} className="py-8" />
          ) : (
            <Card><ul className="divide-y">
              {tags.data?.items.map((tag) => (
                <li key={tag.id} className="flex h-11 items-center gap-3 ps-3 pe-1.5">
                  <TagChip name={tag.name} color={tag.color} />
                  <span className="tnum ms-auto text-xs text-muted-foreground">{t('contacts.count', { count: tag.contacts, formatted: formatNumber(tag.contacts) })}</span>
                  {!readOnly && (
                    <Button variant="ghost" size="icon-sm" className="text-muted-foreground hover:text-destructive" onClick={() => setDeleting(tag)} aria-label={t('contacts.deleteTag', { name: tag.name })}>
                      <Trash2 aria-hidden />
                    </Button>
                  )}
                </li>
              ))}
            </ul></Card>
          )}
      </div>
        <ConfirmDialog
          open={!!deleting}
          onOpenChange={(next) => !next && setDeleting(undefined)}
          title={t('contacts.deleteTagTitle', { name: deleting?.name })}
          body={t('contacts.deleteTagBody', { count: deleting?.contacts ?? 0 })}
          action={t('common.delete')}
          loading={remove.isPending}
          onConfirm={() => deleting && remove.mutate(deleting.id, { onSuccess: () => setDeleting(undefined), onError: toastError })}
        />
    </SettingsPage>
  )
}

function NewTag() {
  const { t } = useTranslation()
  const create = useCreateTag()
  const [name, setName] = useState('')
  const [color, setColor] = useState<string>(TAG_COLORS[0])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim()) create.mutate({ name: name.trim(), color }, { onSuccess: () => setName('') })
  }
  return (
    <form onSubmit={submit} className="space-y-3 rounded-xl border bg-card p-4 shadow-xs">
      {create.error && <Notice>{describeError(create.error)}</Notice>}
      <div className="flex gap-2">
        <Input dir="auto" value={name} onChange={(e) => setName(e.target.value)} maxLength={60} placeholder={t('contacts.newTag')} aria-label={t('contacts.newTag')} />
        <Button type="submit" disabled={!name.trim()} loading={create.isPending}>
          {!create.isPending && <Plus aria-hidden />}
          {t('common.add')}
        </Button>
      </div>
      <div role="radiogroup" aria-label={t('contacts.colour')} className="flex gap-1.5">
        {TAG_COLORS.map((value, i) => (
          <label key={value} className="grid size-6 cursor-pointer place-items-center rounded-full has-checked:ring-2 has-checked:ring-ring has-focus-visible:ring-3 has-focus-visible:ring-ring/60">
            <input type="radio" name="tag-colour" className="sr-only" checked={color === value} onChange={() => setColor(value)} aria-label={t('contacts.colourNumber', { number: i + 1 })} />
            <span aria-hidden className="size-4 rounded-full" style={{ backgroundColor: value }} />
          </label>
        ))}
      </div>
    </form>
  )
}
