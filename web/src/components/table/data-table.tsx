import { columnVisibilityFeature, createColumnHelper, createSortedRowModel, type Row, rowSelectionFeature, type RowSelectionState, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table'
import { ArrowDown, ArrowUp, ChevronsUpDown, SearchX } from 'lucide-react'
import { type ReactNode, type RefObject, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MoreButton } from '@/components/more-button'
import { EmptyState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { useMediaQuery } from '@/lib/hooks'
import { cn } from '@/lib/utils'
import type { RowAction, TableColumn, TableFilter } from './columns'
import { RowMenu } from './row-menu'
import { SelectionBar } from './selection-bar'
import { ColumnPicker, FilterChips, FilterMenu } from './toolbar'
import type { TableViewState } from './use-table-state'
import { SavedViews } from './views'

interface TableRow {
  id: string
}

interface DataTableProps<T extends TableRow> {
  state: TableViewState
  /** What the table lists: its accessible name. */
  label: string
  columns: TableColumn<T>[]
  rows: T[]
  /** A row's name in plain text. */
  nameOf: (row: T) => string
  filters?: TableFilter<T>[]
  /** Before the filters: a search field. */
  search?: ReactNode
  actions?: (row: T) => RowAction[]
  /** `words`: how many are selected, in words. `bar`: what can be done with them; `clear` when it is done. */
  selection?: { words: (count: number) => string; bar: (rows: T[], clear: () => void) => ReactNode }
  /** In the place of the rows while they are loaded. */
  loading?: ReactNode
  /** In the place of the rows when there are none; without it, what no filter lets through. */
  empty?: ReactNode
  /** A list that has more pages: it is sorted only when all of them are here. */
  more?: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> }
}

const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature, rowSelectionFeature, sortedRowModel: createSortedRowModel() })
type TRow<T extends TableRow> = Row<typeof features, T>

/** The one table of the portal: rows on a desk, cards on a phone. */
export function DataTable<T extends TableRow>({ state, label, columns, rows, nameOf, filters = [], search, actions, selection, loading, empty, more }: DataTableProps<T>) {
  const { t, i18n } = useTranslation()
  const wide = useMediaQuery('(min-width: 768px)')
  const [selected, setSelected] = useState<RowSelectionState>({})
  const list = useRef<HTMLElement>(null)
  const complete = !more?.hasNextPage
  const shown = (id: string) => state.columns[id] ?? !columns.find((column) => column.id === id)?.extra

  const filtered = JSON.stringify(state.filters)
  // The table remembers its rows by the array: a new one with the same rows would sort them again in every render. Of the filters only
  // what is chosen changes.
  const data = useMemo(() => {
    const chosen = filters.filter(({ id, test }) => test && state.filters[id] !== undefined)
    return rows.filter((row) => chosen.every(({ id, test }) => test?.(row, state.filters[id] ?? '') ?? true))
  }, [rows, filtered])
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, T>()
    const collator = new Intl.Collator(i18n.language, { numeric: true, sensitivity: 'base' })
    return helper.columns(
      columns.map((column) =>
        helper.accessor((row) => column.sortBy?.(row), {
          id: column.id,
          header: column.header,
          enableSorting: !!column.sortBy,
          sortUndefined: 'last',
          sortFn: (a, b) => compare(column.sortBy?.(a.original), column.sortBy?.(b.original), collator),
        }),
      ),
    )
  }, [columns, i18n.language])
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: (row: T) => row.id,
    enableRowSelection: !!selection,
    state: {
      sorting: complete && state.sort ? [state.sort] : [],
      columnVisibility: Object.fromEntries(columns.map(({ id }) => [id, shown(id)])),
      rowSelection: selected,
    },
    onRowSelectionChange: setSelected,
  })
  const visible = columns.filter((column) => column.names || shown(column.id))
  const sorted = table.getRowModel().rows
  const picked = rows.filter(({ id }) => selected[id])
  const clear = () => setSelected({})
  const view = { label, columns: visible, rows: sorted, nameOf, actions, selectable: !!selection, list }

  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        {search}
        {filters.length > 0 && <FilterMenu filters={filters} state={state} />}
        <FilterChips filters={filters} state={state} />
        <div className="ms-auto flex gap-2"><SavedViews state={state} /><ColumnPicker columns={columns} state={state} shown={shown} /></div>
      </div>
      {loading ? (
        loading
      ) : sorted.length === 0 ? (
        <div className="grid place-items-center rounded-xl border border-dashed">
          {empty ?? <EmptyState icon={SearchX} title={t('table.noneTitle')} body={t('table.noneBody')} action={<Button variant="outline" size="sm" onClick={state.clearFilters}>{t('common.clearFilters')}</Button>} className="py-10" />}
        </div>
      ) : (
        <div className="overflow-hidden rounded-xl border bg-card shadow-xs">
          {wide ? <Wide {...view} all={table} state={state} sortable={complete} /> : <Cards {...view} />}
          {more && <MoreButton query={more} list={list as RefObject<HTMLElement>} />}
        </div>
      )}
      {selection && <SelectionBar words={picked.length > 0 ? selection.words(picked.length) : undefined} onClear={clear}>{selection.bar(picked, clear)}</SelectionBar>}
    </>
  )
}

/** Without a value last; the table turns the order around, but leaves those at the end (`sortUndefined`). */
function compare(a: string | number | undefined, b: string | number | undefined, collator: Intl.Collator) {
  if (a === undefined || b === undefined) return 0
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))
}

interface ViewProps<T extends TableRow> {
  label: string
  columns: TableColumn<T>[]
  rows: TRow<T>[]
  nameOf: (row: T) => string
  actions?: (row: T) => RowAction[]
  selectable: boolean
  list: RefObject<HTMLElement>
}

interface WideProps<T extends TableRow> extends ViewProps<T> {
  all: { getIsAllRowsSelected: () => boolean; getIsSomeRowsSelected: () => boolean; toggleAllRowsSelected: (on?: boolean) => void }
  state: TableViewState
  sortable: boolean
}

function Wide<T extends TableRow>({ label, columns, rows, nameOf, actions, selectable, list, all, state, sortable }: WideProps<T>) {
  const { t } = useTranslation()
  return (
    <div className="thin-scroll relative overflow-x-auto" role="region" aria-label={label} tabIndex={-1}>
      <table aria-label={label} className="w-full text-[0.8125rem]">
        <thead>
          <tr className="border-b bg-muted/40 text-xs text-muted-foreground [&>th]:h-9 [&>th]:px-3 [&>th]:text-start [&>th]:font-medium [&>th:first-child]:ps-4">
            {selectable && (
              <th scope="col" className="w-10">
                <Checkbox checked={all.getIsAllRowsSelected() ? true : all.getIsSomeRowsSelected() ? 'indeterminate' : false} onCheckedChange={(on) => all.toggleAllRowsSelected(on === true)} aria-label={t('table.selectAll')} />
              </th>
            )}
            {columns.map((column) => <Heading key={column.id} column={column} state={state} sortable={sortable} />)}
            {actions && <th scope="col" className="w-12"><span className="sr-only">{t('table.actions')}</span></th>}
          </tr>
        </thead>
        <tbody ref={list as RefObject<HTMLTableSectionElement>} className="divide-y">
          {rows.map((row) => (
            <tr key={row.id} data-row={row.id} className={cn('transition-colors outline-none hover:bg-accent/50 [&>td]:h-13 [&>td]:px-3 [&>td:first-child]:ps-4', row.getIsSelected() && 'bg-primary-soft/50')}>
              {selectable && <td><SelectRow row={row} name={nameOf(row.original)} /></td>}
              {columns.map((column) => <td key={column.id} className={cn(column.width, column.names && 'font-medium', 'wrap-anywhere')}>{column.cell(row.original)}</td>)}
              {actions && <td className="px-1.5! text-end"><RowMenu name={nameOf(row.original)} actions={actions(row.original)} /></td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Heading<T>({ column, state, sortable }: { column: TableColumn<T>; state: TableViewState; sortable: boolean }) {
  const { t } = useTranslation()
  const own = state.sort?.id === column.id ? state.sort : undefined
  if (!column.sortBy || !sortable) return <th scope="col" className={column.width}>{column.header}</th>
  const Icon = own ? (own.desc ? ArrowDown : ArrowUp) : ChevronsUpDown
  // Up, down, then as it came.
  const next = () => state.setSort(own ? (own.desc ? undefined : { id: column.id, desc: true }) : { id: column.id, desc: false })
  return (
    <th scope="col" className={column.width} aria-sort={own ? (own.desc ? 'descending' : 'ascending') : undefined}>
      <button type="button" onClick={next} title={t('table.sortBy', { name: column.header })} className={cn('-ms-1.5 inline-flex h-7 items-center gap-1 rounded-md px-1.5 font-medium hover:bg-accent hover:text-foreground', own && 'text-foreground')}>
        {column.header}
        <Icon className={cn('size-3.5', !own && 'opacity-60')} aria-hidden />
      </button>
    </th>
  )
}

function SelectRow<T extends TableRow>({ row, name }: { row: TRow<T>; name: string }) {
  const { t } = useTranslation()
  return (
    // The whole square takes the press, not the small box alone.
    <label className="-m-2 grid size-8 cursor-pointer place-items-center pointer-coarse:size-11">
      <Checkbox checked={row.getIsSelected()} onCheckedChange={(on) => row.toggleSelected(on === true)} aria-label={t('table.selectRow', { name })} />
    </label>
  )
}

function Cards<T extends TableRow>({ label, columns, rows, nameOf, actions, selectable, list }: ViewProps<T>) {
  const [name, ...others] = [...columns].sort((a, b) => Number(b.names ?? false) - Number(a.names ?? false))
  return (
    <ul ref={list as RefObject<HTMLUListElement>} aria-label={label} className="divide-y">
      {rows.map((row) => (
        <li key={row.id} data-row={row.id} className={cn('flex items-start gap-2 py-3 ps-4 pe-1.5 outline-none', row.getIsSelected() && 'bg-primary-soft/50')}>
          {selectable && <SelectRow row={row} name={nameOf(row.original)} />}
          <div className="min-w-0 flex-1">
            <div className="text-sm font-medium wrap-anywhere">{name?.cell(row.original)}</div>
            <dl className="mt-1.5 space-y-1 text-[0.8125rem]">
              {others.map((column) => (
                <div key={column.id} className="flex flex-wrap items-baseline gap-x-2">
                  <dt className="text-xs text-muted-foreground">{column.header}</dt>
                  <dd className="min-w-0 wrap-anywhere">{column.cell(row.original)}</dd>
                </div>
              ))}
            </dl>
          </div>
          {actions && <RowMenu name={nameOf(row.original)} actions={actions(row.original)} />}
        </li>
      ))}
    </ul>
  )
}
