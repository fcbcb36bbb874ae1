import { Copy, Eye, LayoutTemplate, Pencil, Plus, RefreshCw, Search, SearchX, Trash2, X } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useSearchParams } from 'wouter'
import { rows } from '@/api/page'
import { type Template, useSyncTemplates, useTemplateAccounts, useTemplates } from '@/api/templates'
import { Page } from '@/components/page'
import { EmptyState, ErrorState } from '@/components/states'
import type { RowAction, TableFilter } from '@/components/table/columns'
import { DataTable } from '@/components/table/data-table'
import { TableSkeleton } from '@/components/table/table-skeleton'
import { useTableState } from '@/components/table/use-table-state'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { toastError } from '@/lib/errors'
import { useDebounced, useHotkeys } from '@/lib/hooks'
import { languageName } from '@/lib/language'
import { useCan } from '@/lib/session'
import { isGone } from '@/lib/template-status'
import { accountName, Accounts, useKnownChannels } from './accounts'
import { DeleteDialog } from './delete-dialog'
import { Drafts } from './editor/drafts'
import { StartingGrid } from './starting-grid'
import { templateColumns } from './template-columns'

/** In the order of a template's life. */
const STATUSES = ['SUBMITTING', 'PENDING', 'REJECTED', 'IN_APPEAL', 'APPROVED', 'PAUSED', 'DISABLED', 'ARCHIVED', 'PENDING_DELETION', 'DELETED'] as const
const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const
const QUALITIES = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] as const
const FILTERS = ['status', 'category', 'language', 'quality', 'number'] as const

export default function TemplatesPage() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const { can } = useCan()
  const write = can('templates:write')
  const submit = can('templates:submit')
  const state = useTableState('templates', FILTERS)
  const { query, setQuery, search } = useSearch()
  const searchRef = useRef<HTMLInputElement>(null)
  const [deleting, setDeleting] = useState<Template>()
  const { status, category, language, quality, number } = state.filters
  const templates = useTemplates({ status, category, language, quality, channel_id: number, search })
  const accounts = useTemplateAccounts().data
  const channels = useKnownChannels()
  const items = useMemo(() => rows(templates.data), [templates.data])
  useHotkeys({ '/': () => searchRef.current?.focus(), ...(write ? { n: () => navigate('/templates/new') } : {}) })

  const manyAccounts = new Set(channels.map((channel) => channel.waba_id)).size > 1
  const columns = useMemo(() => templateColumns({ t, accountOf: (template) => accountName(channels, template.waba_id), manyAccounts }), [t, channels, manyAccounts])
  // Which languages there are nobody tells; those on the screen are offered, and the one that is chosen.
  const languages = [...new Set([...items.map((template) => template.language), ...(language ? [language] : [])])]
  const filters: TableFilter<Template>[] = [
    { id: 'status', label: t('templates.status'), options: STATUSES.map((value) => ({ value, label: t(`template.status.${value}`) })) },
    { id: 'category', label: t('templates.category'), options: CATEGORIES.map((value) => ({ value, label: t(`template.category.${value}`) })) },
    { id: 'language', label: t('templates.language'), options: languages.map((value) => ({ value, label: languageName(value) })).sort((a, b) => a.label.localeCompare(b.label)) },
    { id: 'quality', label: t('templates.quality'), options: QUALITIES.map((value) => ({ value, label: t(`template.quality.${value}`) })) },
    ...(channels.length > 1 ? [{ id: 'number', label: t('templates.number'), options: channels.map(({ id, name }) => ({ value: id, label: name })) }] : []),
  ]
  const actions = (template: Template): RowAction[] => [
    { label: t('templates.open'), icon: Eye, run: () => navigate(`/templates/${template.id}`) },
    ...(write && submit && !isGone(template) ? [{ label: t('common.edit'), icon: Pencil, run: () => navigate(`/templates/${template.id}/edit`) }] : []),
    ...(write ? [{ label: t('templates.clone'), icon: Copy, run: () => navigate(`/templates/new?clone=${template.id}`) }] : []),
    ...(submit && !isGone(template) ? [{ label: t('common.delete'), icon: Trash2, destructive: true, run: () => setDeleting(template) }] : []),
  ]
  const filtered = !!search || Object.keys(state.filters).length > 0
  const clear = () => {
    setQuery('')
    state.clearFilters()
  }
  const syncing = !!accounts?.some((account) => account.syncing)
  const nothing = filtered ? (
    <EmptyState icon={SearchX} title={t('templates.noMatchTitle')} body={t('templates.noMatchBody')} action={<Button variant="outline" size="sm" onClick={clear}>{t('common.clearFilters')}</Button>} />
  ) : syncing ? (
    <EmptyState icon={RefreshCw} title={t('templates.firstSyncTitle')} body={t('templates.firstSyncBody')} />
  ) : write ? (
    <StartingGrid />
  ) : (
    <EmptyState icon={LayoutTemplate} title={t('templates.emptyTitle')} body={t('templates.emptyReader')} />
  )

  return (
    <Page
      title={t('template.many')}
      description={t('templates.lead')}
      actions={write && (
        <>
          <SyncButton syncing={syncing} />
          <Button asChild><Link href="/templates/new"><Plus aria-hidden />{t('templates.new')}</Link></Button>
        </>
      )}
    >
      <Accounts />
      {!filtered && <Drafts className="mb-4" />}
      {templates.error && !templates.data ? (
        <ErrorState error={templates.error} onRetry={() => void templates.refetch()} />
      ) : (
        <DataTable
          state={state}
          label={t('template.many')}
          columns={columns}
          rows={items}
          nameOf={(template) => `${template.name} (${languageName(template.language)})`}
          filters={filters}
          search={<SearchField inputRef={searchRef} value={query} onChange={setQuery} />}
          actions={actions}
          more={templates}
          loading={templates.isPending && <TableSkeleton rows={8} />}
          empty={nothing}
        />
      )}
      <DeleteDialog template={deleting} onClose={() => setDeleting(undefined)} />
    </Page>
  )
}

/** What is searched for is in the address as well, once it was typed. */
function useSearch() {
  const [params, setParams] = useSearchParams()
  const [query, setQuery] = useState(params.get('search') ?? '')
  const search = useDebounced(query.trim()) || undefined
  useEffect(() => {
    setParams((before) => {
      const next = new URLSearchParams(before)
      if (search) next.set('search', search)
      else next.delete('search')
      return next
    }, { replace: true })
    // The address follows the search, not the other way round.
  }, [search, setParams])
  return { query, setQuery, search }
}

function SyncButton({ syncing }: { syncing: boolean }) {
  const { t } = useTranslation()
  const sync = useSyncTemplates()
  return (
    <Button variant="outline" loading={sync.isPending || syncing} onClick={() => sync.mutate(undefined, { onError: toastError })}>
      {!(sync.isPending || syncing) && <RefreshCw aria-hidden />}
      {t('templates.sync.now')}
    </Button>
  )
}

function SearchField({ inputRef, value, onChange }: { inputRef: React.RefObject<HTMLInputElement>; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  return (
    <div className="relative min-w-52 flex-1 sm:max-w-xs">
      <Search className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input ref={inputRef} type="search" className="ps-8.5 pe-8" value={value} onChange={(e) => onChange(e.target.value)} placeholder={t('templates.search')} aria-label={t('templates.search')} />
      {value && (
        <button type="button" onClick={() => onChange('')} aria-label={t('common.clearSearch')} className="absolute end-1 top-1 grid size-7 place-items-center rounded text-muted-foreground hover:text-foreground">
          <X className="size-4" aria-hidden />
        </button>
      )}
    </div>
  )
}
