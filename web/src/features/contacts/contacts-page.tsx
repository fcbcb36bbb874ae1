import { BookUser, MessageSquare, Pencil, Plus, Search, SearchX, Tag as TagIcon, Tags, Trash2, X } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Link, useLocation, useSearchParams } from 'wouter'
import { type Contact, useContacts, useDeleteContact, useSaveContact } from '@/api/contacts'
import { rows } from '@/api/page'
import { useTags } from '@/api/tags'
import { type Batch, BatchDialog } from '@/components/batch'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { Page } from '@/components/page'
import { EmptyState, ErrorState } from '@/components/states'
import type { RowAction, TableFilter } from '@/components/table/columns'
import { DataTable } from '@/components/table/data-table'
import { TableSkeleton } from '@/components/table/table-skeleton'
import { useTableState } from '@/components/table/use-table-state'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { toastError } from '@/lib/errors'
import { displayName } from '@/lib/format'
import { useDebounced, useHotkeys } from '@/lib/hooks'
import { useCan } from '@/lib/session'
import { contactColumns } from './contact-columns'
import { ContactSheet } from './contact-sheet'
import { ExportMenu } from './export-menu'
import { TagPicker } from './tag-picker'

export default function ContactsPage({ contactId }: { contactId?: string }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [params, setParams] = useSearchParams()
  const { can, module } = useCan()
  const [query, setQuery] = useState(params.get('search') ?? '')
  const [deleting, setDeleting] = useState<Contact>()
  const [batch, setBatch] = useState<Batch<Contact>>()
  const [tagging, setTagging] = useState<{ contacts: Contact[]; clear: () => void }>()
  const searchRef = useRef<HTMLInputElement>(null)
  const search = useDebounced(query.trim()) || undefined
  const state = useTableState('contacts', ['tag'])
  const { tag } = state.filters
  const contacts = useContacts({ search, tag })
  const tags = useTags()
  const remove = useDeleteContact()
  const save = useSaveContact()
  const items = useMemo(() => rows(contacts.data), [contacts.data])
  const write = can('contacts:write')
  const kept = params.toString()
  const back = () => navigate(kept ? `/contacts?${kept}` : '/contacts')
  const open = (id: string) => navigate(kept ? `/contacts/${id}?${kept}` : `/contacts/${id}`)
  const nameOf = (contact: Contact) => displayName(contact, t('person.unknown'))

  useEffect(() => {
    setParams((p) => {
      if (search) p.set('search', search)
      else p.delete('search')
      return p
    }, { replace: true })
    // The address follows the search, not the other way round.
  }, [search, setParams])
  useHotkeys({ '/': () => searchRef.current?.focus(), ...(write ? { n: () => open('new') } : {}) })

  const actions = (contact: Contact): RowAction[] => [
    ...(module('messaging') && can('messages:send') ? [{ label: t('contacts.message'), icon: MessageSquare, run: () => navigate(`/inbox?new=${contact.id}`) }] : []),
    ...(write
      ? [
          { label: t('common.edit'), icon: Pencil, run: () => open(contact.id) },
          { label: t('common.delete'), icon: Trash2, destructive: true, run: () => setDeleting(contact) },
        ]
      : []),
  ]
  const latest = useRef({ open, setTag: (value: string) => state.setFilter('tag', value) })
  latest.current = { open, setTag: (value: string) => state.setFilter('tag', value) }
  const colors = tags.data?.items
  const columns = useMemo(
    () =>
      contactColumns({
        t,
        colors: new Map(colors?.map((item) => [item.name, item.color])),
        onOpen: (contact) => latest.current.open(contact.id),
        onTag: (name) => latest.current.setTag(name),
      }),
    [t, colors],
  )
  const known = (colors ?? []).map(({ name }) => ({ value: name, label: name }))
  const filters: TableFilter<Contact>[] = [{ id: 'tag', label: t('contacts.tag'), options: known }]
  const removeMany = (chosen: Contact[], clear: () => void) =>
    setBatch({
      items: chosen,
      title: t('contacts.deleteMany', { count: chosen.length }),
      question: t('contacts.deleteBody'),
      label: t('contacts.deletingMany'),
      action: t('common.delete'),
      destructive: true,
      nameOf,
      run: (contact) => remove.mutateAsync(contact.id),
      onDone: clear,
    })
  const tagMany = (name: string) => {
    if (!tagging) return
    const { contacts: chosen, clear } = tagging
    setTagging(undefined)
    setBatch({
      items: chosen.filter((contact) => !contact.tags.includes(name)),
      title: t('contacts.tagMany', { name }),
      question: t('contacts.tagManyBody', { count: chosen.length }),
      label: t('contacts.taggingMany'),
      action: t('contacts.addTag'),
      nameOf,
      run: (contact) => save.mutateAsync({ id: contact.id, body: { tags: [...contact.tags, name] } }),
      onDone: clear,
    })
  }
  const filtered = !!(search ?? tag)
  const clear = () => {
    setQuery('')
    state.clearFilters()
  }
  const add = write && (
    <Button onClick={() => open('new')}>
      <Plus aria-hidden />
      {t('contacts.add')}
    </Button>
  )
  const searchField = (
    <div className="relative min-w-52 flex-1 sm:max-w-xs">
      <Search className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input ref={searchRef} type="search" className="ps-8.5 pe-8" value={query} onChange={(e) => setQuery(e.target.value)} placeholder={t('contacts.searchPlaceholder')} aria-label={t('contacts.searchPlaceholder')} />
      {query && (
        <button type="button" onClick={() => setQuery('')} aria-label={t('common.clearSearch')} className="absolute end-1 top-1 grid size-7 place-items-center rounded text-muted-foreground hover:text-foreground">
          <X className="size-4" aria-hidden />
        </button>
      )}
    </div>
  )
  const nothing = filtered ? (
    <EmptyState icon={SearchX} title={t('contacts.noMatchTitle')} body={t('contacts.noMatchBody')} action={<Button variant="outline" size="sm" onClick={clear}>{t('common.clearFilters')}</Button>} />
  ) : (
    <EmptyState icon={BookUser} title={t('contacts.emptyTitle')} body={t('contacts.emptyBody')} action={add} />
  )

  return (
    <Page
      title={t('contacts.title')}
      description={t('contacts.lead')}
      actions={
        <>
          <Button asChild variant="outline"><Link href="/settings/tags"><Tags aria-hidden />{t('person.tags')}</Link></Button>
          {can('contacts:export') && items.length > 0 && <ExportMenu filter={{ search, tag }} />}
          {add}
        </>
      }
    >
      {contacts.error && !contacts.data ? (
        <ErrorState error={contacts.error} onRetry={() => void contacts.refetch()} />
      ) : (
        <DataTable
          state={state}
          label={t('contacts.title')}
          columns={columns}
          rows={items}
          nameOf={nameOf}
          filters={filters}
          search={searchField}
          actions={actions}
          more={contacts}
          loading={contacts.isPending && <TableSkeleton rows={8} />}
          empty={nothing}
          selection={write ? {
            words: (count) => t('contacts.selected', { count }),
            bar: (chosen, done) => (
              <>
                <Button size="sm" variant="outline" onClick={() => setTagging({ contacts: chosen, clear: done })}><TagIcon aria-hidden />{t('contacts.addTag')}</Button>
                <Button size="sm" variant="outline" className="text-destructive" onClick={() => removeMany(chosen, done)}><Trash2 aria-hidden />{t('common.delete')}</Button>
              </>
            ),
          } : undefined}
        />
      )}

      <ContactSheet contactId={contactId} readOnly={!write} tags={tags.data?.items ?? []} onClose={back} onDelete={setDeleting} />
      <TagPicker open={!!tagging} tags={tags.data?.items ?? []} onClose={() => setTagging(undefined)} onPick={tagMany} />
      <BatchDialog batch={batch} onClose={() => setBatch(undefined)} />
      <ConfirmDialog
        open={!!deleting}
        onOpenChange={(next) => !next && setDeleting(undefined)}
        title={t('contacts.deleteTitle', { name: deleting ? nameOf(deleting) : '' })}
        body={t('contacts.deleteBody')}
        action={t('contacts.delete')}
        loading={remove.isPending}
        onConfirm={() =>
          deleting &&
          remove.mutate(deleting.id, {
            onSuccess: () => {
              toast.success(t('contacts.deleted', { name: nameOf(deleting) }))
              if (contactId === deleting.id) back()
              setDeleting(undefined)
            },
            onError: toastError,
          })
        }
      />
    </Page>
  )
}
