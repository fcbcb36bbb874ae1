import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearch } from 'wouter'
import { useChannels } from '@/api/channels'
import { useDraft, useDrafts } from '@/api/template-writing'
import { useTemplate } from '@/api/templates'
import { BackLink } from '@/components/back-link'
import { Page } from '@/components/page'
import { ErrorState } from '@/components/states'
import { Skeleton } from '@/components/ui/skeleton'
import { Editor } from './editor'
import { type Start, startOf } from './source'

/** `/templates/new?from=&clone=&language=&draft=` and `/templates/:templateId/edit`. */
export default function EditorPage({ templateId }: { templateId?: string }) {
  const search = useSearch()
  const [, navigate] = useLocation()
  const [open, setOpen] = useState(search)
  /** The address after what is open has become a draft: the same editor. */
  const became = useRef<string>()
  if (search !== open && search !== became.current) setOpen(search)
  const onDraft = (id: string) => {
    if (templateId) return
    became.current = `draft=${id}`
    navigate(`/templates/new?draft=${id}`, { replace: true })
  }
  return <Loader key={open} templateId={templateId} search={open} onDraft={onDraft} />
}

interface LoaderProps {
  templateId?: string
  search: string
  onDraft: (id: string) => void
}

/** Waits for what the editor begins with; what comes later changes nothing that is typed. */
function Loader({ templateId, search, onDraft }: LoaderProps) {
  const { t, i18n } = useTranslation()
  const asked = new URLSearchParams(search)
  const [draftId, cloneId] = [asked.get('draft') ?? undefined, asked.get('clone') ?? undefined]
  const channels = useChannels()
  const template = useTemplate(templateId)
  const clone = useTemplate(templateId || draftId ? undefined : cloneId)
  const drafts = useDrafts(!!templateId)
  const own = templateId ? drafts.data?.find(({ template_id }) => template_id === templateId)?.id : draftId
  const draft = useDraft(own)
  const [, navigate] = useLocation()
  // A draft that changes a template has that template's address.
  const changes = !templateId && draft.data?.template_id
  useEffect(() => {
    if (changes) navigate(`/templates/${changes}/edit`, { replace: true })
  }, [changes, navigate])
  const [start, setStart] = useState<Start>()
  const [copy, setCopy] = useState(0)

  const waited = [channels, ...(templateId ? [template, drafts] : []), ...(own ? [draft] : []), ...(cloneId && !draftId && !templateId ? [clone] : [])]
  const failed = waited.find(({ error, data }) => error && data === undefined)
  if (!start && !failed && !changes && waited.every(({ data }) => data !== undefined)) {
    setStart(startOf({ template: template.data, draft: draft.data, clone: clone.data, language: asked.get('language') ?? undefined, from: asked.get('from') ?? undefined, channels: channels.data ?? [], reader: i18n.language }))
  }
  if (start) {
    return (
      <Editor
        key={copy}
        start={start}
        template={template.data}
        channels={channels.data ?? []}
        onDraft={onDraft}
        onRestart={(next) => {
          setStart(next)
          setCopy(copy + 1)
        }}
      />
    )
  }
  const title = t(templateId ? 'templateEditor.titleEdit' : 'templateEditor.title')
  return (
    <Page title={title} above={<BackLink href="/templates" label={t('templateEditor.all')} />}>
      {failed ? <ErrorState error={failed.error} onRetry={() => waited.forEach((query) => void query.refetch())} /> : <div aria-hidden className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_21.5rem]"><div className="grid content-start gap-4"><Skeleton className="h-64" /><Skeleton className="h-40" /><Skeleton className="h-72" /></div><Skeleton className="h-[36rem] rounded-[2.6rem]" /></div>}
    </Page>
  )
}
