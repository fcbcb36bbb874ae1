import { ArrowLeft } from 'lucide-react'
import { Link } from 'wouter'
import { cn } from '@/lib/utils'

/** Above a heading: to the page that this one was opened from. */
export function BackLink({ href, label, className }: { href: string; label: string; className?: string }) {
  return (
    <Link href={href} className={cn('mb-3 -ms-1 inline-flex min-h-8 items-center gap-1.5 self-start rounded-md px-1 text-[0.8125rem] font-medium text-muted-foreground hover:text-foreground pointer-coarse:min-h-11', className)}>
      <ArrowLeft className="flip-rtl size-4" aria-hidden />
      {label}
    </Link>
  )
}
