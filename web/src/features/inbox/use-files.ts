import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { fetchMedia, fetchMediaAgain } from '@/api/media'
import type { FileActions } from '@/components/message/file-context'
import { useCan } from '@/lib/session'
import { mergeNewest } from './thread-cache'

/** What bubbles may do about their files: ask WhatsApp again, and get an address that works. */
export function useFileActionsFor(conversationId: string): FileActions {
  const client = useQueryClient()
  const { can } = useCan()
  const mayAsk = can('messages:send')
  return useMemo(
    () => ({
      again: mayAsk
        ? async (id) => {
            await fetchMediaAgain(id)
            await mergeNewest(client, conversationId)
          }
        : undefined,
      fresh: async (id) => (await fetchMedia(id)).url,
    }),
    [client, conversationId, mayAsk],
  )
}
