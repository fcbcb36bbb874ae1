import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { LiveClient, type LiveState } from '@/api/live'
import { sessionKeys } from '@/api/session'
import { features } from './features'

const LiveContext = createContext<LiveState>('connecting')

export const useLiveState = () => useContext(LiveContext)

/** One socket for the tenant on screen; what it says is put into the caches the screens read. */
export function LiveProvider({ tenantId, paused, children }: { tenantId: string; /** The session has ended. */ paused: boolean; children: ReactNode }) {
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')

  useEffect(() => {
    if (paused) return
    const live = new LiveClient({
      url: (cursor) => {
        const url = new URL('/api/v1/live', window.location.href)
        url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
        url.searchParams.set('tenant', tenantId)
        if (cursor !== undefined) url.searchParams.set('cursor', String(cursor))
        return url.href
      },
      onEvent: ({ name, payload }) => features.forEach((feature) => feature.live?.[name]?.(client, payload)),
      onResync: () => void client.invalidateQueries(),
      onState: (next) => {
        setState(next)
        // A socket cannot say that its session has ended: the session itself is asked.
        if (next === 'reconnecting') void client.invalidateQueries({ queryKey: sessionKeys.session })
      },
    })
    live.start()
    return () => live.stop()
  }, [client, tenantId, paused])

  return <LiveContext.Provider value={state}>{children}</LiveContext.Provider>
}
