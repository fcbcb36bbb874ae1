import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useModules, useSetModule } from '@/api/modules'
import { SettingsPage } from '@/components/settings-page'
import { ErrorState } from '@/components/states'
import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { Switch } from '@/components/ui/switch'
import { toastError } from '@/lib/errors'
import { useCan } from '@/lib/session'

export default function ModulesPage() {
  const { t } = useTranslation()
  const manage = useCan().can('modules:manage')
  const query = useModules()
  const change = useSetModule()
  return (
    <SettingsPage title={t('modules.title')} description={t('modules.lead')}>
      <Card>
        {query.isPending ? (
          <div role="status" className="space-y-3 p-5"><span className="sr-only">{t('common.loading')}</span>{[1, 2].map((i) => <Skeleton key={i} className="h-10" />)}</div>
        ) : query.error && !query.data ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <ul className="divide-y">
            {query.data?.map((module) => {
              const id = `module-${module.name}`
              return (
                <li key={module.name} className="flex items-center gap-4 px-5 py-3.5">
                  <div className="min-w-0 flex-1">
                    <label htmlFor={id} className="text-sm font-medium">{t(`modules.names.${module.name}`, { defaultValue: module.title })}</label>
                    <p id={`${id}-about`} className="text-[0.8125rem] text-muted-foreground">{t(`modules.about.${module.name}`, { defaultValue: module.description })}</p>
                  </div>
                  <Switch
                    id={id}
                    aria-describedby={`${id}-about`}
                    checked={module.enabled}
                    disabled={!manage || change.isPending}
                    onCheckedChange={(enabled) =>
                      change.mutate({ name: module.name, enabled }, { onSuccess: (result) => toast.success(t(result.enabled ? 'modules.on' : 'modules.off', { name: t(`modules.names.${result.name}`, { defaultValue: result.title }) })), onError: toastError })
                    }
                  />
                </li>
              )
            })}
          </ul>
        )}
      </Card>
    </SettingsPage>
  )
}
