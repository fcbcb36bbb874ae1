import { type ReactNode, useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { type Mapping, type MappingEntry, type Template, useSaveMapping } from '@/api/templates'
import { useSlotLabel } from '@/components/fill/fill-field'
import { useUnsaved } from '@/components/leave-guard'
import { Button } from '@/components/ui/button'
import { Card, CardDescription, CardTitle } from '@/components/ui/card'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { NativeSelect } from '@/components/ui/native-select'
import { toastError } from '@/lib/errors'
import { type Slot, slotsOf } from '@/lib/shown'
import { sentNow } from '@/lib/template-status'
import { text } from '@/lib/utils'
import { ATTRIBUTE, begin, changed, CONTACT_FIELDS, incomplete, same, type Source, sourceOf, sourcesOf } from './mapping'

/** What a template's blanks are filled with, where nothing else is said: a field of the contact, a fixed text, or asked when it is sent. */
export function MappingForm({ template, mayWrite }: { template: Template; mayWrite: boolean }) {
  const { t } = useTranslation()
  const slots = useMemo(() => slotsOf(sentNow(template)), [template])
  const [mapping, setMapping] = useState(template.mapping)
  const kept = JSON.stringify(template.mapping)
  // Somebody else may have saved another one meanwhile.
  useEffect(() => setMapping(JSON.parse(kept) as Mapping), [kept])
  const save = useSaveMapping()
  const dirty = !same(mapping, template.mapping)
  const settled = useUnsaved(dirty)
  const [tried, setTried] = useState(false)
  const open = slots.filter((slot) => incomplete(mapping[slot.key]))
  const submit = () => {
    setTried(true)
    if (open.length > 0) return
    save.mutate(
      { id: template.id, mapping },
      {
        onSuccess: () => {
          settled()
          toast.success(t('templates.mapping.saved'))
        },
        onError: toastError,
      },
    )
  }
  return (
    <Card role="region" aria-labelledby="template-mapping">
      <div className="space-y-0.5 px-5 py-4">
        <CardTitle id="template-mapping">{t('templates.mapping.title')}</CardTitle>
        <CardDescription>{t(slots.length > 0 ? 'templates.mapping.lead' : 'templates.mapping.none')}</CardDescription>
      </div>
      {slots.length > 0 && (
        <form className="border-t" onSubmit={(e) => { e.preventDefault(); submit() }}>
          <ul className="divide-y">
            {slots.map((slot) => (
              <MappingRow key={slot.key} slot={slot} entry={mapping[slot.key]} readOnly={!mayWrite} showMissing={tried} onChange={(entry) => setMapping(changed(mapping, slot.key, entry))} />
            ))}
          </ul>
          {mayWrite && (
            <div className="flex justify-end gap-2 border-t px-5 py-3">
              {dirty && <Button variant="ghost" onClick={() => setMapping(template.mapping)}>{t('templates.mapping.undo')}</Button>}
              <Button type="submit" disabled={!dirty} loading={save.isPending}>{t('common.save')}</Button>
            </div>
          )}
        </form>
      )}
    </Card>
  )
}

interface RowProps {
  slot: Slot
  entry?: MappingEntry
  readOnly: boolean
  showMissing: boolean
  onChange: (entry: MappingEntry | undefined) => void
}

function MappingRow({ slot, entry, readOnly, showMissing, onChange }: RowProps) {
  const { t } = useTranslation()
  const id = useId()
  const label = useSlotLabel()(slot)
  const sources = sourcesOf(slot)
  const source = sourceOf(slot, entry)
  const missing = showMissing && incomplete(entry)
  return (
    <li data-mapping={slot.key} className="grid gap-x-4 gap-y-3 px-5 py-4 sm:grid-cols-2">
      <div className="grid content-start gap-1.5">
        <Label htmlFor={id}>{label}</Label>
        <NativeSelect id={id} disabled={readOnly || sources.length === 1} value={source} onChange={(e) => onChange(begin(e.target.value as Source, entry))}>
          {sources.map((from) => <option key={from} value={from}>{t(`templates.mapping.from.${from}`)}</option>)}
        </NativeSelect>
        {source === 'auto' && <p className="text-xs text-muted-foreground">{t('templates.mapping.autoHint')}</p>}
        {slot.example && <p className="text-xs text-muted-foreground">{t('templates.mapping.example', { value: slot.example })}</p>}
      </div>
      <div className="grid content-start gap-3">
        {entry?.from === 'contact' && <ContactField id={id} field={entry.field} readOnly={readOnly} missing={missing} onChange={(field) => onChange({ ...entry, field })} />}
        {entry?.from === 'text' && (
          <Labelled id={`${id}-text`} label={t('templates.mapping.text')} missing={missing}>
            <Input id={`${id}-text`} dir="auto" readOnly={readOnly} aria-invalid={missing} value={entry.text} onChange={(e) => onChange({ ...entry, text: e.target.value })} />
          </Labelled>
        )}
        {entry?.from === 'fixed' && (
          <Labelled id={`${id}-link`} label={t('templates.mapping.link')} missing={missing}>
            <Input id={`${id}-link`} dir="ltr" inputMode="url" placeholder="https://" readOnly={readOnly} aria-invalid={missing} value={text(entry.value.link) ?? ''} onChange={(e) => onChange({ ...entry, value: { link: e.target.value } })} />
          </Labelled>
        )}
        {(entry?.from === 'contact' || (entry?.from === 'ask' && sources.includes('text'))) && (
          <Labelled id={`${id}-fallback`} label={t(entry.from === 'contact' ? 'templates.mapping.fallback' : 'templates.mapping.proposal')}>
            <Input id={`${id}-fallback`} dir="auto" readOnly={readOnly} placeholder={entry.from === 'contact' ? t('templates.mapping.fallbackHint') : undefined} value={entry.fallback ?? ''} onChange={(e) => onChange({ ...entry, fallback: e.target.value || undefined })} />
          </Labelled>
        )}
      </div>
    </li>
  )
}

function ContactField({ id, field, readOnly, missing, onChange }: { id: string; field: string; readOnly: boolean; missing: boolean; onChange: (field: string) => void }) {
  const { t } = useTranslation()
  const attribute = field.startsWith(ATTRIBUTE)
  return (
    <>
      <Labelled id={`${id}-field`} label={t('templates.mapping.field')}>
        <NativeSelect id={`${id}-field`} disabled={readOnly} value={attribute ? ATTRIBUTE : field} onChange={(e) => onChange(e.target.value)}>
          {CONTACT_FIELDS.map((name) => <option key={name} value={name}>{t(`templates.mapping.fields.${name}`)}</option>)}
          <option value={ATTRIBUTE}>{t('templates.mapping.attribute')}</option>
        </NativeSelect>
      </Labelled>
      {attribute && (
        <Labelled id={`${id}-key`} label={t('templates.mapping.key')} missing={missing}>
          <Input id={`${id}-key`} readOnly={readOnly} aria-invalid={missing} value={field.slice(ATTRIBUTE.length)} onChange={(e) => onChange(ATTRIBUTE + e.target.value.trim())} />
        </Labelled>
      )}
    </>
  )
}

function Labelled({ id, label, missing, children }: { id: string; label: string; missing?: boolean; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className="grid gap-1.5">
      <Label htmlFor={id}>{label}</Label>
      {children}
      {missing && <p role="alert" className="text-[0.8125rem] text-destructive">{t('validation.required')}</p>}
    </div>
  )
}
