import { Building2, Clock } from 'lucide-react'
import { settingsKeys } from '@/api/settings'
import { type Feature, route } from '@/lib/feature'
import type { Access } from '@/lib/session'

const mayRead = ({ can }: Access) => can('settings:read')

export default {
  settings: [
    { href: '/settings/general', icon: Building2, label: 'general.title', group: 'business', order: 10, allowed: mayRead },
    { href: '/settings/hours', icon: Clock, label: 'hours.title', group: 'business', order: 30, allowed: mayRead },
  ],
  routes: [
    route('/settings/general', () => import('./general-page'), { allowed: mayRead }),
    route('/settings/hours', () => import('./hours-page'), { allowed: mayRead }),
  ],
  live: { settings_changed: (client) => void client.invalidateQueries({ queryKey: settingsKeys.all }) },
} satisfies Feature
