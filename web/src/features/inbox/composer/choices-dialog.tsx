import { Link2, List, MapPin, Plus, SquareMousePointer, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { InteractiveCard } from '@/components/message/interactive'
import { SubmitButton } from '@/components/submit-button'
import { Button } from '@/components/ui/button'
import { DialogBody, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { ToggleGroup, ToggleGroupItem } from '@/components/ui/toggle-group'
import { useItemFocus } from '@/lib/hooks'
import { interactiveView } from '@/lib/interactive-view'
import type { Outgoing } from '../outgoing'
import { type Choices, choicesProblem, emptyChoices, interactiveOf, LIMITS, outgoingChoices, rowCount } from './choices'
import { Counted } from './counted'
import { SectionsEditor } from './sections-editor'

const KINDS = [
  { kind: 'button', icon: SquareMousePointer },
  { kind: 'list', icon: List },
  { kind: 'cta_url', icon: Link2 },
  { kind: 'location_request_message', icon: MapPin },
] as const

/** Buttons, a list, a link or a request for a place, built beside how the customer will see it. */
export function ChoicesDialog({ onSend, onClose }: { onSend: (out: Outgoing) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [choices, setChoices] = useState(() => emptyChoices('button'))
  const set = (change: Partial<Choices>) => setChoices((c) => ({ ...c, ...change }))
  const problem = choicesProblem(choices)
  const plain = choices.kind === 'location_request_message'
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        event.stopPropagation()
        if (!problem) onSend(outgoingChoices(choices))
      }}
    >
      <DialogHeader>
        <DialogTitle>{t('composer.add.choices')}</DialogTitle>
        <DialogDescription>{t('choices.hint')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-4">
        <ToggleGroup type="single" value={choices.kind} onValueChange={(kind) => kind && set({ kind: kind as Choices['kind'] })} aria-label={t('choices.kind')} className="flex w-full max-sm:grid max-sm:grid-cols-2">
          {KINDS.map(({ kind, icon: Icon }) => <ToggleGroupItem key={kind} value={kind}><Icon aria-hidden />{t(`choices.kinds.${kind}`)}</ToggleGroupItem>)}
        </ToggleGroup>
        <div className="grid gap-5 sm:grid-cols-[minmax(0,1fr)_15rem]">
          <div className="space-y-3">
            {!plain && <Counted label={t('choices.header')} optional value={choices.header} max={LIMITS.header} onValue={(header) => set({ header })} />}
            <Counted label={t('choices.body')} long value={choices.body} max={LIMITS.body} onValue={(body) => set({ body })} />
            {!plain && <Counted label={t('choices.footer')} optional value={choices.footer} max={LIMITS.footer} onValue={(footer) => set({ footer })} />}
            {choices.kind === 'button' && <Buttons titles={choices.buttons} onTitles={(buttons) => set({ buttons })} />}
            {choices.kind === 'list' && (
              <>
                <Counted label={t('choices.listButton')} value={choices.listButton} max={LIMITS.listButton} onValue={(listButton) => set({ listButton })} />
                <SectionsEditor sections={choices.sections} full={rowCount(choices) >= LIMITS.rows} onSections={(sections) => set({ sections })} />
              </>
            )}
            {choices.kind === 'cta_url' && (
              <>
                <Counted label={t('choices.linkLabel')} value={choices.linkLabel} max={LIMITS.linkLabel} onValue={(linkLabel) => set({ linkLabel })} />
                <Counted label={t('choices.link')} value={choices.link} max={LIMITS.link} dir="ltr" inputMode="url" placeholder="https://" onValue={(link) => set({ link })} />
              </>
            )}
          </div>
          <figure aria-label={t('picker.preview')} className="h-fit rounded-xl bg-thread p-3 sm:sticky sm:top-0">
            <figcaption className="mb-2 text-xs text-muted-foreground">{t('picker.preview')}</figcaption>
            <div className="rounded-2xl rounded-se-md bg-bubble-out px-3 py-1.5 text-sm text-bubble-out-foreground shadow-xs">
              <InteractiveCard view={interactiveView(interactiveOf({ ...choices, body: choices.body.trim() || t('choices.bodyPreview') }))} live={false} />
            </div>
          </figure>
        </div>
      </DialogBody>
      <DialogFooter>
        <SubmitButton missing={problem && t(`choices.problems.${problem.key}`, { max: problem.max })} before={<Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>}>{t('chat.send')}</SubmitButton>
      </DialogFooter>
    </form>
  )
}

function Buttons({ titles, onTitles }: { titles: string[]; onTitles: (titles: string[]) => void }) {
  const { t } = useTranslation()
  const { list, focusItem } = useItemFocus<HTMLFieldSetElement>(titles.length)
  const remove = (at: number) => {
    focusItem(at - 1)
    onTitles(titles.filter((_, i) => i !== at))
  }
  const add = () => {
    focusItem(titles.length)
    onTitles([...titles, ''])
  }
  return (
    <fieldset ref={list} className="space-y-2">
      <legend className="sr-only">{t('choices.buttons')}</legend>
      {titles.map((title, i) => (
        <Counted
          key={i}
          label={t('choices.button', { n: i + 1 })}
          value={title}
          max={LIMITS.button}
          onValue={(value) => onTitles(titles.map((b, j) => (j === i ? value : b)))}
          after={titles.length > 1 && <Button variant="ghost" size="icon" onClick={() => remove(i)} aria-label={t('choices.removeButton', { n: i + 1 })}><X aria-hidden /></Button>}
        />
      ))}
      {titles.length < LIMITS.buttons && <Button variant="outline" size="sm" onClick={add}><Plus aria-hidden />{t('choices.addButton')}</Button>}
    </fieldset>
  )
}
