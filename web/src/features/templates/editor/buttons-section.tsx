import { CornerUpLeft, Copy, ExternalLink, GripVertical, Phone, Plus, Puzzle, Trash2 } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { directionOf } from '@/lib/shown'
import { cn } from '@/lib/utils'
import { fieldId, useEditor } from './context'
import { Findings, Section, TextField } from './field'
import { blankButton, type ButtonForm, type ButtonKind, BUTTONS, LIMITS, MOST, moved, withButton } from './form'
import { length } from './variables'

const ICONS = { QUICK_REPLY: CornerUpLeft, URL: ExternalLink, PHONE_NUMBER: Phone, COPY_CODE: Copy, OTHER: Puzzle } as const

/** What can be pressed under the message, in its order. */
export function ButtonsSection() {
  const { t } = useTranslation()
  const { values, set, findingsAt } = useEditor()
  const { buttons } = values
  const list = useRef<HTMLOListElement>(null)
  const add = useRef<HTMLButtonElement>(null)
  const focus = useRef<string>()
  /** A button that the menu has made: it gets the focus when the menu has closed. */
  const added = useRef<string>()
  const [said, setSaid] = useState('')
  const [dragged, setDragged] = useState<string>()

  const inRow = (id: string, what: string) => list.current?.querySelector<HTMLElement>(`[data-button="${id}"] ${what}`)
  // A row that is moved in the page loses the focus.
  useEffect(() => {
    const id = focus.current
    focus.current = undefined
    if (id) list.current?.querySelector<HTMLElement>(`[data-button="${id}"] [data-handle]`)?.focus()
  }, [buttons])

  const nameOf = (button: ButtonForm) => button.text || t(`templateEditor.buttonKinds.${button.kind}`)
  const move = (from: number, to: number, byKey: boolean) => {
    const button = buttons[from]
    const next = moved(buttons, from, to)
    if (!button || next === buttons) return
    if (byKey) focus.current = button.id
    set({ buttons: next })
    setSaid(t('templateEditor.moved', { name: nameOf(button), n: next.indexOf(button) + 1, count: next.length }))
  }
  const insert = (kind: ButtonKind) => {
    const button = blankButton(kind)
    added.current = button.id
    set({ buttons: withButton(buttons, button) })
  }
  const remove = (at: number) => {
    const next = buttons.filter((_, i) => i !== at)
    const neighbour = next[Math.min(at, next.length - 1)]
    if (neighbour) focus.current = neighbour.id
    else add.current?.focus()
    set({ buttons: next })
  }
  const change = (id: string, part: Partial<ButtonForm>) => set({ buttons: buttons.map((button) => (button.id === id ? { ...button, ...part } : button)) })

  // The pointer moves the row; what it does at each place is the same as by key.
  const latest = useRef({ buttons, move })
  latest.current = { buttons, move }
  useEffect(() => {
    if (!dragged) return
    const onMove = (event: globalThis.PointerEvent) => {
      const rows = [...(list.current?.children ?? [])]
      const over = rows.findIndex((row) => event.clientY >= row.getBoundingClientRect().top && event.clientY <= row.getBoundingClientRect().bottom)
      const from = latest.current.buttons.findIndex(({ id }) => id === dragged)
      if (over >= 0 && over !== from) latest.current.move(from, over, false)
    }
    const onEnd = () => setDragged(undefined)
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onEnd)
    window.addEventListener('pointercancel', onEnd)
    return () => {
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onEnd)
      window.removeEventListener('pointercancel', onEnd)
    }
  }, [dragged])

  const full = buttons.length >= LIMITS.buttons
  const findings = findingsAt('buttons')
  return (
    <Section title={t('templateEditor.buttons')} description={t('templateEditor.buttonsHint')}>
      {buttons.length > 0 && (
        <ol ref={list} aria-label={t('templateEditor.buttons')} className="grid gap-2">
          {buttons.map((button, at) => (
            <li key={button.id} data-button={button.id} className={cn('rounded-lg border bg-card', dragged === button.id && 'border-primary shadow-lg')}>
              <ButtonRow
                button={button}
                name={nameOf(button)}
                onChange={(part) => change(button.id, part)}
                onRemove={() => remove(at)}
                onGrab={(event) => {
                  event.preventDefault()
                  event.currentTarget.focus()
                  setDragged(button.id)
                }}
                onKey={(event) => {
                  const to = event.key === 'ArrowUp' ? at - 1 : event.key === 'ArrowDown' ? at + 1 : event.key === 'Home' ? 0 : event.key === 'End' ? buttons.length - 1 : undefined
                  if (to === undefined) return
                  event.preventDefault()
                  move(at, to, true)
                }}
              />
            </li>
          ))}
        </ol>
      )}
      <p role="status" className="sr-only">{said}</p>
      <p id="buttons-move-hint" className="sr-only">{t('templateEditor.moveHint')}</p>
      <div id={fieldId('buttons')} tabIndex={-1} className="grid gap-1.5 outline-none"><Findings findings={findings} /></div>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button ref={add} variant="outline" size="sm" className="justify-self-start" disabled={full}><Plus aria-hidden />{t('templateEditor.addButton')}</Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent
          align="start"
          onCloseAutoFocus={(event) => {
            const input = added.current && inRow(added.current, 'input')
            added.current = undefined
            if (!input) return
            event.preventDefault()
            input.focus()
          }}
        >
          {BUTTONS.map((kind) => {
            const Icon = ICONS[kind]
            const used = buttons.filter((button) => button.kind === kind).length
            return (
              <DropdownMenuItem key={kind} disabled={used >= MOST[kind]} onSelect={() => insert(kind)}>
                <Icon aria-hidden />
                <span>
                  <span className="block">{t(`templateEditor.buttonKinds.${kind}`)}</span>
                  <span className="block text-xs text-muted-foreground">{used >= MOST[kind] ? t('templateEditor.most', { count: MOST[kind] }) : t(`templateEditor.buttonHints.${kind}`)}</span>
                </span>
              </DropdownMenuItem>
            )
          })}
        </DropdownMenuContent>
      </DropdownMenu>
      {full && <p className="text-[0.8125rem] text-muted-foreground">{t('templateEditor.most', { count: LIMITS.buttons })}</p>}
    </Section>
  )
}

interface RowProps {
  button: ButtonForm
  name: string
  onChange: (part: Partial<ButtonForm>) => void
  onRemove: () => void
  onGrab: (event: PointerEvent<HTMLButtonElement>) => void
  onKey: (event: KeyboardEvent<HTMLButtonElement>) => void
}

function ButtonRow({ button, name, onChange, onRemove, onGrab, onKey }: RowProps) {
  const { t } = useTranslation()
  const Icon = ICONS[button.kind]
  return (
    <>
      <div className="flex items-center gap-1 py-1 ps-1 pe-1.5">
        <button
          type="button"
          data-handle
          aria-label={t('templateEditor.move', { name })}
          aria-describedby="buttons-move-hint"
          className="grid size-8 shrink-0 cursor-grab touch-none place-items-center rounded-md text-muted-foreground outline-none hover:bg-accent focus-visible:ring-3 focus-visible:ring-ring/25 active:cursor-grabbing pointer-coarse:size-11"
          onPointerDown={onGrab}
          onKeyDown={onKey}
        >
          <GripVertical className="size-4" aria-hidden />
        </button>
        <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
        <p className="min-w-0 flex-1 truncate text-[0.8125rem] font-medium">{t(`templateEditor.buttonKinds.${button.kind}`)}</p>
        <Button variant="ghost" size="icon-sm" className="text-muted-foreground" aria-label={t('templateEditor.removeButton', { name })} onClick={onRemove}><Trash2 aria-hidden /></Button>
      </div>
      <div className="grid gap-3 px-3 pb-3 sm:ps-10">
        <ButtonFields button={button} onChange={onChange} />
      </div>
    </>
  )
}

function ButtonFields({ button, onChange }: { button: ButtonForm; onChange: (part: Partial<ButtonForm>) => void }) {
  const { t } = useTranslation()
  const { values } = useEditor()
  const field = (part: string) => `button.${button.id}.${part}`
  const dir = directionOf(values.language)
  const label = <TextField name={field('text')} label={t('templateEditor.buttonText')} value={button.text} max={LIMITS.buttonText} dir={dir} onValue={(text) => onChange({ text })} />
  switch (button.kind) {
    case 'QUICK_REPLY':
      return label
    case 'PHONE_NUMBER':
      return (
        <div className="grid gap-3 sm:grid-cols-2">
          {label}
          <TextField name={field('phone')} label={t('templateEditor.phone')} value={button.phone} dir="ltr" inputMode="tel" placeholder="+44 20 7946 0000" hint={t('templateEditor.phoneHint')} onValue={(phone) => onChange({ phone: phone.replace(/[\s().-]/g, '') })} />
        </div>
      )
    case 'COPY_CODE':
      return <TextField name={field('sample')} label={t('templateEditor.codeSample')} value={button.sample} max={LIMITS.code} dir="ltr" hint={t('templateEditor.codeHint')} onValue={(sample) => onChange({ sample })} />
    case 'URL':
      return (
        <>
          <div className="grid gap-3 sm:grid-cols-2">
            {label}
            <TextField name={field('url')} label={t('templateEditor.url')} value={button.url} max={length(button.url) > LIMITS.url / 2 ? LIMITS.url : undefined} dir="ltr" inputMode="url" placeholder="https://" spellCheck={false} onValue={(url) => onChange({ url })} after={button.dynamic && <bdi dir="ltr" className="grid place-items-center rounded-md border bg-muted px-2 font-mono text-xs">{'{{1}}'}</bdi>} />
          </div>
          <label className="flex items-center gap-2 text-[0.8125rem] pointer-coarse:min-h-11">
            <Checkbox checked={button.dynamic} onCheckedChange={(on) => onChange({ dynamic: on === true })} />
            {t('templateEditor.dynamic')}
          </label>
          {button.dynamic && <TextField name={field('sample')} label={t('templateEditor.urlSample')} value={button.sample} dir="ltr" spellCheck={false} hint={t('templateEditor.urlSampleHint')} onValue={(sample) => onChange({ sample })} />}
        </>
      )
    case 'OTHER':
      return <p className="text-[0.8125rem] text-muted-foreground"><bdi>{button.text}</bdi> {t('templateEditor.otherButton')}</p>
  }
}
