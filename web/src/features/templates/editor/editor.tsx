import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { Eye, Send } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useLocation } from 'wouter'
import type { Channel } from '@/api/channels'
import { useCheck, useDrafts, useSubmit, writingKeys } from '@/api/template-writing'
import { type Template, useTemplatesOfName } from '@/api/templates'
import { BackLink } from '@/components/back-link'
import { Page } from '@/components/page'
import { PhonePreview } from '@/components/phone/phone-preview'
import { Notice } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { toastError } from '@/lib/errors'
import { useDebounced, useEvent } from '@/lib/hooks'
import { say } from '@/lib/said'
import { keepSampleOf, sampleFiles } from '@/lib/samples'
import { useCan } from '@/lib/session'
import { showTemplate } from '@/lib/shown'
import { AuthSection } from './auth-section'
import { BodySection } from './body-section'
import { ButtonsSection } from './buttons-section'
import { EditorContext, type EditorState } from './context'
import { fromTemplate, toTemplate } from './convert'
import { goTo, FindingsList } from './findings-list'
import { isMissing, placed } from './findings'
import { formSchema, type TemplateForm } from './form'
import { HeaderSection } from './header-section'
import { IdentitySection } from './identity-section'
import { LanguageNav } from './language-nav'
import { StartingRow } from '../starting-grid'
import { SaveStatus } from './save-status'
import { fitting, type Start } from './source'
import { SubmitDialog } from './submit-dialog'
import { useDraftKeeper } from './use-draft-keeper'

interface EditorProps {
  start: Start
  /** The template that is changed. */
  template?: Template
  channels: Channel[]
  onDraft: (id: string) => void
  /** Begins again with other values: those of a newer draft, or those before anything was typed. */
  onRestart: (start: Start) => void
}

export function Editor({ start, template, channels, onDraft, onRestart }: EditorProps) {
  const { t } = useTranslation()
  const { can } = useCan()
  const [, navigate] = useLocation()
  const client = useQueryClient()
  const form = useForm<TemplateForm>({ resolver: zodResolver(formSchema), defaultValues: start.values })
  const values = form.watch()
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [tried, setTried] = useState(false)
  const [confirming, setConfirming] = useState(false)
  const [preview, setPreview] = useState(false)
  const keeper = useDraftKeeper(start, template?.id, onDraft)
  const submit = useSubmit(template?.id)

  const body = useMemo(() => toTemplate(values), [values])
  const settled = useDebounced(body, 350)
  const check = useCheck(values.channel, settled, template?.id)
  const findings = useMemo(() => (check.data ? placed(check.data.findings, check.data.template, values.buttons) : []), [check.data, values.buttons])
  const waits = (field: string, missing: boolean) => missing && !tried && !touched.has(field)
  const shown = findings.filter((finding) => !waits(finding.field, isMissing(finding)))
  const missing = findings.filter((finding) => waits(finding.field, isMissing(finding)))

  const channel = channels.find(({ id }) => id === values.channel)
  const name = useDebounced(values.name, 600)
  const waba = template?.waba_id ?? channel?.waba_id
  const languages = useTemplatesOfName(waba && name ? { waba_id: waba, name } : undefined)
  const drafts = useDrafts(!!template || values.name !== '')
  const editing = template?.editing
  const approved = template?.status === 'APPROVED'
  const blocked = editing?.possible === false

  const set = useEvent((change: Partial<TemplateForm>) => {
    for (const [key, value] of Object.entries(change)) form.setValue(key as keyof TemplateForm, value as never, { shouldDirty: true })
    keeper.changed({ ...form.getValues(), ...change })
  })
  const state: EditorState = {
    values,
    set,
    findingsAt: (field) => shown.filter((finding) => finding.field === field),
    touch: (field) => !touched.has(field) && setTouched(new Set([...touched, field])),
    editing: !!template,
    nameFixed: !!start.nameFixed,
    categoryFixed: approved,
  }

  const ask = async () => {
    setTried(true)
    if (!values.channel) return goTo('channel')
    let data
    try {
      // What was typed since the last check counts as well.
      data = await check.now.mutateAsync(body)
    } catch (error) {
      return toastError(error)
    }
    const first = placed(data.findings, data.template, values.buttons).find(({ severity }) => severity === 'refused')
    if (first) setTimeout(() => goTo(first.field))
    else {
      submit.reset()
      setConfirming(true)
    }
  }
  const send = async () => {
    await keeper.flush()
    submit.mutate(
      { channelId: values.channel, template: body, mapping: template ? undefined : fitting(start.mapping, body), draftId: keeper.draftId() },
      {
        onSuccess: ({ id }) => {
          keeper.finish()
          keepSampleOf(id, body)
          toast.success(t('templateEditor.submit.done'))
          navigate(`/templates/${id}`)
        },
        onError: () => void client.invalidateQueries({ queryKey: writingKeys.check }),
      },
    )
  }
  const title = t(template ? 'templateEditor.titleEdit' : 'templateEditor.title')
  const phone = <PhonePreview shown={showTemplate(body)} language={values.language} sender={channel?.name} files={sampleFiles({ ...body, id: template?.id })} authentication={values.category === 'AUTHENTICATION'} />
  const refused = findings.filter(({ severity }) => severity === 'refused').length

  return (
    <EditorContext.Provider value={state}>
      <Page title={title} description={template ? <bdi dir="ltr" className="font-mono text-xs">{template.name}</bdi> : t('templateEditor.lead')} above={<BackLink href={template ? `/templates/${template.id}` : '/templates'} label={t(template ? 'templateEditor.back' : 'templateEditor.all')} />}>
        {start.place === 'new' && !start.restored && !form.formState.isDirty && <StartingRow />}
        <LanguageNav current={values.language} templates={languages.data ?? []} drafts={(drafts.data ?? []).filter(({ id, name, template_id: of }) => name !== '' && name === values.name && !of && id !== keeper.draftId())} />
        <div className="grid gap-2 empty:hidden not-empty:mb-4">
          {keeper.theirs && <Conflict onTheirs={() => keeper.theirs && onRestart({ ...start, values: fromTemplate(keeper.theirs.template, keeper.theirs.channel_id ?? values.channel), draft: { id: keeper.theirs.id, version: keeper.theirs.version }, mapping: keeper.theirs.mapping, restored: false, theirs: undefined })} onMine={() => void keeper.keepMine()} />}
          {start.restored && !form.formState.isDirty && <Notice tone="info">{t('templateEditor.restored')}</Notice>}
          {editing && <EditLimits template={template} />}
          {values.extra.length > 0 && <Notice tone="info">{t('templateEditor.extra')}</Notice>}
          {channels.length === 0 && <Notice tone="warning">{t('templateEditor.noNumber')}</Notice>}
        </div>
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_21.5rem]">
          <form
            noValidate
            className="grid min-w-0 gap-4"
            onSubmit={(event) => {
              event.preventDefault()
              if (!blocked) void ask()
            }}
          >
            <IdentitySection channels={channels} />
            {values.category === 'AUTHENTICATION' ? (
              <AuthSection />
            ) : (
              <>
                <HeaderSection />
                <BodySection />
                <ButtonsSection />
              </>
            )}
            <div className="lg:hidden"><FindingsList findings={shown} missing={missing} state={check.error ? 'failed' : check.data ? 'checked' : 'none'} /></div>
            <div className="sticky bottom-0 z-10 -mx-1 pb-3">
              <div className="flex flex-wrap items-center gap-2 rounded-xl border bg-popover px-4 py-2.5 shadow-lg">
                <div className="me-auto min-w-0"><SaveStatus state={keeper.state} error={keeper.error} /></div>
                <Button variant="outline" size="sm" className="lg:hidden" onClick={() => setPreview(true)}><Eye aria-hidden />{t('templateEditor.preview')}</Button>
                {can('templates:submit') ? (
                  <Button type="submit" size="sm" aria-disabled={blocked || undefined} loading={check.now.isPending}>
                    <Send aria-hidden className="flip-rtl" />
                    {t('templateEditor.submit.open')}
                    {refused > 0 && tried && <span className="tnum rounded-full bg-primary-foreground/20 px-1.5 text-xs">{refused}</span>}
                  </Button>
                ) : (
                  <p className="text-[0.8125rem] text-muted-foreground">{t('templateEditor.mayNotSubmit')}</p>
                )}
              </div>
            </div>
          </form>
          <aside className="sticky top-4 hidden gap-4 lg:grid">
            {phone}
            <FindingsList findings={shown} missing={missing} state={check.error ? 'failed' : check.data ? 'checked' : 'none'} />
          </aside>
        </div>
        <Dialog open={preview} onOpenChange={setPreview}>
          <DialogContent aria-describedby={undefined}>
            <DialogHeader><DialogTitle>{t('templateEditor.preview')}</DialogTitle></DialogHeader>
            <DialogBody>{preview && phone}</DialogBody>
          </DialogContent>
        </Dialog>
        <SubmitDialog
          open={confirming}
          onOpenChange={setConfirming}
          values={values}
          findings={shown.filter(({ severity }) => severity !== 'refused')}
          editing={editing}
          approved={approved}
          loading={submit.isPending}
          error={submit.error}
          onSubmit={() => void send()}
        />
      </Page>
    </EditorContext.Provider>
  )
}

/** Two people, or one in two windows, wrote the same draft. */
function Conflict({ onTheirs, onMine }: { onTheirs: () => void; onMine: () => void }) {
  const { t } = useTranslation()
  return (
    <Notice tone="warning">
      <p>{t('templateEditor.conflictBody')}</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button variant="outline" size="sm" onClick={onTheirs}>{t('templateEditor.takeTheirs')}</Button>
        <Button variant="outline" size="sm" onClick={onMine}>{t('templateEditor.keepMine')}</Button>
      </div>
    </Notice>
  )
}

/** How often Meta takes changes still, or why not now. */
function EditLimits({ template }: { template: Template }) {
  const { t } = useTranslation()
  const { editing } = template
  if (!editing) return null
  if (!editing.possible) {
    return (
      <Notice tone="warning">
        {say(editing.why_terms) || t('templateEditor.notNow')}
        {' '}{t('templateEditor.stillDraft')}
      </Notice>
    )
  }
  if (editing.today_left === undefined) return <Notice tone="info">{t('templateEditor.editFree')}</Notice>
  return <Notice tone="info">{t('templateEditor.editsLeft', { count: editing.today_left, month: editing.month_left })}</Notice>
}
