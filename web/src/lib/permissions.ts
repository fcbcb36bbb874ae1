/** The permissions screens ask for, by the names the server gives them. */
export const P = {
  contactsWrite: 'contacts:write',
  messagesSend: 'messages:send',
  channelsManage: 'channels:manage',
  apiKeysManage: 'api_keys:manage',
  modulesManage: 'modules:manage',
} as const
