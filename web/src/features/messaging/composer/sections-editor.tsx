import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { type Choices, LIMITS } from './choices'
import { Counted } from './counted'

type Section = Choices['sections'][number]

interface SectionsEditorProps {
  sections: Section[]
  /** WhatsApp takes ten rows in all, whatever the sections. */
  full: boolean
  onSections: (sections: Section[]) => void
}

export function SectionsEditor({ sections, full, onSections }: SectionsEditorProps) {
  const { t } = useTranslation()
  const change = (at: number, section: Section) => onSections(sections.map((s, i) => (i === at ? section : s)))
  return (
    <div className="space-y-3">
      {sections.map((section, i) => (
        <fieldset key={i} className="space-y-2 rounded-lg border p-3">
          <legend className="sr-only">{t('choices.section', { n: i + 1 })}</legend>
          <Counted
            label={t('choices.sectionTitle')}
            optional={sections.length === 1}
            value={section.title}
            max={LIMITS.sectionTitle}
            onValue={(title) => change(i, { ...section, title })}
            after={sections.length > 1 && <Button variant="ghost" size="icon" onClick={() => onSections(sections.filter((_, j) => j !== i))} aria-label={t('choices.removeSection', { n: i + 1 })}><X aria-hidden /></Button>}
          />
          {section.rows.map((row, j) => {
            const set = (next: Partial<typeof row>) => change(i, { ...section, rows: section.rows.map((r, k) => (k === j ? { ...r, ...next } : r)) })
            return (
              <div key={j} className="space-y-1.5 border-t pt-2">
                <Counted
                  label={t('choices.row', { n: j + 1 })}
                  value={row.title}
                  max={LIMITS.rowTitle}
                  onValue={(title) => set({ title })}
                  after={section.rows.length > 1 && <Button variant="ghost" size="icon" onClick={() => change(i, { ...section, rows: section.rows.filter((_, k) => k !== j) })} aria-label={t('choices.removeRow', { n: j + 1 })}><X aria-hidden /></Button>}
                />
                <Counted label={t('choices.rowDescription')} optional value={row.description} max={LIMITS.rowDescription} onValue={(description) => set({ description })} />
              </div>
            )
          })}
          {!full && <Button variant="outline" size="sm" onClick={() => change(i, { ...section, rows: [...section.rows, { title: '', description: '' }] })}><Plus aria-hidden />{t('choices.addRow')}</Button>}
        </fieldset>
      ))}
      {!full && sections.length < LIMITS.sections && (
        <Button variant="ghost" size="sm" onClick={() => onSections([...sections, { title: '', rows: [{ title: '', description: '' }] }])}><Plus aria-hidden />{t('choices.addSection')}</Button>
      )}
      {full && <p className="text-xs text-muted-foreground">{t('choices.problems.rowsFull', { max: LIMITS.rows })}</p>}
    </div>
  )
}
