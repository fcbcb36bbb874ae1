import { BookOpen, Webhook } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Page } from '@/components/page'
import { Button } from '@/components/ui/button'
import { useCan } from '@/lib/session'
import { ApiKeys } from './api-keys'
import { Modules } from './modules'
import { QuickStart } from './quick-start'

export default function DevelopersPage() {
  const { t } = useTranslation()
  const { can, module } = useCan()
  return (
    <Page
      title={t('developers.title')}
      description={t('developers.lead')}
      className="max-w-4xl"
      actions={
        <>
        {module('messaging') && can('messages:read') && (
          <Button asChild variant="outline"><Link href="/developers/webhooks"><Webhook aria-hidden />{t('webhooks.title')}</Link></Button>
        )}
        <Button asChild variant="outline">
          <a href="/api/docs/" target="_blank" rel="noreferrer">
            <BookOpen aria-hidden />
            {t('developers.reference')}
          </a>
        </Button>
        </>
      }
    >
      <div className="space-y-6">
        {can('api_keys:read') && <ApiKeys manage={can('api_keys:manage')} />}
        <QuickStart />
        {can('modules:read') && <Modules manage={can('modules:manage')} />}
      </div>
    </Page>
  )
}
