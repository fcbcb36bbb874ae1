import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { keys } from '@/api/keys'
import { LiveClient, type LiveState } from '@/api/live'
import { applyMessagingEvent } from '@/features/messaging/live-updates'

const LiveContext = createContext<LiveState>('connecting')

export const useLiveState = () => useContext(LiveContext)

/** One socket for the tenant on screen; what it says is put into the caches the screens read. */
export function LiveProvider({ tenantId, children }: { tenantId: string; children: ReactNode }) {
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')

  useEffect(() => {
    const live = new LiveClient({
      url: (cursor) => {
        const url = new URL('/api/v1/live', window.location.href)
        url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
        url.searchParams.set('tenant', tenantId)
        if (cursor !== undefined) url.searchParams.set('cursor', String(cursor))
        return url.href
      },
      onEvent: (event) => {
        if (event.name === 'contacts_changed') {
          void client.invalidateQueries({ queryKey: keys.contacts })
          void client.invalidateQueries({ queryKey: keys.tags })
          void client.invalidateQueries({ queryKey: keys.conversations })
        } else if (event.name === 'channels_changed') void client.invalidateQueries({ queryKey: keys.channels })
        else applyMessagingEvent(client, event)
      },
      onResync: () => void client.invalidateQueries(),
      onState: setState,
    })
    live.start()
    return () => live.stop()
  }, [client, tenantId])

  return <LiveContext.Provider value={state}>{children}</LiveContext.Provider>
}
