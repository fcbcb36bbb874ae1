import { Keyboard, Palette, Settings } from 'lucide-react'
import { type Feature, route } from '@/lib/feature'

const everybody = () => true

export default {
  nav: [{ href: '/settings', icon: Settings, label: 'settings.title', group: 'foot', order: 95, key: 's', allowed: everybody }],
  settings: [
    { href: '/settings/appearance', icon: Palette, label: 'settings.appearance', group: 'you', order: 30, allowed: everybody },
    { href: '/settings/shortcuts', icon: Keyboard, label: 'shortcuts.title', group: 'you', order: 40, allowed: everybody },
  ],
  routes: [
    route('/settings', () => import('./settings-index')),
    route('/settings/appearance', () => import('./appearance-page')),
    route('/settings/shortcuts', () => import('./shortcuts-page')),
  ],
} satisfies Feature
