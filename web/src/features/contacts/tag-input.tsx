import { forwardRef, type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tag } from '@/api/tags'
import { TagChip } from '@/components/tag-chip'
import { cn } from '@/lib/utils'

interface TagInputProps {
  id?: string
  value: string[]
  onChange: (value: string[]) => void
  known: Tag[]
  disabled?: boolean
  'aria-describedby'?: string
  'aria-invalid'?: boolean
}

/** Chips with a combobox behind them: known tags are offered, a new word makes a new one. */
export const TagInput = forwardRef<HTMLInputElement, TagInputProps>(({ value, onChange, known, disabled, ...input }, ref) => {
  const { t } = useTranslation()
  const listId = useId()
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(0)
  const wanted = text.trim()
  const colors = new Map(known.map((tag) => [tag.name, tag.color]))
  const offered = known.filter((tag) => !value.includes(tag.name) && tag.name.toLowerCase().includes(wanted.toLowerCase())).slice(0, 8).map((tag) => tag.name)
  const creates = wanted !== '' && !known.some((tag) => tag.name.toLowerCase() === wanted.toLowerCase()) && !value.includes(wanted)
  const options = creates ? [...offered, wanted] : offered
  const shown = open && options.length > 0

  const add = (name: string | undefined) => {
    if (name && !value.includes(name)) onChange([...value, name])
    setText('')
    setActive(0)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      setActive((i) => (options.length ? (i + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length : 0))
    } else if ((event.key === 'Enter' || event.key === ',') && (shown || wanted)) {
      event.preventDefault()
      add(options[active] ?? wanted)
    } else if (event.key === 'Backspace' && text === '') onChange(value.slice(0, -1))
    else if (event.key === 'Escape' && shown) {
      event.stopPropagation()
      setOpen(false)
    }
  }

  return (
    <div className="relative">
      <div className={cn('flex min-h-9 flex-wrap items-center gap-1.5 rounded-md border border-input bg-card px-2 py-1.5 shadow-xs focus-within:border-ring focus-within:ring-3 focus-within:ring-ring/25', disabled && 'opacity-60')}>
        {value.map((tag) => <TagChip key={tag} name={tag} color={colors.get(tag)} onRemove={disabled ? undefined : () => onChange(value.filter((v) => v !== tag))} />)}
        <input
          ref={ref}
          {...input}
          role="combobox"
          aria-expanded={shown}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={shown ? `${listId}-${active}` : undefined}
          autoComplete="off"
          disabled={disabled}
          dir="auto"
          value={text}
          onChange={(e) => { setText(e.target.value); setOpen(true); setActive(0) }}
          onFocus={() => setOpen(true)}
          onBlur={() => { setOpen(false); if (creates || offered.includes(wanted)) add(wanted) }}
          onKeyDown={onKeyDown}
          placeholder={value.length === 0 ? t('contacts.tagPlaceholder') : undefined}
          className="min-w-24 flex-1 bg-transparent px-1 text-base outline-none placeholder:text-muted-foreground md:text-sm"
        />
      </div>
      <ul id={listId} role="listbox" aria-label={t('person.tags')} hidden={!shown} className="absolute inset-x-0 top-full z-20 mt-1 rounded-lg border bg-popover p-1 shadow-lg">
        {options.map((name, i) => (
          <li
            key={name}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === active}
            onMouseEnter={() => setActive(i)}
            onMouseDown={(e) => {
              e.preventDefault()
              add(name)
            }}
            className={cn('flex cursor-default items-center gap-2 rounded-md px-2 py-1.5 text-sm', i === active && 'bg-accent')}
          >
            {creates && i === options.length - 1 ? t('contacts.createTag', { name }) : <TagChip name={name} color={colors.get(name)} />}
          </li>
        ))}
      </ul>
    </div>
  )
})
TagInput.displayName = 'TagInput'
