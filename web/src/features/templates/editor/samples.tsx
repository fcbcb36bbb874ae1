import { ListOrdered } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { useEditor } from './context'
import { Field } from './field'
import { isSequential, renumbered, sampleOrder } from './variables'

interface SamplesProps {
  /** `samples` or `header.samples`. */
  name: string
  text: string
  samples: Record<string, string>
  onChange: (written: { text: string; samples: Record<string, string> }) => void
}

/** One example for each variable of a text: the review at Meta wants them, and the phone shows them. */
export function Samples({ name, text, samples, onChange }: SamplesProps) {
  const { t } = useTranslation()
  const { values } = useEditor()
  const names = sampleOrder(text, values.named)
  if (names.length === 0) return null
  const gaps = !values.named && !isSequential(text)
  return (
    <Field name={name} label={t('templateEditor.samples')} group hint={t('templateEditor.samplesHint')}>
      {({ id, ...control }) => (
        <div className="grid gap-2 rounded-lg bg-muted/50 p-3">
          {names.map((variable, at) => (
            <label key={variable} className="grid grid-cols-[minmax(4.5rem,auto)_minmax(0,1fr)] items-center gap-2">
              <bdi dir="ltr" className="max-w-40 truncate font-mono text-xs text-muted-foreground">{`{{${variable}}}`}</bdi>
              <Input
                id={at === 0 ? id : undefined}
                dir="auto"
                autoComplete="off"
                aria-label={t('templateEditor.sampleOf', { name: `\u2066{{${variable}}}\u2069` })}
                aria-invalid={control['aria-invalid'] && !samples[variable]?.trim()}
                aria-describedby={control['aria-describedby']}
                placeholder={t('templateEditor.samplePlaceholder')}
                value={samples[variable] ?? ''}
                onChange={(event) => onChange({ text, samples: { ...samples, [variable]: event.target.value } })}
              />
            </label>
          ))}
          {gaps && (
            <Button variant="outline" size="sm" className="justify-self-start" onClick={() => onChange(renumbered({ text, samples }))}>
              <ListOrdered aria-hidden />
              {t('templateEditor.renumber')}
            </Button>
          )}
        </div>
      )}
    </Field>
  )
}
