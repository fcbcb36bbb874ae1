import { BookOpen, KeyRound, Puzzle, Webhook } from 'lucide-react'
import { type Feature, route } from '@/lib/feature'
import type { Access } from '@/lib/session'

const readsKeys = ({ can }: Access) => can('api_keys:read')
const readsModules = ({ can }: Access) => can('modules:read')
const readsWebhooks = ({ can, module }: Access) => module('messaging') && can('messages:read') && can('channels:manage')

export default {
  settings: [
    { href: '/settings/keys', icon: KeyRound, label: 'apiKeys.title', group: 'developers', order: 10, key: 'k', allowed: readsKeys },
    { href: '/settings/webhook-events', icon: Webhook, label: 'webhooks.title', group: 'developers', order: 20, allowed: readsWebhooks },
    { href: '/api/docs/', icon: BookOpen, label: 'apiKeys.reference', group: 'developers', order: 30, allowed: readsKeys, external: true },
    { href: '/settings/modules', icon: Puzzle, label: 'modules.title', group: 'account', order: 10, allowed: readsModules },
  ],
  routes: [
    route('/settings/keys', () => import('./keys-page'), { allowed: readsKeys }),
    route('/settings/webhook-events', () => import('./webhook-events-page'), { allowed: readsWebhooks }),
    route('/settings/modules', () => import('./modules-page'), { allowed: readsModules }),
  ],
  moved: { '/developers': '/settings/keys', '/developers/webhooks': '/settings/webhook-events' },
} satisfies Feature
