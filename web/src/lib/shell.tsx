import { createContext, type ReactNode, useContext } from 'react'
import type { SettingsEntry, ShortcutGroup } from './feature'

/** What pages may know of the shell: features never import it. */
interface ShellParts {
  /** The pages under Settings that this session may open, in order. */
  settings: SettingsEntry[]
  /** Every shortcut, in words. */
  shortcuts: ShortcutGroup[]
}

const ShellContext = createContext<ShellParts>({ settings: [], shortcuts: [] })

export function ShellPartsProvider({ value, children }: { value: ShellParts; children: ReactNode }) {
  return <ShellContext.Provider value={value}>{children}</ShellContext.Provider>
}

export const useShellParts = () => useContext(ShellContext)
