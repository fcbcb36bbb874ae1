import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { useStored } from '@/lib/hooks'

export interface Sort {
  id: string
  desc: boolean
}

/** What a saved view brings back. */
export interface TableView {
  /** The column, with a "-" before it from large to small. */
  sort?: string
  filters: Record<string, string>
  columns: Record<string, boolean>
}

export interface TableViewState {
  /** The table's name: under it this browser remembers which columns are shown. */
  name: string
  sort?: Sort
  setSort: (sort?: Sort) => void
  /** The chosen value of each filter. */
  filters: Record<string, string>
  setFilter: (id: string, value?: string) => void
  clearFilters: () => void
  /** Columns that were shown or hidden by hand. */
  columns: Record<string, boolean>
  setColumns: (columns: Record<string, boolean>) => void
  /** All of it, as it can be saved and shown again. */
  view: TableView
  show: (view: TableView) => void
}

function parseColumns(text: string): Record<string, boolean> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'))
  } catch {
    return {}
  }
}

/**
 * What a table shows. Sort order and filters are in the address, so that a link and Back bring them again; the choice of columns is
 * remembered in this browser.
 */
export function useTableState(name: string, filterIds: readonly string[]): TableViewState {
  const [params, setParams] = useSearchParams()
  const [stored, setStored] = useStored(`wapro.columns.${name}`, '{}')
  const columns = useMemo(() => parseColumns(stored), [stored])
  const sortText = params.get('sort') ?? ''
  const sort = useMemo(() => (sortText ? { id: sortText.replace(/^-/, ''), desc: sortText.startsWith('-') } : undefined), [sortText])
  const change = useCallback(
    (apply: (next: URLSearchParams) => void) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          apply(next)
          return next
        },
        { replace: true },
      ),
    [setParams],
  )
  const filters = Object.fromEntries(filterIds.flatMap((id) => (params.get(id) === null ? [] : [[id, params.get(id) ?? '']])))
  return {
    name,
    sort,
    setSort: (next) => change((p) => (next ? p.set('sort', `${next.desc ? '-' : ''}${next.id}`) : p.delete('sort'))),
    filters,
    setFilter: (id, value) => change((p) => (value === undefined ? p.delete(id) : p.set(id, value))),
    clearFilters: () => change((p) => filterIds.forEach((id) => p.delete(id))),
    columns,
    setColumns: (next) => setStored(JSON.stringify(next)),
    view: { sort: sortText || undefined, filters, columns },
    show: (view) => {
      setStored(JSON.stringify(view.columns))
      change((p) => {
        for (const id of filterIds) {
          const value = view.filters[id]
          if (value === undefined) p.delete(id)
          else p.set(id, value)
        }
        if (view.sort) p.set('sort', view.sort)
        else p.delete('sort')
      })
    },
  }
}
