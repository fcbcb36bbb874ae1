import i18next from 'i18next'
import { toast } from 'sonner'
import { navigate } from 'wouter/use-browser-location'
import type { TemplateChange } from '@/api/templates'
import { leave } from '@/components/leave-guard'
import { formatDate, isolated } from '@/lib/format'
import type { Worse } from './live-updates'

/** So many at once are named together: a wall of notices would be read by nobody. */
const EACH = 3

const go = (href: string) => leave(() => navigate(href))

const category = (name: string | undefined) => i18next.t(`template.category.${name ?? 'MARKETING'}`)

/** Says that templates became worse, each with the way to it. */
export function tell(news: { change: TemplateChange; worse: Worse }[]) {
  if (news.length > EACH) {
    toast.warning(i18next.t('templates.news.many', { count: news.length }), { id: 'templates', action: { label: i18next.t('templates.news.show'), onClick: () => go('/templates') } })
    return
  }
  for (const { change, worse } of news) {
    const name = isolated(change.name)
    const words = {
      name,
      to: category(worse === 'announced' ? change.pending_category : change.category),
      date: change.pending_category_at ? formatDate(change.pending_category_at) : i18next.t('templates.news.soon'),
    }
    const say = worse === 'rejected' || worse === 'disabled' ? toast.error : toast.warning
    say(i18next.t(`templates.news.${worse}.title`, words), {
      // The same news about the same template takes the place of the last one.
      id: `template-${change.template_id}-${worse}`,
      description: i18next.t(`templates.news.${worse}.body`, words),
      duration: 12_000,
      action: { label: i18next.t('templates.news.open'), onClick: () => go(`/templates/${change.template_id}`) },
    })
  }
}
