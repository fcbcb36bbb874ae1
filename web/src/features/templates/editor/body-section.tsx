import { type KeyboardEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ToggleGroup, ToggleGroupItem } from '@/components/ui/toggle-group'
import { directionOf } from '@/lib/shown'
import { cn } from '@/lib/utils'
import { useEditor } from './context'
import { Field, Section, TextField } from './field'
import { LIMITS } from './form'
import { FormatBar, MARKS } from './format-bar'
import { Samples } from './samples'
import { wrap } from './text-editing'
import { converted } from './variables'

/** The text itself, its variables and the footer. */
export function BodySection() {
  const { t } = useTranslation()
  const { values, set } = useEditor()
  const box = useRef<HTMLTextAreaElement>(null)
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const mark = MARKS.find(({ key, shift }) => key === event.key.toLowerCase() && shift === event.shiftKey)
    if (!mark) return
    event.preventDefault()
    wrap(event.currentTarget, mark.mark)
  }
  const setNamed = (named: boolean) => {
    const body = converted({ text: values.body, samples: values.samples }, named)
    const header = converted({ text: values.header.text, samples: values.header.samples }, named)
    set({ named, body: body.text, samples: body.samples, header: { ...values.header, ...header } })
  }
  return (
    <Section title={t('templateEditor.content')}>
      <Field name="body" label={t('templateEditor.body')} count={{ value: values.body, max: LIMITS.body }}>
        {(control) => (
          <div className={cn('rounded-md border border-input bg-card shadow-xs focus-within:border-ring focus-within:ring-3 focus-within:ring-ring/25', control['aria-invalid'] && 'border-destructive')}>
            <FormatBar box={box} named={values.named} text={values.body} />
            <textarea
              {...control}
              ref={box}
              dir={directionOf(values.language)}
              lang={values.language.replace('_', '-')}
              rows={6}
              value={values.body}
              placeholder={t('templateEditor.bodyPlaceholder', { 1: '{{1}}', 2: '{{2}}' })}
              onKeyDown={onKeyDown}
              onChange={(event) => set({ body: event.target.value })}
              className="thin-scroll block max-h-96 min-h-32 w-full [field-sizing:content] resize-y bg-transparent px-3 py-2 text-base leading-relaxed outline-none placeholder:text-muted-foreground md:text-sm"
            />
          </div>
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <span id="variables" className="text-[0.8125rem] font-medium">{t('templateEditor.variables')}</span>
        <ToggleGroup type="single" aria-labelledby="variables" value={values.named ? 'named' : 'positional'} onValueChange={(kind) => kind && setNamed(kind === 'named')}>
          <ToggleGroupItem value="positional">{t('templateEditor.positional')} <bdi dir="ltr" className="font-mono text-xs">{'{{1}}'}</bdi></ToggleGroupItem>
          <ToggleGroupItem value="named">{t('templateEditor.named')} <bdi dir="ltr" className="font-mono text-xs">{'{{name}}'}</bdi></ToggleGroupItem>
        </ToggleGroup>
      </div>
      <Samples name="samples" text={values.body} samples={values.samples} onChange={({ text, samples }) => set({ body: text, samples })} />
      <TextField name="footer" label={t('templateEditor.footer')} optional hint={t('templateEditor.footerHint')} value={values.footer} max={LIMITS.footer} dir={directionOf(values.language)} onValue={(footer) => set({ footer })} />
    </Section>
  )
}
