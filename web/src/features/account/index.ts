import { ShieldCheck, UserRound } from 'lucide-react'
import { type Feature, route } from '@/lib/feature'

const everybody = () => true

export default {
  settings: [
    { href: '/settings/profile', icon: UserRound, label: 'me.profile', group: 'you', order: 10, allowed: everybody },
    { href: '/settings/security', icon: ShieldCheck, label: 'me.security', group: 'you', order: 20, allowed: everybody },
  ],
  routes: [
    route('/settings/profile', () => import('./profile-page')),
    route('/settings/security', () => import('./security-page')),
  ],
} satisfies Feature
