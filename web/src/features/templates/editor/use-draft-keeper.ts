import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { createDraft, type Draft, fetchDraft, saveDraft, writingKeys } from '@/api/template-writing'
import { useUnsaved } from '@/components/leave-guard'
import { useEvent } from '@/lib/hooks'
import { DraftKeeper, type SaveState } from './draft-keeper'
import type { TemplateForm } from './form'
import type { Start } from './source'

/** Saves the draft while it is written. Leaving asks only when the server does not have all of it. */
export function useDraftKeeper(start: Start, templateId: string | undefined, onDraft: (id: string) => void) {
  const client = useQueryClient()
  const [shown, setShown] = useState<{ state: SaveState; error?: unknown; theirs?: Draft }>({ state: start.theirs ? 'conflict' : 'untouched', theirs: start.theirs })
  const created = useEvent(onDraft)
  const keeper = useRef<DraftKeeper>()
  keeper.current ??= new DraftKeeper({
    calls: { create: createDraft, save: saveDraft, fetch: fetchDraft },
    place: start.place,
    draft: start.draft,
    templateId,
    mapping: start.mapping,
    conflict: start.theirs && { values: start.values, theirs: start.theirs },
    onState: (state, error) => {
      setShown({ state, error, theirs: keeper.current?.theirs })
      if (state === 'saved') void client.invalidateQueries({ queryKey: writingKeys.drafts, exact: true })
    },
    onCreated: created,
  })
  const own = keeper.current
  useEffect(() => {
    own.enter()
    if (start.restored && !start.theirs && own.state === 'untouched') own.changed(start.values)
    const online = () => own.state === 'local' && void own.flush()
    window.addEventListener('online', online)
    return () => {
      window.removeEventListener('online', online)
      own.leave()
    }
  }, [own, start])
  const settled = useUnsaved(shown.state === 'local' || shown.state === 'refused' || shown.state === 'conflict')
  return {
    ...shown,
    draftId: () => own.draftId,
    changed: (values: TemplateForm) => own.changed(values),
    flush: () => own.flush(),
    keepMine: () => own.keepMine(),
    /** It was submitted: nothing is left to save. */
    finish: () => {
      settled()
      own.finish()
    },
  }
}
