import { createContext, useContext } from 'react'
import type { PlacedFinding } from './findings'
import type { TemplateForm } from './form'

export interface EditorState {
  values: TemplateForm
  set: (change: Partial<TemplateForm>) => void
  /** What is shown at a field: what is only missing is not, until somebody has been there or tried to submit. */
  findingsAt: (field: string) => PlacedFinding[]
  /** Somebody has been at the field. */
  touch: (field: string) => void
  /** A template that Meta has: its name, language and number stay. */
  editing: boolean
  /** Another language of a name: the name stays. */
  nameFixed: boolean
  /** Its category stays as well. */
  categoryFixed: boolean
}

export const EditorContext = createContext<EditorState | undefined>(undefined)

export function useEditor(): EditorState {
  const state = useContext(EditorContext)
  if (!state) throw new Error('useEditor needs an editor above it')
  return state
}

/** A field's id in the page: the list of findings goes there. */
export const fieldId = (field: string) => `field-${field.replaceAll('.', '-')}`
