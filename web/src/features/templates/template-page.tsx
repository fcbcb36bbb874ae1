import { Copy, Ellipsis, Pencil, SearchX, Send, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { ApiError } from '@/api/error'
import { type Template, useTemplate, useTemplateUses } from '@/api/templates'
import { BackLink } from '@/components/back-link'
import { Page } from '@/components/page'
import { PhonePreview } from '@/components/phone/phone-preview'
import { EmptyState, ErrorState } from '@/components/states'
import { CategoryText, LanguageText, QualityText, StatusBadge, TemplateName } from '@/components/template-bits'
import { Code } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { Card, CardTitle } from '@/components/ui/card'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { Skeleton } from '@/components/ui/skeleton'
import { ToggleGroup, ToggleGroupItem } from '@/components/ui/toggle-group'
import { formatDateTime, formatNumber, formatSpan } from '@/lib/format'
import { sampleFiles } from '@/lib/samples'
import { useCan } from '@/lib/session'
import { showTemplate, slotsOf } from '@/lib/shown'
import { isGone, isSendable, sentNow } from '@/lib/template-status'
import { accountName, useKnownChannels } from './accounts'
import { DeleteDialog } from './delete-dialog'
import { Languages } from './languages'
import { MappingForm } from './mapping-form'
import { StatusPanel } from './status-panel'
import { TestDialog } from './test-dialog'
import { Timeline } from './timeline'
import { UseList } from './uses'

/** One template: how a phone shows it, how it is, and what can be done with it. */
export default function TemplatePage({ templateId }: { templateId: string }) {
  const { t } = useTranslation()
  const template = useTemplate(templateId)
  const back = <BackLink href="/templates" label={t('template.many')} />
  if (template.data) return <Inside key={templateId} template={template.data} back={back} />
  const gone = template.error instanceof ApiError && template.error.status === 404
  return (
    <Page title={t('templates.one')} above={back}>
      {template.isPending ? (
        <div role="status" className="grid gap-6 lg:grid-cols-[21.5rem_minmax(0,1fr)]"><span className="sr-only">{t('common.loading')}</span><Skeleton className="h-128 rounded-xl" /><Skeleton className="h-72 rounded-xl" /></div>
      ) : gone ? (
        <EmptyState icon={SearchX} title={t('templates.goneTitle')} body={t('templates.goneBody')} />
      ) : (
        <ErrorState error={template.error} onRetry={() => void template.refetch()} />
      )}
    </Page>
  )
}

function Inside({ template, back }: { template: Template; back: ReactNode }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const { can } = useCan()
  const write = can('templates:write')
  const submit = can('templates:submit')
  const [testing, setTesting] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const gone = isGone(template)
  const mayTest = can('messages:send') && isSendable(template)
  return (
    <Page
      title={template.name}
      heading={<TemplateName name={template.name} />}
      above={back}
      description={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StatusBadge template={template} />
          <LanguageText code={template.language} />
          <span><CategoryText category={template.category} /></span>
        </span>
      }
      actions={
        <>
          {mayTest && <Button onClick={() => setTesting(true)}><Send aria-hidden />{t('templates.test.open')}</Button>}
          {submit && !gone && <Button asChild variant="outline"><Link href={`/templates/${template.id}/edit`}><Pencil aria-hidden />{t('common.edit')}</Link></Button>}
          {write && (
            <DropdownMenu>
              <DropdownMenuTrigger asChild>
                <Button variant="outline" size="icon" aria-label={t('table.actionsFor', { name: template.name })}><Ellipsis aria-hidden /></Button>
              </DropdownMenuTrigger>
              <DropdownMenuContent align="end">
                <DropdownMenuItem onSelect={() => navigate(`/templates/new?clone=${template.id}`)}><Copy aria-hidden />{t('templates.clone')}</DropdownMenuItem>
                {submit && !gone && <DropdownMenuItem variant="destructive" onSelect={() => setDeleting(true)}><Trash2 aria-hidden />{t('common.delete')}</DropdownMenuItem>}
              </DropdownMenuContent>
            </DropdownMenu>
          )}
        </>
      }
    >
      <div className="grid gap-6 lg:grid-cols-[21.5rem_minmax(0,1fr)]">
        <OnThePhone template={template} />
        <div className="min-w-0 space-y-5">
          <StatusPanel template={template} />
          <Facts template={template} />
          <Languages template={template} mayWrite={write} />
          <MappingForm template={template} mayWrite={write} />
          <Uses templateId={template.id} />
          <Timeline templateId={template.id} />
        </div>
      </div>
      <TestDialog template={template} open={testing} onClose={() => setTesting(false)} />
      <DeleteDialog template={deleting ? template : undefined} onClose={() => setDeleting(false)} onDone={() => navigate('/templates')} />
    </Page>
  )
}

function OnThePhone({ template }: { template: Template }) {
  const { t } = useTranslation()
  const [bare, setBare] = useState(false)
  const [version, setVersion] = useState<'now' | 'review'>('now')
  const channels = useKnownChannels()
  const sender = channels.find((channel) => channel.waba_id === template.waba_id)
  const shown = version === 'now' ? sentNow(template) : template
  const blanks = slotsOf(shown).length > 0
  return (
    <div className="lg:sticky lg:top-6 lg:self-start">
      {template.live && (
        <div className="mb-3 flex justify-center">
          <ToggleGroup type="single" value={version} onValueChange={(value) => value && setVersion(value as typeof version)} aria-label={t('templates.versions.label')}>
            <ToggleGroupItem value="now">{t('templates.versions.now')}</ToggleGroupItem>
            <ToggleGroupItem value="review">{t('templates.versions.review')}</ToggleGroupItem>
          </ToggleGroup>
        </div>
      )}
      <PhonePreview shown={showTemplate(shown, bare ? 'braces' : 'samples')} language={template.language} sender={sender?.verified_name ?? sender?.name} files={sampleFiles(shown)} />
      {blanks && (
        <div className="mt-3 flex justify-center">
          <ToggleGroup type="single" value={bare ? 'braces' : 'samples'} onValueChange={(value) => value && setBare(value === 'braces')} aria-label={t('templates.show.label')}>
            <ToggleGroupItem value="samples">{t('templates.show.samples')}</ToggleGroupItem>
            <ToggleGroupItem value="braces">{t('templates.show.braces')}</ToggleGroupItem>
          </ToggleGroup>
        </div>
      )}
    </div>
  )
}

function Facts({ template }: { template: Template }) {
  const { t } = useTranslation()
  const channels = useKnownChannels()
  const { editing, ttl_seconds: ttl } = template
  return (
    <Card role="region" aria-labelledby="template-facts">
      <h2 id="template-facts" className="sr-only">{t('templates.facts')}</h2>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-4 p-5 text-[0.8125rem] sm:grid-cols-2 xl:grid-cols-3">
        <Fact label={t('templates.quality')}><QualityText quality={template.quality} /></Fact>
        <Fact label={t('templates.category')}><CategoryText category={template.category} /></Fact>
        <Fact label={t('templates.language')}><LanguageText code={template.language} /> <Code className="px-1">{template.language}</Code></Fact>
        <Fact label={t('templates.account')}><bdi>{accountName(channels, template.waba_id)}</bdi></Fact>
        <Fact label={t('templates.updated')}>{formatDateTime(template.updated_at)}</Fact>
        <Fact label={t('templates.created')}>{formatDateTime(template.created_at)}</Fact>
        {template.whatsapp_id && <Fact label={t('templates.whatsappId')}><Code className="px-1">{template.whatsapp_id}</Code></Fact>}
        {ttl !== undefined && <Fact label={t('templates.ttl')}>{ttl < 0 ? t('templates.ttlLongest') : formatSpan(ttl)}</Fact>}
        {editing?.today_left !== undefined && editing.month_left !== undefined && <Fact label={t('templates.edits')}>{t('templates.editsLeft', { today: formatNumber(editing.today_left), month: formatNumber(editing.month_left) })}</Fact>}
      </dl>
    </Card>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="mb-0.5 text-xs text-muted-foreground">{label}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  )
}

function Uses({ templateId }: { templateId: string }) {
  const { t } = useTranslation()
  const uses = useTemplateUses(templateId).data
  if (!uses) return null
  return (
    <Card role="region" aria-labelledby="template-uses" className="px-5 py-4 text-[0.8125rem]">
      <CardTitle id="template-uses" className="mb-2">{t('templates.uses.title')}</CardTitle>
      {uses.length > 0 ? <UseList uses={uses} /> : <p className="text-muted-foreground">{t('templates.uses.none')}</p>}
    </Card>
  )
}
