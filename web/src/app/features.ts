import contacts from '@/features/contacts'
import developers from '@/features/developers'
import identity from '@/features/identity'
import inbox from '@/features/inbox'
import numbers from '@/features/numbers'
import simulator from '@/features/simulator'
import type { Feature } from '@/lib/feature'

/** Every feature of the portal, a line each. Commands, search results and shortcuts are shown in this order. */
export const features: Feature[] = [
  inbox,
  contacts,
  numbers,
  developers,
  simulator,
  identity,
]
