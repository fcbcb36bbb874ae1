import { Phone } from 'lucide-react'
import { accountEventKeys } from '@/api/account-events'
import { channelKeys } from '@/api/channels'
import { type Feature, route } from '@/lib/feature'
import type { Access } from '@/lib/session'

const mayRead = ({ can, module }: Access) => module('channels') && can('channels:read')

export default {
  nav: [{ href: '/numbers', icon: Phone, label: 'numbers.title', order: 30, key: 'n', allowed: mayRead }],
  routes: [route('/numbers', () => import('./numbers-page'), { allowed: mayRead })],
  live: {
    channels_changed: (client) => void client.invalidateQueries({ queryKey: channelKeys.all }),
    account_events_recorded: (client) => {
      void client.invalidateQueries({ queryKey: channelKeys.all })
      void client.invalidateQueries({ queryKey: accountEventKeys.all })
    },
  },
} satisfies Feature
