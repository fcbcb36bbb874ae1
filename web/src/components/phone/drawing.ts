import { createContext, type ReactNode, useContext } from 'react'

/** What all parts of one message are drawn with. */
export interface Drawing {
  dir?: 'ltr' | 'rtl'
  /** Own addresses of files, by slot. */
  files?: Record<string, string>
  /** What stands for a slot, by its key. */
  blank: (slot: string) => ReactNode
}

export const DrawingContext = createContext<Drawing>({ blank: () => undefined })
export const useDrawing = () => useContext(DrawingContext)
