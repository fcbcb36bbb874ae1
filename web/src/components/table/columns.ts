import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

export interface TableColumn<T> {
  id: string
  header: string
  cell: (row: T) => ReactNode
  /** What rows are sorted by; without it the column cannot be sorted. Rows without a value come last. */
  sortBy?: (row: T) => string | number | undefined
  /** It names the row: always shown, and the heading of the card on a phone. */
  names?: boolean
  /** Hidden until somebody chooses it. */
  extra?: boolean
  /** A class with the width, if the column needs one. */
  width?: string
}

export interface TableFilter<T> {
  /** Its name in the address. */
  id: string
  label: string
  options: { value: string; label: string }[]
  /** Whether a row passes. Without it the server filters. */
  test?: (row: T, value: string) => boolean
}

export interface RowAction {
  label: string
  icon: LucideIcon
  destructive?: boolean
  run: () => void
}
