import { Phone } from 'lucide-react'
import { accountEventKeys } from '@/api/account-events'
import { channelKeys } from '@/api/channels'
import { type Feature, route } from '@/lib/feature'
import type { Access } from '@/lib/session'

const mayRead = ({ can, module }: Access) => module('channels') && can('channels:read')
const mayManage = ({ can, module }: Access) => module('channels') && can('channels:manage')

export default {
  settings: [{ href: '/settings/numbers', icon: Phone, label: 'numbers.title', group: 'business', order: 20, key: 'n', allowed: mayRead }],
  routes: [
    route('/settings/numbers', () => import('./numbers-page'), { allowed: mayRead }),
    route('/settings/numbers/connect', () => import('./connect-page'), { allowed: mayManage }),
    route('/settings/numbers/:channelId', () => import('./number-page'), { allowed: mayRead }),
  ],
  moved: { '/numbers': '/settings/numbers' },
  commands: [{ icon: Phone, label: 'common.connectNumber', href: '/settings/numbers/connect', allowed: mayManage }],
  live: {
    channels_changed: (client) => void client.invalidateQueries({ queryKey: channelKeys.all }),
    account_events_recorded: (client) => {
      void client.invalidateQueries({ queryKey: channelKeys.all })
      void client.invalidateQueries({ queryKey: accountEventKeys.all })
    },
  },
} satisfies Feature
