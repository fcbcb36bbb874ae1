import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Direction, Tooltip } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { setUnauthenticatedHandler } from '@/api/client'
import { ApiError } from '@/api/error'
import { sessionKeys } from '@/api/session'
import { Toaster } from '@/components/ui/sonner'
import { Router } from './router'

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The live stream tells us what changed; a refocus only has to catch what it could not.
      staleTime: 30_000,
      retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
    },
  },
})

setUnauthenticatedHandler(() => queryClient.setQueryData(sessionKeys.session, null))

export function App() {
  const { i18n } = useTranslation()
  return (
    <QueryClientProvider client={queryClient}>
      <Direction.Provider dir={i18n.dir()}>
        <Tooltip.Provider delayDuration={350}>
          <Router />
          <Toaster />
        </Tooltip.Provider>
      </Direction.Provider>
    </QueryClientProvider>
  )
}
