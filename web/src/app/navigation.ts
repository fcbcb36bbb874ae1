import { matchRoute, useLocation, useRouter, useSearchParams } from 'wouter'
import { type NavEntry, SETTINGS_GROUPS, type SettingsEntry } from '@/lib/feature'
import { type Access, useCan } from '@/lib/session'
import { features } from './features'

const entries = features.flatMap((feature) => feature.nav ?? []).sort((a, b) => a.order - b.order)
const settings = features
  .flatMap((feature) => feature.settings ?? [])
  .sort((a, b) => SETTINGS_GROUPS.indexOf(a.group) - SETTINGS_GROUPS.indexOf(b.group) || a.order - b.order)
export const routes = features.flatMap((feature) => feature.routes ?? [])
/** Where pages are now that had another address before. */
export const moved = features.flatMap((feature) => Object.entries(feature.moved ?? {}))

export interface NavItem extends NavEntry {
  count: number
}

/** The entries this session may use, in order. */
export function useNav(): NavItem[] {
  const access = useCan()
  return entries
    .map((entry) => {
      const shown = entry.allowed(access)
      // The list never changes, so its hooks are called in the same order in every render.
      return { ...entry, shown, count: entry.badge?.useCount(shown) ?? 0 }
    })
    .filter((entry) => entry.shown)
}

/** The pages under Settings that this session may open, in order. */
export const allowedSettings = (access: Access): SettingsEntry[] => settings.filter((entry) => entry.allowed(access))

/** The pages this session may open. */
export const allowedRoutes = (access: Access) => routes.filter((route) => !route.public && (route.allowed?.(access) ?? true))

/** Where a session starts: at the first entry of its navigation, else at the first page without parameters. */
export const startPath = (access: Access) =>
  entries.find((entry) => entry.allowed(access))?.href ?? allowedRoutes(access).find(({ path }) => !path.includes(':'))?.path

export const isCurrent = (path: string, href: string) => path === href || path.startsWith(`${href}/`)

/** Which page an address belongs to: an open conversation is still the inbox, each page under Settings is one of its own. */
export const sectionOf = (path: string) => path.split('/').slice(0, isCurrent(path, '/settings') ? 3 : 2).join('/')

/** How much of the shell the page on screen wants. */
export function useFrame(desktop: boolean) {
  const { parser } = useRouter()
  const [path] = useLocation()
  const [search] = useSearchParams()
  for (const { path: pattern, frame } of routes) {
    const [matches, params] = matchRoute(parser, pattern, path)
    if (matches) return frame?.({ desktop, params, search })
  }
  return undefined
}
