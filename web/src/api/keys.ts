/** Every cache key in one place: the live stream and the screens must mean the same thing by a name. */
export const keys = {
  config: ['config'] as const,
  session: ['session'] as const,
  permissions: ['permissions'] as const,
  modules: ['modules'] as const,
  apiKeys: ['api-keys'] as const,
  contacts: ['contacts'] as const,
  contactList: (filter: { search?: string; tag?: string }) => ['contacts', 'list', filter] as const,
  contact: (id: string) => ['contacts', 'one', id] as const,
  tags: ['tags'] as const,
  channels: ['channels'] as const,
  templates: (channelId: string) => ['channels', 'templates', channelId] as const,
  conversations: ['conversations'] as const,
  conversationList: (filter: { search?: string; unread?: boolean; channel_id?: string }) =>
    ['conversations', 'list', filter] as const,
  unread: ['conversations', 'unread'] as const,
  conversation: (id: string) => ['conversations', 'one', id] as const,
  messages: (conversationId: string) => ['messages', conversationId] as const,
  sim: ['sim'] as const,
  simState: ['sim', 'state'] as const,
  simThreads: (phoneId: string) => ['sim', 'threads', phoneId] as const,
  simMessages: (phoneId: string, user: string) => ['sim', 'messages', phoneId, user] as const,
}
