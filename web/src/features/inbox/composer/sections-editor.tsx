import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { useItemFocus } from '@/lib/hooks'
import { type Choices, LIMITS } from './choices'
import { Counted } from './counted'

type Section = Choices['sections'][number]
type Row = Section['rows'][number]

interface SectionsEditorProps {
  sections: Section[]
  /** WhatsApp takes ten rows in all, whatever the sections. */
  full: boolean
  onSections: (sections: Section[]) => void
}

const EMPTY: Row = { title: '', description: '' }

export function SectionsEditor({ sections, full, onSections }: SectionsEditorProps) {
  const { t } = useTranslation()
  const { list, focusItem } = useItemFocus<HTMLDivElement>(sections.length)
  const remove = (at: number) => {
    focusItem(at - 1)
    onSections(sections.filter((_, i) => i !== at))
  }
  const add = () => {
    focusItem(sections.length)
    onSections([...sections, { title: '', rows: [EMPTY] }])
  }
  return (
    <div ref={list} className="space-y-3">
      {sections.map((section, i) => (
        <SectionFields
          key={i}
          section={section}
          n={i + 1}
          alone={sections.length === 1}
          full={full}
          onSection={(next) => onSections(sections.map((s, j) => (j === i ? next : s)))}
          onRemove={() => remove(i)}
        />
      ))}
      {!full && sections.length < LIMITS.sections && <Button variant="ghost" size="sm" onClick={add}><Plus aria-hidden />{t('choices.addSection')}</Button>}
      {full && <p className="text-xs text-muted-foreground">{t('choices.problems.rowsFull', { max: LIMITS.rows })}</p>}
    </div>
  )
}

interface SectionFieldsProps {
  section: Section
  n: number
  alone: boolean
  full: boolean
  onSection: (section: Section) => void
  onRemove: () => void
}

function SectionFields({ section, n, alone, full, onSection, onRemove }: SectionFieldsProps) {
  const { t } = useTranslation()
  const { rows } = section
  const { list, focusItem } = useItemFocus<HTMLDivElement>(rows.length)
  const set = (at: number, next: Partial<Row>) => onSection({ ...section, rows: rows.map((row, i) => (i === at ? { ...row, ...next } : row)) })
  const remove = (at: number) => {
    focusItem(at - 1)
    onSection({ ...section, rows: rows.filter((_, i) => i !== at) })
  }
  const add = () => {
    focusItem(rows.length)
    onSection({ ...section, rows: [...rows, EMPTY] })
  }
  return (
    <fieldset data-item className="space-y-2 rounded-lg border p-3">
      <legend className="sr-only">{t('choices.section', { n })}</legend>
      <Counted
        label={t('choices.sectionTitle')}
        optional={alone}
        value={section.title}
        max={LIMITS.sectionTitle}
        onValue={(title) => onSection({ ...section, title })}
        after={!alone && <Button variant="ghost" size="icon" onClick={onRemove} aria-label={t('choices.removeSection', { n })}><X aria-hidden /></Button>}
      />
      <div ref={list} className="space-y-2">
        {rows.map((row, j) => (
          <div key={j} data-item className="space-y-1.5 border-t pt-2">
            <Counted
              label={t('choices.row', { n: j + 1 })}
              value={row.title}
              max={LIMITS.rowTitle}
              onValue={(title) => set(j, { title })}
              after={rows.length > 1 && <Button variant="ghost" size="icon" onClick={() => remove(j)} aria-label={t('choices.removeRow', { n: j + 1 })}><X aria-hidden /></Button>}
            />
            <Counted label={t('choices.rowDescription')} optional value={row.description} max={LIMITS.rowDescription} onValue={(description) => set(j, { description })} />
          </div>
        ))}
      </div>
      {!full && <Button variant="outline" size="sm" onClick={add}><Plus aria-hidden />{t('choices.addRow')}</Button>}
    </fieldset>
  )
}
