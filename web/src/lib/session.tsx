import { createContext, useContext, type ReactNode } from 'react'
import type { PublicConfig, Session } from '@/api/types'

interface SessionValue {
  session: Session
  config: PublicConfig
}

const SessionContext = createContext<SessionValue | undefined>(undefined)

export function SessionProvider({ value, children }: { value: SessionValue; children: ReactNode }) {
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>
}

export function useSession() {
  const value = useContext(SessionContext)
  if (!value) throw new Error('useSession needs a signed-in session above it')
  return value
}

/** What this session may do here. Buttons that the server would refuse are not shown. */
export function useCan() {
  const { session } = useSession()
  return {
    can: (permission: string) => session.permissions.includes(permission),
    module: (name: string) => session.modules.includes(name),
  }
}
