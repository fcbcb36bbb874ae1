import { useTranslation } from 'react-i18next'
import type { Template } from '@/api/templates'
import { TemplateCard } from '@/components/message/template-card'
import { templateView } from '@/lib/template-view'
import { componentsFor } from './templates'

/** The template as the customer's phone will draw it. */
export function TemplatePreview({ template, values }: { template: Template; values: Record<string, string> }) {
  const { t } = useTranslation()
  return (
    <figure className="rounded-xl bg-thread p-4" aria-label={t('templates.preview')}>
      <div className="w-fit max-w-full min-w-56 rounded-2xl rounded-ss-md border bg-bubble-in px-3 py-2 text-sm shadow-xs sm:max-w-96">
        <TemplateCard view={templateView(template.components, componentsFor(template, values, true))} preview />
      </div>
    </figure>
  )
}
