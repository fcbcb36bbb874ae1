import { CircleAlert, CircleCheck, Clock, Info, type LucideIcon, Pencil, Play, RotateCcw, TriangleAlert, Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Link, useLocation } from 'wouter'
import { type Template, useGiveUpSubmission, useRetrySubmission, useUnpauseTemplate } from '@/api/templates'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { useStatusHint } from '@/components/template-bits'
import { Button } from '@/components/ui/button'
import { toastError } from '@/lib/errors'
import { formatDate } from '@/lib/format'
import { details, say } from '@/lib/said'
import { useCan } from '@/lib/session'
import { type Tone, toneOf } from '@/lib/template-status'
import { cn } from '@/lib/utils'

const LOOKS: Record<Tone, [LucideIcon, string]> = {
  success: [CircleCheck, 'bg-primary-soft text-primary-soft-foreground'],
  info: [Clock, 'bg-info-soft text-info-soft-foreground'],
  warning: [TriangleAlert, 'bg-warning-soft text-warning-soft-foreground'],
  destructive: [CircleAlert, 'bg-destructive-soft text-destructive-soft-foreground'],
  secondary: [Info, 'bg-muted text-foreground'],
}

/** How a template is, why, and what can be done about it. */
export function StatusPanel({ template }: { template: Template }) {
  const { t } = useTranslation()
  const hint = useStatusHint()
  const { can } = useCan()
  const submit = can('templates:submit')
  const { submission, status } = template
  const reason = say(template.reason_terms)
  return (
    <div className="space-y-3">
      {submission?.state === 'refused' ? (
        <Refused template={template} mayAct={submit} />
      ) : submission ? (
        <Panel name="submission" tone="info" title={t(`templates.submission.${submission.kind}.title`)}>
          <p>{say(submission.problem_terms, submission.problem) || t(`templates.submission.${submission.kind}.body`)}</p>
        </Panel>
      ) : null}
      {!(status === 'SUBMITTING' && submission) && !(status === 'APPROVED' && !reason) && (
        <Panel name="status" tone={toneOf(status)} title={t(`template.status.${status}`)}>
          <p>{template.live ? t('templates.versions.waits') : hint(status)}</p>
          {reason && <p>{reason}</p>}
          {template.recommendation && <p>{t('templates.whatsappSays')} <bdi>{template.recommendation}</bdi></p>}
          {submit && status === 'REJECTED' && !submission && <Act><EditButton template={template} /></Act>}
          {submit && status === 'PAUSED' && <Act><UnpauseButton template={template} /><EditButton template={template} /></Act>}
        </Panel>
      )}
      {template.pending_category && template.pending_category !== template.category && (
        <Panel name="category" tone="warning" title={t('templates.announced.title', { category: t(`template.category.${template.pending_category}`) })}>
          <p>
            {template.pending_category_at ? t('templates.announced.on', { date: formatDate(template.pending_category_at), category: t(`template.category.${template.pending_category}`) }) : t('templates.announced.body', { category: t(`template.category.${template.pending_category}`) })}{' '}
            {template.pending_category === 'MARKETING' && t('templates.announced.cost')}
          </p>
        </Panel>
      )}
      {template.previous_category && template.category && template.previous_category !== template.category && (
        <p className="px-1 text-[0.8125rem] text-muted-foreground">{t('templates.changedCategory', { from: t(`template.category.${template.previous_category}`), to: t(`template.category.${template.category}`) })}</p>
      )}
      {submit && template.editing && !template.editing.possible && status !== 'DELETED' && (
        <p className="px-1 text-[0.8125rem] text-muted-foreground">
          {say(template.editing.why_terms) || t('templates.noEdit')}
        </p>
      )}
    </div>
  )
}

function Panel({ name, tone, title, children }: { name: string; tone: Tone; title: string; children: ReactNode }) {
  const [Icon, look] = LOOKS[tone]
  return (
    <section data-panel={name} aria-label={title} className={cn('flex items-start gap-2.5 rounded-xl px-4 py-3 text-[0.8125rem]', look)}>
      <Icon className="mt-0.5 size-4.5 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 space-y-1 wrap-anywhere">
        <h2 className="text-sm font-semibold">{title}</h2>
        {children}
      </div>
    </section>
  )
}

const Act = ({ children }: { children: ReactNode }) => <div className="flex flex-wrap gap-2 pt-1.5">{children}</div>

export function EditButton({ template }: { template: Template }) {
  const { t } = useTranslation()
  return <Button asChild variant="outline" size="sm"><Link href={`/templates/${template.id}/edit`}><Pencil aria-hidden />{t('templates.mend')}</Link></Button>
}

function UnpauseButton({ template }: { template: Template }) {
  const { t } = useTranslation()
  const unpause = useUnpauseTemplate()
  return (
    <Button variant="outline" size="sm" loading={unpause.isPending} onClick={() => unpause.mutate({ id: template.id }, { onSuccess: () => toast.success(t('templates.unpaused')), onError: toastError })}>
      {!unpause.isPending && <Play aria-hidden />}
      {t('templates.unpause')}
    </Button>
  )
}

function Refused({ template, mayAct }: { template: Template; mayAct: boolean }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [asking, setAsking] = useState(false)
  const retry = useRetrySubmission()
  const giveUp = useGiveUpSubmission()
  const { submission } = template
  if (!submission) return null
  const more = details(submission.problem_terms)
  return (
    <Panel name="refused" tone="destructive" title={t(`templates.refused.${submission.kind}`)}>
      <p>{say(submission.problem_terms, submission.problem)}</p>
      {more && <p>{t('templates.whatsappSays')} <bdi>{more}</bdi></p>}
      {mayAct && (
        <Act>
          {submission.kind !== 'delete' && <EditButton template={template} />}
          <Button variant="outline" size="sm" loading={retry.isPending} onClick={() => retry.mutate({ id: template.id }, { onSuccess: () => toast.success(t('templates.refused.retried')), onError: toastError })}>
            {!retry.isPending && <RotateCcw aria-hidden />}
            {t('templates.refused.retry')}
          </Button>
          <Button variant="ghost" size="sm" onClick={() => setAsking(true)}><Undo2 aria-hidden />{t('templates.refused.giveUp')}</Button>
        </Act>
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('templates.refused.giveUpTitle')}
        body={t(`templates.refused.giveUpBody.${submission.kind}`)}
        action={t('templates.refused.giveUp')}
        loading={giveUp.isPending}
        onConfirm={() =>
          giveUp.mutate(template.id, {
            onSuccess: () => {
              setAsking(false)
              // A template that never was is now a draft.
              if (submission.kind === 'create' && !template.whatsapp_id) navigate('/templates', { replace: true })
            },
            onError: toastError,
          })
        }
      />
    </Panel>
  )
}
