import type { TFunction } from 'i18next'
import { ArrowRight } from 'lucide-react'
import { Link } from 'wouter'
import type { Template } from '@/api/templates'
import type { TableColumn } from '@/components/table/columns'
import { CategoryText, LanguageText, QualityText, StatusBadge, TemplateName } from '@/components/template-bits'
import { TimeText } from '@/components/text-bits'
import { formatDate, timeAgo } from '@/lib/format'
import { languageName } from '@/lib/language'
import { bodyOf } from '@/lib/template-status'

const QUALITIES = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN']

interface ColumnsOptions {
  t: TFunction
  /** The numbers of an account, in words. */
  accountOf: (template: Template) => string
  /** More than one account: which one a template belongs to is worth a column. */
  manyAccounts: boolean
}

export const templateColumns = ({ t, accountOf, manyAccounts }: ColumnsOptions): TableColumn<Template>[] => [
  {
    id: 'name',
    header: t('templates.name'),
    names: true,
    width: 'w-full max-w-0 min-w-64',
    sortBy: (template) => template.name,
    cell: (template) => (
      <Link href={`/templates/${template.id}`} className="block rounded-sm py-1.5 underline-offset-2 hover:underline">
        <TemplateName name={template.name} className="align-ui block" />
        <span dir="auto" className="align-ui block truncate text-xs font-normal text-muted-foreground">{bodyOf(template.components) || t('templates.noText')}</span>
      </Link>
    ),
  },
  { id: 'status', header: t('templates.status'), sortBy: (template) => t(`template.status.${template.status}`), cell: (template) => <StatusBadge template={template} /> },
  {
    id: 'category',
    header: t('templates.category'),
    sortBy: (template) => template.category,
    cell: (template) => (
      <span className="whitespace-nowrap">
        <CategoryText category={template.category} />
        {template.pending_category && template.pending_category !== template.category && (
          <span className="flex items-center gap-1 text-xs text-warning-soft-foreground">
            <ArrowRight className="flip-rtl size-3" aria-hidden />
            {t('templates.soon', { category: t(`template.category.${template.pending_category}`), date: template.pending_category_at ? formatDate(template.pending_category_at) : '' })}
          </span>
        )}
      </span>
    ),
  },
  { id: 'language', header: t('templates.language'), sortBy: (template) => languageName(template.language), cell: (template) => <span className="md:whitespace-nowrap"><LanguageText code={template.language} /></span> },
  { id: 'quality', header: t('templates.quality'), sortBy: (template) => QUALITIES.indexOf(template.quality), cell: (template) => <QualityText quality={template.quality} /> },
  { id: 'account', header: t('templates.account'), extra: !manyAccounts, sortBy: accountOf, cell: (template) => <bdi>{accountOf(template)}</bdi> },
  { id: 'updated', header: t('templates.updated'), sortBy: (template) => template.updated_at, cell: (template) => <TimeText iso={template.updated_at} className="whitespace-nowrap text-muted-foreground">{timeAgo(template.updated_at)}</TimeText> },
]
