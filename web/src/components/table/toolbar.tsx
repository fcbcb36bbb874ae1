import { Columns3, ListFilter, X } from 'lucide-react'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuCheckboxItem, DropdownMenuContent, DropdownMenuLabel, DropdownMenuRadioGroup, DropdownMenuRadioItem, DropdownMenuSeparator, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import type { TableColumn, TableFilter } from './columns'
import type { TableViewState } from './use-table-state'

const ANY = '*'

export function FilterMenu<T>({ filters, state }: { filters: TableFilter<T>[]; state: TableViewState }) {
  const { t } = useTranslation()
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" size="sm"><ListFilter aria-hidden />{t('table.filter')}</Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="max-h-96 w-56">
        {filters.map(({ id, label, options }, at) => (
          <Fragment key={id}>
            {at > 0 && <DropdownMenuSeparator />}
            <DropdownMenuLabel>{label}</DropdownMenuLabel>
            <DropdownMenuRadioGroup value={state.filters[id] ?? ANY} onValueChange={(value) => state.setFilter(id, value === ANY ? undefined : value)}>
              <DropdownMenuRadioItem value={ANY}>{t('table.any')}</DropdownMenuRadioItem>
              {options.map((option) => <DropdownMenuRadioItem key={option.value} value={option.value}><bdi className="truncate">{option.label}</bdi></DropdownMenuRadioItem>)}
            </DropdownMenuRadioGroup>
          </Fragment>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

/** The filters in force, each with the way out. */
export function FilterChips<T>({ filters, state }: { filters: TableFilter<T>[]; state: TableViewState }) {
  const { t } = useTranslation()
  const chosen = filters.flatMap((filter) => {
    const value = state.filters[filter.id]
    return value === undefined ? [] : [{ ...filter, words: filter.options.find((option) => option.value === value)?.label ?? value }]
  })
  if (chosen.length === 0) return null
  return (
    <ul aria-label={t('table.activeFilters')} className="flex flex-wrap items-center gap-1.5">
      {chosen.map(({ id, label, words }) => (
        <li key={id} className="inline-flex h-8 max-w-full items-center rounded-full border bg-card ps-3 text-[0.8125rem] shadow-xs pointer-coarse:h-11">
          <span className="truncate"><span className="text-muted-foreground">{label}: </span><bdi className="font-medium">{words}</bdi></span>
          <button type="button" onClick={() => state.setFilter(id)} aria-label={t('table.removeFilter', { name: `${label}: ${words}` })} className="ms-1 grid size-8 place-items-center rounded-full text-muted-foreground hover:text-foreground pointer-coarse:size-11">
            <X className="size-3.5" aria-hidden />
          </button>
        </li>
      ))}
      {chosen.length > 1 && <li><Button variant="ghost" size="sm" onClick={state.clearFilters}>{t('common.clearFilters')}</Button></li>}
    </ul>
  )
}

export function ColumnPicker<T>({ columns, state, shown }: { columns: TableColumn<T>[]; state: TableViewState; shown: (id: string) => boolean }) {
  const { t } = useTranslation()
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" size="sm"><Columns3 aria-hidden />{t('table.columns')}</Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuLabel>{t('table.columnsShown')}</DropdownMenuLabel>
        {columns.filter((column) => !column.names).map(({ id, header }) => (
          <DropdownMenuCheckboxItem
            key={id}
            checked={shown(id)}
            // The menu stays open: rarely is it one column only.
            onSelect={(event) => event.preventDefault()}
            onCheckedChange={(on) => state.setColumns({ ...state.columns, [id]: on })}
          >
            {header}
          </DropdownMenuCheckboxItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
