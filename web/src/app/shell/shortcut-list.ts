import { useTranslation } from 'react-i18next'
import type { NavEntry, SettingsEntry, ShortcutGroup } from '@/lib/feature'
import { isMac } from '@/lib/hooks'
import { features } from '../features'

const ofFeatures = features.flatMap((feature) => feature.shortcuts ?? [])

/** Every shortcut there is, in words: first those that work everywhere, then each feature's. */
export function useShortcutList(nav: NavEntry[], settings: SettingsEntry[]): ShortcutGroup[] {
  const { t } = useTranslation()
  const jumps = [...nav, ...settings].flatMap(({ key, label }) => (key ? [{ label: t('shortcuts.goTo', { page: t(label) }), keys: ['G', key.toUpperCase()] }] : []))
  const everywhere = {
    label: t('shortcuts.everywhere'),
    rows: [{ label: t('shell.search'), keys: [isMac() ? '⌘' : 'Ctrl', 'K'] }, { label: t('shortcuts.title'), keys: ['?'] }, ...jumps],
  }
  return [everywhere, ...ofFeatures.map(({ label, rows }) => ({ label: t(label), rows: rows.map((row) => ({ ...row, label: t(row.label) })) }))]
}
