import { BookUser, Tags, UserPlus } from 'lucide-react'
import { contactKeys } from '@/api/contacts'
import { type Feature, route } from '@/lib/feature'
import type { Access } from '@/lib/session'
import { useFoundContacts } from './command-search'

const mayRead = ({ can, module }: Access) => module('contacts') && can('contacts:read')

export default {
  nav: [{ href: '/contacts', icon: BookUser, label: 'contacts.title', group: 'customers', order: 20, key: 'c', allowed: mayRead }],
  settings: [{ href: '/settings/tags', icon: Tags, label: 'person.tags', group: 'inbox', order: 10, allowed: mayRead }],
  routes: [
    route('/contacts/:contactId?', () => import('./contacts-page'), { allowed: mayRead }),
    route('/settings/tags', () => import('./tags-page'), { allowed: mayRead }),
  ],
  live: {
    contacts_changed: (client) => void client.invalidateQueries({ queryKey: contactKeys.all }),
  },
  commands: [{ icon: UserPlus, label: 'contacts.add', href: '/contacts/new', allowed: ({ can, module }) => module('contacts') && can('contacts:write') }],
  search: { label: 'contacts.title', allowed: mayRead, useResults: useFoundContacts },
  shortcuts: [
    {
      label: 'contacts.title',
      rows: [
        { label: 'contacts.searchPlaceholder', keys: ['/'] },
        { label: 'contacts.add', keys: ['N'] },
      ],
    },
  ],
} satisfies Feature
