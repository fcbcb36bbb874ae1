import { type ReactNode, useId } from 'react'
import { Button } from './ui/button'

interface SubmitButtonProps {
  /** What is still missing, in words. The button stays reachable, so that it can be read out and a press can point at the field. */
  missing?: string
  loading?: boolean
  /** The buttons that stand before it. */
  before?: ReactNode
  children: ReactNode
}

/** The last button of a form: dimmed, with the reason beside it, until the form can be sent. */
export function SubmitButton({ missing, loading, before, children }: SubmitButtonProps) {
  const id = useId()
  return (
    <>
      {missing && <p id={id} className="me-auto text-[0.8125rem] text-muted-foreground max-sm:basis-full">{missing}</p>}
      {before}
      <Button type="submit" loading={loading} aria-disabled={missing ? true : undefined} aria-describedby={missing ? id : undefined}>{children}</Button>
    </>
  )
}
