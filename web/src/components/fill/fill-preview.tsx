import { RotateCcw } from 'lucide-react'
import { useId, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Template } from '@/api/templates'
import { PhonePreview } from '@/components/phone/phone-preview'
import { describeError } from '@/lib/errors'
import { showTemplate, type Slot } from '@/lib/shown'
import { sentNow } from '@/lib/template-status'
import { Notice } from '../states'
import { filesOf, type FillProblem, mostOf, problemOf, valueOf } from './filling'
import { FillField, useSlotLabel } from './fill-field'
import type { Fill } from './use-fill'

interface FillPreviewProps {
  template: Template
  fill: Fill
  sender?: string
  /** Somebody tried to send: what is empty is a mistake now. */
  tried: boolean
  autoFocus?: boolean
}

/** A template on the phone, with a field in the place of each blank. What the contact fills in stands there already. */
export function FillPreview({ template, fill, sender, tried, autoFocus }: FillPreviewProps) {
  const { t } = useTranslation()
  const id = useId()
  const label = useSlotLabel()
  const problemWords = useProblemWords()
  const bare = useMemo(() => showTemplate(sentNow(template), 'braces'), [template])
  const { slots, typed, found } = fill
  const wrong = slots.flatMap((slot) => {
    const problem = problemOf(slot, valueOf(slot, typed, found))
    // An empty field is a mistake only after somebody tried to send.
    return problem && (tried || (problem !== 'required' && typed[slot.key] !== undefined)) ? [{ slot, problem }] : []
  })
  const first = slots.find((slot) => problemOf(slot, valueOf(slot, {}, found)))?.key
  const fields = Object.fromEntries(slots.map((slot) => [slot.key, slot]))
  const changed = slots.filter(({ key }) => typed[key] !== undefined && found.some((one) => one.key === key && one.from))
  // A key on the template: fields of another one are others, even under the same names.
  const blank = (key: string) => {
    const slot = fields[key]
    if (!slot) return undefined
    return (
      <FillField
        key={key}
        slot={slot}
        value={valueOf(slot, typed, found)}
        filled={typed[key] === undefined && found.some((one) => one.key === key && one.value !== undefined && one.value !== null)}
        invalid={wrong.some((one) => one.slot.key === key)}
        describedBy={wrong.some((one) => one.slot.key === key) ? `${id}-${key}` : undefined}
        autoFocus={!!autoFocus && key === first}
        onChange={(value) => fill.set(key, value)}
      />
    )
  }
  return (
    <div className="space-y-2">
      <PhonePreview key={template.id} shown={bare} language={template.language} sender={sender} frame="chat" blank={blank} authentication={template.category === 'AUTHENTICATION'} files={filesOf(slots, typed)} />
      {slots.length > 0 && (
        <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-muted-foreground">
          <span>{t(fill.waiting ? 'fill.waiting' : found.some((one) => one.from === 'contact' && typed[one.key] === undefined) ? 'fill.fromContact' : 'fill.hint')}</span>
          {changed.map(({ key }) => (
            <button key={key} type="button" onClick={() => fill.set(key, undefined)} className="inline-flex items-center gap-1 rounded-sm font-medium text-primary hover:underline">
              <RotateCcw className="size-3.5" aria-hidden />
              {t('fill.reset', { name: label(fields[key] as Slot) })}
            </button>
          ))}
        </div>
      )}
      {fill.error && <Notice tone="warning">{describeError(fill.error)}</Notice>}
      {wrong.length > 0 && (
        <ul role="alert" className="space-y-0.5 text-[0.8125rem] text-destructive">
          {wrong.map(({ slot, problem }) => <li key={slot.key} id={`${id}-${slot.key}`}>{label(slot)}: {problemWords(slot, problem)}</li>)}
        </ul>
      )}
    </div>
  )
}

function useProblemWords() {
  const { t } = useTranslation()
  return (slot: Slot, problem: FillProblem) => (problem === 'tooLong' ? t('validation.atMost', { max: mostOf(slot) }) : t(`validation.${problem}`))
}
