import { CodeXml } from 'lucide-react'
import { type Feature, route } from '@/lib/feature'

export default {
  nav: [{ href: '/developers', icon: CodeXml, label: 'developers.title', order: 80, key: 'd', allowed: ({ can }) => can('api_keys:read') || can('modules:read') }],
  routes: [
    route('/developers', () => import('./developers-page')),
    route('/developers/webhooks', () => import('./webhook-events-page'), { allowed: ({ can, module }) => module('messaging') && can('messages:read') }),
  ],
} satisfies Feature
