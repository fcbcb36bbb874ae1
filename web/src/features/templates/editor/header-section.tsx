import { Braces, FileText, Image, MapPin, Minus, Type, Video } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { ToggleGroup, ToggleGroupItem } from '@/components/ui/toggle-group'
import { Hint } from '@/components/ui/tooltip'
import { directionOf } from '@/lib/shown'
import { useEditor } from './context'
import { Field, Section, TextField } from './field'
import { type HeaderKind, HEADERS, isMedia, LIMITS } from './form'
import { SampleFile } from './sample-file'
import { Samples } from './samples'
import { insert } from './text-editing'
import { variablesIn } from './variables'

const ICONS: Record<HeaderKind, typeof Type> = { none: Minus, text: Type, image: Image, video: Video, document: FileText, location: MapPin }

/** What stands over the text: nothing, a line, a file or a place. */
export function HeaderSection() {
  const { t } = useTranslation()
  const { values, set } = useEditor()
  const { header } = values
  const choose = (kind: HeaderKind) => {
    // A sample of one kind is none of another.
    set({ header: { ...header, kind, ...(kind === header.kind ? {} : { handle: '', file: '' }) } })
  }
  return (
    <Section title={t('templateEditor.header')} description={t('templateEditor.headerHint')}>
      <Field name="header.kind" label={t('templateEditor.headerKind')} group>
        {({ id }) => (
          <ToggleGroup id={id} type="single" value={header.kind} onValueChange={(kind) => kind && choose(kind as HeaderKind)} aria-label={t('templateEditor.headerKind')} className="grid w-full grid-cols-3 sm:grid-cols-6">
            {HEADERS.map((kind) => {
              const Icon = ICONS[kind]
              return <ToggleGroupItem key={kind} value={kind}><Icon aria-hidden />{t(`templateEditor.headers.${kind}`)}</ToggleGroupItem>
            })}
          </ToggleGroup>
        )}
      </Field>
      {header.kind === 'text' && (
        <>
          <HeaderText />
          <Samples name="header.samples" text={header.text} samples={header.samples} onChange={({ text, samples }) => set({ header: { ...header, text, samples } })} />
        </>
      )}
      {isMedia(header.kind) && <SampleFile kind={header.kind} />}
      {header.kind === 'location' && <p className="text-[0.8125rem] text-muted-foreground">{t('templateEditor.locationHint')}</p>}
    </Section>
  )
}

function HeaderText() {
  const { t } = useTranslation()
  const { values, set } = useEditor()
  const { header, named } = values
  const input = useRef<HTMLInputElement>(null)
  const full = variablesIn(header.text).length > 0
  return (
    <TextField
      ref={input}
      name="header.text"
      label={t('templateEditor.headerText')}
      value={header.text}
      max={LIMITS.header}
      dir={directionOf(values.language)}
      onValue={(text) => set({ header: { ...header, text } })}
      after={
        <Hint label={t('templateEditor.insertVariable')}>
          <Button variant="outline" size="icon" aria-disabled={full} aria-label={t('templateEditor.insertVariable')} onClick={() => !full && input.current && insert(input.current, named ? '{{title}}' : '{{1}}')}><Braces aria-hidden /></Button>
        </Hint>
      }
    />
  )
}
