import type { TFunction } from 'i18next'

/** A permission in the user's language: "messages:send" is the text `permissions.messages_send`. Undefined for one that has none yet. */
export function permissionWords(name: string, t: TFunction): string | undefined {
  return t(`permissions.${name.replace(':', '_')}`, { defaultValue: '' }) || undefined
}
