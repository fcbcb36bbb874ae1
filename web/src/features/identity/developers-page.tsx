import { BookOpen, Webhook } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Page } from '@/components/page'
import { Button } from '@/components/ui/button'
import { P } from '@/lib/permissions'
import { useCan } from '@/lib/session'
import { ApiKeys } from './api-keys'
import { Modules } from './modules'
import { QuickStart } from './quick-start'

export default function DevelopersPage() {
  const { t } = useTranslation()
  const { can, module } = useCan()
  return (
    <Page
      title={t('nav.developers')}
      description={t('developers.lead')}
      className="max-w-4xl"
      actions={
        <>
        {module('messaging') && can(P.messagesRead) && (
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
        {can(P.apiKeysRead) && <ApiKeys manage={can(P.apiKeysManage)} />}
        <QuickStart />
        {can(P.modulesRead) && <Modules manage={can(P.modulesManage)} />}
      </div>
    </Page>
  )
}
