import { Bookmark, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type Preference, useDeletePreference, usePreferences, useSavePreference } from '@/api/preferences'
import { Notice } from '@/components/states'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuLabel, DropdownMenuSeparator, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { describeError, toastError } from '@/lib/errors'
import { useCan } from '@/lib/session'
import { record, text } from '@/lib/utils'
import type { TableView, TableViewState } from './use-table-state'

/** A saved value as a view. What a newer or older portal saved is read as far as it is understood. */
function viewOf(value: unknown): TableView {
  const { sort, filters, columns } = record(value)
  const strings = Object.entries(record(filters)).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const flags = Object.entries(record(columns)).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean')
  return { sort: text(sort), filters: Object.fromEntries(strings), columns: Object.fromEntries(flags) }
}

/** Views of a table that were saved: one's own, and those shared in the business. */
export function SavedViews({ state }: { state: TableViewState }) {
  const { t } = useTranslation()
  const { can } = useCan()
  const allowed = can('preferences:write')
  const views = usePreferences(state.name, allowed)
  const [open, setOpen] = useState<'save' | 'manage'>()
  if (!allowed) return null
  const items = views.data ?? []
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="outline" size="sm"><Bookmark aria-hidden />{t('table.views')}</Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end" className="max-h-96 w-60">
          <DropdownMenuLabel>{t('table.savedViews')}</DropdownMenuLabel>
          {items.length === 0 && <p className="px-2 pb-1.5 text-[0.8125rem] text-muted-foreground">{t('table.noViews')}</p>}
          {items.map((view) => (
            <DropdownMenuItem key={view.id} onSelect={() => state.show(viewOf(view.value))}>
              <bdi className="min-w-0 flex-1 truncate">{view.name}</bdi>
              {view.shared && <Badge variant="outline">{t('table.shared')}</Badge>}
            </DropdownMenuItem>
          ))}
          <DropdownMenuItem onSelect={() => state.show({ filters: {}, columns: {} })}>{t('table.resetView')}</DropdownMenuItem>
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => setOpen('save')}>{t('table.saveView')}</DropdownMenuItem>
          {items.length > 0 && <DropdownMenuItem onSelect={() => setOpen('manage')}>{t('table.manageViews')}</DropdownMenuItem>}
        </DropdownMenuContent>
      </DropdownMenu>
      <Dialog open={!!open} onOpenChange={(next) => !next && setOpen(undefined)}>
        <DialogContent>{open === 'save' ? <SaveView state={state} onClose={() => setOpen(undefined)} /> : <ManageViews name={state.name} items={items} />}</DialogContent>
      </Dialog>
    </>
  )
}

function SaveView({ state, onClose }: { state: TableViewState; onClose: () => void }) {
  const { t } = useTranslation()
  const { can } = useCan()
  const save = useSavePreference(state.name)
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim()) return
    save.mutate(
      { name: name.trim(), shared, value: state.view },
      {
        onSuccess: () => {
          toast.success(t('table.viewSaved', { name: name.trim() }))
          onClose()
        },
      },
    )
  }
  return (
    <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col">
      <DialogHeader>
        <DialogTitle>{t('table.saveViewTitle')}</DialogTitle>
        <DialogDescription>{t('table.saveViewHint')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-4">
        {save.error && <Notice>{describeError(save.error)}</Notice>}
        <div className="grid gap-2">
          <Label htmlFor="view-name">{t('table.viewName')}</Label>
          <Input id="view-name" dir="auto" maxLength={100} required value={name} onChange={(event) => setName(event.target.value)} autoFocus autoComplete="off" />
        </div>
        {can('preferences:share') && <label className="flex items-center gap-2.5 text-sm"><Checkbox checked={shared} onCheckedChange={(on) => setShared(on === true)} />{t('table.shareView')}</label>}
      </DialogBody>
      <DialogFooter>
        <Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" loading={save.isPending}>{t('common.save')}</Button>
      </DialogFooter>
    </form>
  )
}

function ManageViews({ name, items }: { name: string; items: Preference[] }) {
  const { t } = useTranslation()
  const { can } = useCan()
  const remove = useDeletePreference(name)
  return (
    <>
      <DialogHeader>
        <DialogTitle>{t('table.savedViews')}</DialogTitle>
        <DialogDescription className="sr-only">{t('table.saveViewHint')}</DialogDescription>
      </DialogHeader>
      <DialogBody>
        <ul className="divide-y rounded-lg border">
          {items.map((view) => (
            <li key={view.id} className="flex h-11 items-center gap-2 ps-3 pe-1.5 text-sm">
              <bdi className="min-w-0 flex-1 truncate">{view.name}</bdi>
              {view.shared && <Badge variant="outline">{t('table.shared')}</Badge>}
              {(!view.shared || can('preferences:share')) && (
                <Button variant="ghost" size="icon-sm" className="text-muted-foreground hover:text-destructive" disabled={remove.isPending} onClick={() => remove.mutate(view.id, { onError: toastError })} aria-label={t('table.deleteView', { name: view.name })}>
                  <Trash2 aria-hidden />
                </Button>
              )}
            </li>
          ))}
        </ul>
      </DialogBody>
    </>
  )
}
