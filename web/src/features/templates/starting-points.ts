import { BadgePercent, CalendarCheck, KeyRound, type LucideIcon, PackageCheck } from 'lucide-react'

/** What most businesses write first. `/templates/new?from=<name>` begins with it. */
export const STARTING_POINTS = [
  { name: 'order_update', icon: PackageCheck },
  { name: 'appointment', icon: CalendarCheck },
  { name: 'one_time_code', icon: KeyRound },
  { name: 'win_back', icon: BadgePercent },
] as const satisfies { name: string; icon: LucideIcon }[]

export type StartingPoint = (typeof STARTING_POINTS)[number]['name']
