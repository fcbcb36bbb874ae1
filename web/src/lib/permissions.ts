/** The permissions screens ask for, by the names the server gives them. */
export const P = {
  contactsRead: 'contacts:read',
  contactsWrite: 'contacts:write',
  messagesRead: 'messages:read',
  messagesSend: 'messages:send',
  channelsRead: 'channels:read',
  channelsManage: 'channels:manage',
  apiKeysRead: 'api_keys:read',
  apiKeysManage: 'api_keys:manage',
  modulesRead: 'modules:read',
  modulesManage: 'modules:manage',
} as const
