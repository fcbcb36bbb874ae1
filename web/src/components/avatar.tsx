import { UserRound } from 'lucide-react'
import { hueIndex, initials } from '@/lib/format'
import { cn } from '@/lib/utils'

/** Soft pairs with ≥ 4.5:1 between letters and ground, in both themes. */
const PAIRS = [
  'bg-[oklch(0.92_0.045_160)] text-[oklch(0.38_0.09_162)] dark:bg-[oklch(0.34_0.06_162)] dark:text-[oklch(0.87_0.08_160)]',
  'bg-[oklch(0.92_0.04_235)] text-[oklch(0.4_0.11_245)] dark:bg-[oklch(0.34_0.06_245)] dark:text-[oklch(0.87_0.06_235)]',
  'bg-[oklch(0.925_0.045_300)] text-[oklch(0.42_0.13_300)] dark:bg-[oklch(0.35_0.07_300)] dark:text-[oklch(0.88_0.06_300)]',
  'bg-[oklch(0.93_0.05_60)] text-[oklch(0.44_0.1_55)] dark:bg-[oklch(0.36_0.06_58)] dark:text-[oklch(0.88_0.07_65)]',
  'bg-[oklch(0.925_0.045_10)] text-[oklch(0.44_0.13_12)] dark:bg-[oklch(0.35_0.075_12)] dark:text-[oklch(0.88_0.06_12)]',
  'bg-[oklch(0.92_0.045_200)] text-[oklch(0.4_0.075_210)] dark:bg-[oklch(0.34_0.05_210)] dark:text-[oklch(0.87_0.06_200)]',
  'bg-[oklch(0.93_0.055_110)] text-[oklch(0.42_0.08_118)] dark:bg-[oklch(0.35_0.055_118)] dark:text-[oklch(0.88_0.08_112)]',
]

interface AvatarProps {
  name: string
  /** What the colour is taken from, when the name may change: an id. */
  seed?: string
  size?: 'xs' | 'sm' | 'md' | 'lg' | 'xl'
  square?: boolean
  className?: string
}

const SIZES = { xs: 'size-6 text-[0.625rem]', sm: 'size-7 text-[0.6875rem]', md: 'size-9 text-xs', lg: 'size-10 text-sm', xl: 'size-16 text-xl' }

/** Decorative: the name always stands beside it. */
export function Avatar({ name, seed, size = 'md', square, className }: AvatarProps) {
  const letters = initials(name)
  return (
    <span
      aria-hidden
      className={cn('grid shrink-0 place-items-center font-semibold select-none', square ? 'rounded-lg' : 'rounded-full', SIZES[size], PAIRS[hueIndex(seed ?? name, PAIRS.length)], className)}
    >
      {letters || <UserRound className="size-[50%]" strokeWidth={2} />}
    </span>
  )
}
