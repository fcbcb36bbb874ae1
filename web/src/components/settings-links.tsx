import { ChevronRight, ExternalLink } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { SETTINGS_GROUPS, type SettingsEntry } from '@/lib/feature'
import { cn } from '@/lib/utils'

/** The pages under Settings by what they are about; `touch`: as a page of its own, on a phone. */
export function SettingsLinks({ entries, touch }: { entries: SettingsEntry[]; touch?: boolean }) {
  return SETTINGS_GROUPS.map((group) => {
    const own = entries.filter((entry) => entry.group === group)
    return own.length > 0 && <Group key={group} group={group} entries={own} touch={touch} />
  })
}

function Group({ group, entries, touch }: { group: SettingsEntry['group']; entries: SettingsEntry[]; touch?: boolean }) {
  const { t } = useTranslation()
  const [path] = useLocation()
  const id = useId()
  const row = touch
    ? 'flex h-12 items-center gap-3 px-4 text-sm font-medium hover:bg-accent [&>svg]:text-muted-foreground [&>svg:first-child]:size-5'
    : 'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-[0.8125rem] font-medium transition-colors hover:bg-sidebar-accent hover:text-foreground [&>svg:first-child]:size-4'
  return (
    <div className={touch ? 'mt-5 first:mt-0' : 'mt-4'}>
      <p id={id} className={cn('mb-1 text-xs font-medium text-muted-foreground', touch ? 'px-1' : 'px-2.5')}>{t(`settings.groups.${group}`)}</p>
      <ul aria-labelledby={id} className={touch ? 'divide-y overflow-hidden rounded-xl border bg-card shadow-xs' : 'space-y-0.5'}>
        {entries.map(({ href, icon: Icon, label, external }) => {
          const current = path === href || path.startsWith(`${href}/`)
          if (external) {
            return (
              <li key={href}>
                <a href={href} target="_blank" rel="noreferrer" className={row}>
                  <Icon aria-hidden />
                  <span className="flex-1 truncate">{t(label)}</span>
                  <ExternalLink className="size-3.5 text-muted-foreground" aria-hidden />
                  <span className="sr-only">{t('common.newTab')}</span>
                </a>
              </li>
            )
          }
          return (
            <li key={href}>
              <Link href={href} aria-current={current ? 'page' : undefined} className={cn(row, !touch && current && 'bg-sidebar-accent text-foreground [&>svg:first-child]:text-primary')}>
                <Icon aria-hidden />
                <span className="flex-1 truncate">{t(label)}</span>
                {touch && <ChevronRight className="flip-rtl size-4" aria-hidden />}
              </Link>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
