import { Check, CloudOff, LoaderCircle } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { NetworkError } from '@/api/error'
import { describeError } from '@/lib/errors'
import type { SaveState } from './draft-keeper'

/** Where what is typed is kept by now. */
export function SaveStatus({ state, error }: { state: SaveState; error: unknown }) {
  const { t } = useTranslation()
  const busy = state === 'waiting' || state === 'saving'
  return (
    <p role="status" data-save={state} className="flex min-w-0 items-center gap-1.5 text-[0.8125rem] text-muted-foreground">
      {busy && <LoaderCircle aria-hidden className="size-3.5 shrink-0 animate-spin motion-reduce:animate-none" />}
      {state === 'saved' && <Check aria-hidden className="size-3.5 shrink-0 text-primary" />}
      {state === 'local' && <CloudOff aria-hidden className="size-3.5 shrink-0" />}
      <span className="min-w-0">
        {busy ? t('templateEditor.saving') : state === 'untouched' ? '' : state === 'local' ? t(error instanceof NetworkError ? 'templateEditor.offline' : 'templateEditor.local') : state === 'refused' ? t('templateEditor.notSaved', { reason: describeError(error) }) : t(`templateEditor.${state}`)}
      </span>
    </p>
  )
}
