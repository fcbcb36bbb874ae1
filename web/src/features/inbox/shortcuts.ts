import type { ShortcutGroup } from '@/lib/feature'

export const shortcuts: ShortcutGroup[] = [
  {
    label: 'inbox.title',
    rows: [
      { label: 'inbox.keys.nextConversation', keys: ['J'] },
      { label: 'inbox.keys.previousConversation', keys: ['K'] },
      { label: 'inbox.keys.searchConversations', keys: ['/'] },
      { label: 'inbox.keys.compose', keys: ['C'] },
      { label: 'inbox.keys.newConversation', keys: ['N'] },
      { label: 'inbox.keys.reply', keys: ['R'] },
      { label: 'inbox.keys.react', keys: ['E'] },
      { label: 'inbox.keys.throughMessages', keys: ['↑', '↓'] },
      { label: 'inbox.keys.details', keys: ['I'] },
    ],
  },
  {
    label: 'inbox.keys.writing',
    rows: [
      { label: 'inbox.keys.send', keys: ['Enter'] },
      { label: 'inbox.keys.newline', keys: ['Shift', 'Enter'] },
      { label: 'inbox.keys.leave', keys: ['Esc'] },
    ],
  },
]
