import { useTranslation } from 'react-i18next'
import { useChannels } from '@/api/channels'
import { NumberProblems } from '@/components/number-problems'
import { Page } from '@/components/page'
import { TemplateProblems, useTroubledTemplates } from '@/components/template-problems'
import { problemsOf } from '@/lib/channel-health'
import { useCan, useSession } from '@/lib/session'
import { Checklist } from './checklist'
import { Today } from './today'

export default function HomePage() {
  const { t } = useTranslation()
  const { session } = useSession()
  const { can, module } = useCan()
  const reads = module('messaging') && can('messages:read')
  return (
    <Page title={t('home.title')} description={t('home.lead', { business: session.tenant.name })} className="max-w-4xl">
      <div className="space-y-8">
        <Problems numbers={module('channels') && can('channels:read')} templates={module('templates') && can('templates:read')} />
        {module('channels') && can('channels:read') && reads && <Checklist />}
        {reads && <Today />}
      </div>
    </Page>
  )
}

/** What stops messages from going out or coming in, before everything else. */
function Problems({ numbers, templates }: { numbers: boolean; templates: boolean }) {
  const { t } = useTranslation()
  const channels = useChannels(numbers)
  const troubledTemplates = useTroubledTemplates(templates)
  const troubled = (channels.data ?? []).map((channel) => ({ channel, problems: problemsOf(channel) })).filter(({ problems }) => problems.length > 0)
  if (troubled.length === 0 && troubledTemplates.length === 0) return null
  return (
    <section aria-labelledby="home-problems">
      <h2 id="home-problems" className="mb-3 text-[0.9375rem] font-semibold tracking-tight">{t('home.problems')}</h2>
      <div className="space-y-3">
        {troubled.map(({ channel, problems }) => <NumberProblems key={channel.id} channel={channel} problems={problems} />)}
        <TemplateProblems templates={troubledTemplates} />
      </div>
    </section>
  )
}
