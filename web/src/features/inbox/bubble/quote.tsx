import { useTranslation } from 'react-i18next'
import { headline } from '@/lib/content'
import { fileOf } from '@/lib/files'
import type { ThreadMessage } from '../thread-cache'

export function usePreview() {
  const { t } = useTranslation()
  return (message: ThreadMessage) => headline(message) ?? t(`kinds.${message.type}`, { defaultValue: t('kinds.unknown') })
}

/** The message that is answered, above the answer; pressing it goes there. */
export function Quote({ quoted, contactName, onJump }: { quoted?: ThreadMessage; contactName: string; onJump: (id: string) => void }) {
  const { t } = useTranslation()
  const preview = usePreview()
  const file = quoted && ['image', 'sticker'].includes(quoted.type) ? fileOf(quoted) : undefined
  return (
    <button
      type="button"
      disabled={!quoted}
      onClick={() => quoted && onJump(quoted.id)}
      className="mb-1 flex w-full items-stretch gap-2 overflow-hidden rounded-md border-s-3 border-primary bg-foreground/6 text-start text-xs"
    >
      <span className="min-w-0 flex-1 px-2 py-1">
        <span className="block truncate font-medium">{quoted ? (quoted.direction === 'outbound' ? t('chat.you') : <bdi>{contactName}</bdi>) : t('thread.quoted')}</span>
        <span dir="auto" className="align-ui line-clamp-2 opacity-80">{quoted ? preview(quoted) : t('thread.quotedOlder')}</span>
      </span>
      {file?.url && file.state === 'ready' && <img src={file.url} alt="" className="size-11 shrink-0 object-cover" />}
    </button>
  )
}
