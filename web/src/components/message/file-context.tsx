import { createContext, useContext } from 'react'

/** What a bubble may do about its file; the simulator's phone can do neither. */
export interface FileActions {
  /** Ask WhatsApp for it once more. */
  again?: (mediaId: string) => Promise<unknown>
  /** A new address: the old one works for some minutes only. */
  fresh?: (mediaId: string) => Promise<string | undefined>
  /** Files by WhatsApp's own id, as the simulator serves them. */
  inSimulator?: boolean
}

const Context = createContext<FileActions>({})
export const FileActionsProvider = Context.Provider
export const useFileActions = () => useContext(Context)
