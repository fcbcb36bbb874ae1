import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/errors'
import { Progress } from './progress'
import { Notice } from './states'
import { Button } from './ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from './ui/dialog'

export interface Batch<T> {
  items: T[]
  title: string
  /** What is being done, while it runs. */
  label: string
  /** What it means, before it starts; with it the work waits for the button. */
  question?: string
  action: string
  destructive?: boolean
  nameOf: (item: T) => string
  run: (item: T) => Promise<unknown>
  /** After the last item, with those that succeeded. */
  onDone: (done: T[]) => void
  /** Shown above the button, such as a field. */
  children?: ReactNode
}

/** Does one thing to many rows, one after the other, and says how far it is. What fails is named, with the reason; the rest goes on. */
export function BatchDialog<T>({ batch, onClose }: { batch?: Batch<T>; onClose: () => void }) {
  return (
    <Dialog open={!!batch} onOpenChange={(open) => !open && onClose()}>
      <DialogContent onInteractOutside={(event) => event.preventDefault()}>{batch && <Inside batch={batch} onClose={onClose} />}</DialogContent>
    </Dialog>
  )
}

function Inside<T>({ batch, onClose }: { batch: Batch<T>; onClose: () => void }) {
  const { t } = useTranslation()
  const [state, setState] = useState<'asking' | 'running' | 'over'>('asking')
  const [done, setDone] = useState(0)
  const [failed, setFailed] = useState<{ name: string; why: string }[]>([])
  const stopped = useRef(false)
  const { items, title, label, question, action, destructive, nameOf, run, onDone, children } = batch
  const start = async () => {
    setState('running')
    const succeeded: T[] = []
    const problems: { name: string; why: string }[] = []
    for (const item of items) {
      if (stopped.current) break
      try {
        await run(item)
        succeeded.push(item)
      } catch (error) {
        problems.push({ name: nameOf(item), why: describeError(error) })
        setFailed([...problems])
      }
      setDone((n) => n + 1)
    }
    setState('over')
    onDone(succeeded)
    if (problems.length === 0) onClose()
  }
  return (
    <>
      <DialogHeader>
        <DialogTitle>{title}</DialogTitle>
        <DialogDescription>{question ?? t('progress.hint')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-4">
        {state === 'asking' ? children : <Progress label={label} done={done} total={items.length} />}
        {failed.length > 0 && (
          <Notice>
            <p className="font-medium">{t('progress.failed', { count: failed.length })}</p>
            <ul className="mt-1 max-h-40 space-y-0.5 overflow-y-auto">{failed.map(({ name, why }) => <li key={name}><bdi className="font-medium">{name}</bdi>: {why}</li>)}</ul>
          </Notice>
        )}
      </DialogBody>
      <DialogFooter>
        {state === 'asking' && <Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>}
        {state === 'asking' && <Button variant={destructive ? 'destructive' : 'default'} onClick={() => void start()}>{action}</Button>}
        {state === 'running' && <Button variant="outline" onClick={() => (stopped.current = true)}>{t('progress.stop')}</Button>}
        {state === 'over' && <Button onClick={onClose}>{t('common.close')}</Button>}
      </DialogFooter>
    </>
  )
}
