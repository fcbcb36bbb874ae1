import account from '@/features/account'
import business from '@/features/business'
import contacts from '@/features/contacts'
import developers from '@/features/developers'
import home from '@/features/home'
import identity from '@/features/identity'
import inbox from '@/features/inbox'
import numbers from '@/features/numbers'
import settings from '@/features/settings'
import simulator from '@/features/simulator'
import templates from '@/features/templates'
import type { Feature } from '@/lib/feature'

/** Every feature of the portal, a line each. Commands, search results and shortcuts are shown in this order. */
export const features: Feature[] = [
  home,
  inbox,
  contacts,
  templates,
  account,
  business,
  numbers,
  developers,
  simulator,
  settings,
  identity,
]
