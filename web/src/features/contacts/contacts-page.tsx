import { BookUser, MessageSquare, Pencil, Plus, Search, SearchX, Tags, Trash2, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useLocation, useSearchParams } from 'wouter'
import { type Contact, useContacts, useDeleteContact } from '@/api/contacts'
import { rows } from '@/api/page'
import { useTags } from '@/api/tags'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { Page } from '@/components/page'
import { EmptyState, ErrorState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select'
import { Skeleton } from '@/components/ui/skeleton'
import { toastError } from '@/lib/errors'
import { displayName } from '@/lib/format'
import { useDebounced, useHotkeys, useMediaQuery, useOnVisible } from '@/lib/hooks'
import { useCan } from '@/lib/session'
import { ContactCards, ContactTable, type RowAction } from './contact-rows'
import { ContactSheet } from './contact-sheet'
import { TagsDialog } from './tags-dialog'

const ANY = '*'

export default function ContactsPage({ contactId }: { contactId?: string }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [params, setParams] = useSearchParams()
  const { can, module } = useCan()
  const wide = useMediaQuery('(min-width: 768px)')
  const [query, setQuery] = useState(params.get('search') ?? '')
  const [tagsOpen, setTagsOpen] = useState(false)
  const [deleting, setDeleting] = useState<Contact>()
  const searchRef = useRef<HTMLInputElement>(null)
  const search = useDebounced(query.trim()) || undefined
  const tag = params.get('tag') ?? undefined
  const contacts = useContacts({ search, tag })
  const tags = useTags()
  const remove = useDeleteContact()
  const items = rows(contacts.data)
  const write = can('contacts:write')
  const end = useOnVisible(() => void contacts.fetchNextPage(), contacts.hasNextPage && !contacts.isFetchingNextPage)
  const colors = new Map(tags.data?.items.map((item) => [item.name, item.color]))
  const kept = params.toString()
  const back = () => navigate(kept ? `/contacts?${kept}` : '/contacts')
  const open = (id: string) => navigate(kept ? `/contacts/${id}?${kept}` : `/contacts/${id}`)

  useEffect(() => {
    setParams((p) => {
      if (search) p.set('search', search)
      else p.delete('search')
      return p
    }, { replace: true })
    // The address follows the search, not the other way round.
  }, [search, setParams])
  useHotkeys({ '/': () => searchRef.current?.focus(), ...(write ? { n: () => open('new') } : {}) })

  const setTag = (value: string) =>
    setParams((p) => {
      if (value === ANY) p.delete('tag')
      else p.set('tag', value)
      return p
    }, { replace: true })

  const actions = (contact: Contact): RowAction[] => [
    ...(module('messaging') && can('messages:send') ? [{ label: t('contacts.message'), icon: MessageSquare, run: () => navigate(`/inbox?new=${contact.id}`) }] : []),
    ...(write
      ? [
          { label: t('common.edit'), icon: Pencil, run: () => open(contact.id) },
          { label: t('common.delete'), icon: Trash2, destructive: true, run: () => setDeleting(contact) },
        ]
      : []),
  ]
  const filtered = !!(search ?? tag)
  const add = write && (
    <Button onClick={() => open('new')}>
      <Plus aria-hidden />
      {t('contacts.add')}
    </Button>
  )
  const rowProps = { items, colors, actions, onOpen: (contact: Contact) => open(contact.id), onTag: setTag }

  return (
    <Page
      title={t('contacts.title')}
      description={t('contacts.lead')}
      actions={
        <>
          <Button variant="outline" onClick={() => setTagsOpen(true)}>
            <Tags aria-hidden />
            {t('person.tags')}
          </Button>
          {add}
        </>
      }
    >
      <div className="mb-3 flex flex-wrap gap-2">
        <div className="relative min-w-52 flex-1 sm:max-w-xs">
          <Search className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground" aria-hidden />
          <Input ref={searchRef} type="search" className="ps-8.5 pe-8" value={query} onChange={(e) => setQuery(e.target.value)} placeholder={t('contacts.searchPlaceholder')} aria-label={t('contacts.searchPlaceholder')} />
          {query && (
            <button type="button" onClick={() => setQuery('')} aria-label={t('common.clearSearch')} className="absolute end-1 top-1 grid size-7 place-items-center rounded text-muted-foreground hover:text-foreground">
              <X className="size-4" aria-hidden />
            </button>
          )}
        </div>
        <Select value={tag ?? ANY} onValueChange={setTag}>
          <SelectTrigger className="w-auto min-w-36" aria-label={t('contacts.filterByTag')}><SelectValue /></SelectTrigger>
          <SelectContent>
            <SelectItem value={ANY}>{t('contacts.anyTag')}</SelectItem>
            {tags.data?.items.map((item) => <SelectItem key={item.id} value={item.name}>{item.name}</SelectItem>)}
            {tag && !tags.data?.items.some((item) => item.name === tag) && <SelectItem value={tag}>{tag}</SelectItem>}
          </SelectContent>
        </Select>
      </div>

      {contacts.isPending ? (
        <div role="status" className="space-y-px overflow-hidden rounded-xl border bg-card">
          <span className="sr-only">{t('common.loading')}</span>
          {Array.from({ length: 8 }, (_, i) => (
            <div key={i} className="flex items-center gap-3 px-4 py-3">
              <Skeleton className="size-8 rounded-full" />
              <Skeleton className="h-3.5 w-36" />
              <Skeleton className="ms-auto h-3.5 w-28" />
            </div>
          ))}
        </div>
      ) : contacts.error && !contacts.data ? (
        <ErrorState error={contacts.error} onRetry={() => void contacts.refetch()} />
      ) : items.length === 0 ? (
        <div className="grid flex-1 place-items-center rounded-xl border border-dashed">
          {filtered ? (
            <EmptyState icon={SearchX} title={t('contacts.noMatchTitle')} body={t('contacts.noMatchBody')} action={<Button variant="outline" size="sm" onClick={() => { setQuery(''); setTag(ANY) }}>{t('common.clearFilters')}</Button>} />
          ) : (
            <EmptyState icon={BookUser} title={t('contacts.emptyTitle')} body={t('contacts.emptyBody')} action={add} />
          )}
        </div>
      ) : (
        <>
          {wide ? <ContactTable {...rowProps} /> : <ContactCards {...rowProps} />}
          <div ref={end} />
          {contacts.isFetchingNextPage && <p role="status" className="py-4 text-center text-xs text-muted-foreground">{t('common.loading')}</p>}
        </>
      )}

      <ContactSheet contactId={contactId} readOnly={!write} tags={tags.data?.items ?? []} onClose={back} onDelete={setDeleting} />
      <TagsDialog open={tagsOpen} onOpenChange={setTagsOpen} readOnly={!write} />
      <ConfirmDialog
        open={!!deleting}
        onOpenChange={(next) => !next && setDeleting(undefined)}
        title={t('contacts.deleteTitle', { name: deleting ? displayName(deleting, t('person.unknown')) : '' })}
        body={t('contacts.deleteBody')}
        action={t('contacts.delete')}
        loading={remove.isPending}
        onConfirm={() =>
          deleting &&
          remove.mutate(deleting.id, {
            onSuccess: () => {
              toast.success(t('contacts.deleted', { name: displayName(deleting, t('person.unknown')) }))
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
