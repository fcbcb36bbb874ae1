import { House } from 'lucide-react'
import type { QueryClient } from '@tanstack/react-query'
import { figureKeys } from '@/api/figures'
import { setupKeys } from '@/api/setup'
import { type Feature, route } from '@/lib/feature'

const recheck = (client: QueryClient) => void client.invalidateQueries({ queryKey: setupKeys.all })

export default {
  nav: [{ href: '/home', icon: House, label: 'home.title', order: 5, key: 'h', allowed: () => true }],
  routes: [route('/home', () => import('./home-page'))],
  live: {
    messages_received: recheck,
    messages_queued: recheck,
    figures_changed: (client) => void client.invalidateQueries({ queryKey: figureKeys.all }),
  },
} satisfies Feature
