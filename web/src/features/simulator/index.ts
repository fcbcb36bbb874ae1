import { Smartphone } from 'lucide-react'
import { type Feature, route } from '@/lib/feature'
import type { Access } from '@/lib/session'

const runsInside = ({ simulator }: Access) => simulator

export default {
  nav: [{ href: '/simulator', icon: Smartphone, label: 'sim.title', group: 'foot', order: 90, key: 'p', allowed: runsInside }],
  routes: [
    route('/simulator', () => import('./simulator-page'), {
      allowed: runsInside,
      // The phone alone in a window of its own, beside the inbox.
      frame: ({ desktop, search }) => (search.has('window') || !desktop ? 'alone' : undefined),
    }),
  ],
} satisfies Feature
