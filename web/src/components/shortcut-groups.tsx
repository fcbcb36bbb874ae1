import { Kbd } from '@/components/ui/kbd'
import type { ShortcutGroup } from '@/lib/feature'
import { useShellParts } from '@/lib/shell'

/** Every shortcut, in two columns where there is room. `level`: of the headings. */
export function ShortcutGroups({ level: Heading }: { level: 'h2' | 'h3' }) {
  const [everywhere, ...others] = useShellParts().shortcuts
  return (
    <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
      {everywhere && <Group {...everywhere} heading={Heading} />}
      <div className="space-y-6">{others.map((group) => <Group key={group.label} {...group} heading={Heading} />)}</div>
    </div>
  )
}

function Group({ label, rows, heading: Heading }: ShortcutGroup & { heading: 'h2' | 'h3' }) {
  return (
    <section>
      <Heading className="mb-2 text-xs font-medium text-muted-foreground">{label}</Heading>
      <ul className="divide-y">
        {rows.map((row) => (
          <li key={row.label} className="flex items-center justify-between gap-4 py-1.5">
            <span className="text-[0.8125rem]">{row.label}</span>
            <span className="flex gap-1" dir="ltr">{row.keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
