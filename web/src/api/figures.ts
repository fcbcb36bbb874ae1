import { useQuery } from '@tanstack/react-query'
import { api, data } from './client'
import type { Schemas } from './schemas'

export type Figures = Schemas['Home']

export const figureKeys = { all: ['figures'] as const }

/** Today's figures in the business's time zone; the live stream tells of changes. */
export const useFigures = () => useQuery({ queryKey: figureKeys.all, queryFn: ({ signal }): Promise<Figures> => data(api.GET('/home', { signal })), refetchInterval: 300_000 })
