import type { QueryClient } from '@tanstack/react-query'
import type { LucideIcon } from 'lucide-react'
import { type ComponentType, lazy, type ReactNode } from 'react'
import type { StringRouteParams } from 'wouter'
import type { Access } from './session'

/**
 * What a folder of `features/` gives the shell: its `index.ts` exports one of these by default, and `app/features.ts` lists it. Pages are
 * loaded when they are first shown; what is named here is part of the first load, so it stays small. Labels are keys of the words.
 */
export interface Feature {
  nav?: NavEntry[]
  /** Pages under Settings. Their addresses begin with `/settings/`; `routes` has the pages themselves. */
  settings?: SettingsEntry[]
  routes?: FeatureRoute[]
  /** Addresses that pages had before, and where they are now. */
  moved?: Record<string, string>
  /** Events of the live stream by name. More than one feature may listen to one event. */
  live?: LiveHandlers
  /** Actions in the command bar. */
  commands?: Command[]
  /** Finds things of this feature from the command bar. */
  search?: CommandSearch
  /** The list of shortcuts, as the help shows it. Pages bind the keys (`useHotkeys`); a test compares both. */
  shortcuts?: ShortcutGroup[]
}

type Allowed = (access: Access) => boolean

export interface NavEntry {
  href: string
  icon: LucideIcon
  label: string
  /** Under a heading of the sidebar, or at its foot. Without it: at the top. */
  group?: 'customers' | 'outreach' | 'foot'
  /**
   * Place in the navigation, from small to large. A session starts at the first entry it may use; a phone's bar has the first three that
   * are not at the foot.
   */
  order: number
  /** The second key of the shortcut "g …": a small letter. */
  key: string
  allowed: Allowed
  /** A count beside the label, and in the page's title. Called in every render; asks the server only when `enabled`. */
  badge?: { useCount: (enabled: boolean) => number; label: string }
}

export const SETTINGS_GROUPS = ['you', 'business', 'inbox', 'developers', 'account'] as const

export interface SettingsEntry {
  href: string
  icon: LucideIcon
  label: string
  group: (typeof SETTINGS_GROUPS)[number]
  /** Place within its group, from small to large. */
  order: number
  /** The second key of the shortcut "g …", for the pages that are opened often. */
  key?: string
  allowed: Allowed
  /** Not a page of the portal: opens in a new tab. */
  external?: boolean
}

/** What is on the screen when a route decides on the shell around it. */
export interface Screen {
  /** Wide enough for the sidebar. */
  desktop: boolean
  params: Record<string, string | undefined>
  search: URLSearchParams
}

interface RouteOptions {
  /** Without it, every signed-in user may open the page. */
  allowed?: Allowed
  /** A page for users who have not signed in. They are sent to the first such route. */
  public?: boolean
  /** `bare`: no bar at the foot of a phone's screen. `alone`: nothing of the shell. */
  frame?: (screen: Screen) => 'bare' | 'alone' | undefined
}

export interface FeatureRoute extends RouteOptions {
  path: string
  Page: ComponentType<Record<string, string | undefined>>
}

/** A page, loaded when first shown. The parameters of its path are its props. */
export function route<Path extends string>(path: Path, load: () => Promise<{ default: (props: StringRouteParams<Path>) => ReactNode }>, options?: RouteOptions): FeatureRoute {
  return { ...options, path, Page: lazy(load as () => Promise<{ default: FeatureRoute['Page'] }>) }
}

export type LiveHandlers = Record<string, (client: QueryClient, payload: unknown) => void>

export interface Command {
  icon: LucideIcon
  label: string
  href: string
  allowed: Allowed
}

export interface CommandSearch {
  /** Over what was found. */
  label: string
  allowed: Allowed
  /** Called in every render; asks the server only when `enabled`. */
  useResults: (words: string, enabled: boolean) => { items: CommandResult[]; loading: boolean }
}

export interface CommandResult {
  id: string
  href: string
  content: ReactNode
}

export interface ShortcutGroup {
  label: string
  /** `keys` as they are printed on a keyboard. */
  rows: { label: string; keys: string[] }[]
}
