import { createContext, useContext, type ReactNode } from 'react'
import type { PublicConfig, Session } from '@/api/session'

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

/** What this session may do here. */
export interface Access {
  /** By the permission's name, as the server has it: a test compares them with the API document. */
  can: (permission: string) => boolean
  /** Whether a module is switched on. */
  module: (name: string) => boolean
  /** Whether the simulator runs inside the server. */
  simulator: boolean
}

export const accessOf = ({ session, config }: SessionValue): Access => ({
  can: (permission) => session.permissions.includes(permission),
  module: (name) => session.modules.includes(name),
  simulator: config.simulator,
})

/** Buttons that the server would refuse are not shown. */
export const useCan = () => accessOf(useSession())
