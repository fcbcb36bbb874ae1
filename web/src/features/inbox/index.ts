import { Inbox, MessageSquarePlus } from 'lucide-react'
import { useUnreadTotal } from '@/api/conversations'
import { type Feature, route } from '@/lib/feature'
import type { Access } from '@/lib/session'
import { contactsChanged, messageEvents } from './live-updates'
import { shortcuts } from './shortcuts'

const mayRead = ({ can, module }: Access) => module('messaging') && can('messages:read')

export default {
  nav: [
    {
      href: '/inbox',
      icon: Inbox,
      label: 'inbox.title',
      order: 10,
      key: 'i',
      allowed: mayRead,
      badge: { useCount: (enabled) => useUnreadTotal(enabled).data ?? 0, label: 'inbox.unreadCount' },
    },
  ],
  routes: [
    route('/inbox/:conversationId?', () => import('./inbox-page'), {
      allowed: mayRead,
      // On a phone an open conversation needs the room the bar would take; it has its own way back.
      frame: ({ params }) => (params.conversationId ? 'bare' : undefined),
    }),
  ],
  live: {
    ...messageEvents,
    contacts_changed: contactsChanged,
  },
  commands: [{ icon: MessageSquarePlus, label: 'newConversation.title', href: '/inbox?new', allowed: ({ can, module }) => module('messaging') && can('messages:send') }],
  shortcuts,
} satisfies Feature
