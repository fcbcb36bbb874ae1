import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { onPersonChanged, signedInAs } from '@/api/person'
import { forgetTenant, leaveEnded, type Session, sessionKeys } from '@/api/session'

/**
 * Who works on this page: the session, or the last one while it has ended by itself (`ended`), so that what was typed is still there after
 * signing in again. Undefined after signing out, here or in another tab. Another person's session empties the caches first.
 */
export function usePerson(session: Session | null | undefined) {
  const client = useQueryClient()
  const [last, setLast] = useState<Session>()

  useEffect(() => {
    if (!session) return
    if (last && last.user.id !== session.user.id) forgetTenant(client)
    setLast(session)
  }, [client, session, last])
  useEffect(
    () =>
      onPersonChanged(() => {
        if (signedInAs() === null) {
          leaveEnded(client)
          client.setQueryData(sessionKeys.session, null)
          setLast(undefined)
        } else void client.invalidateQueries({ queryKey: sessionKeys.session })
      }),
    [client],
  )

  const left = signedInAs() === null
  const leave = () => {
    leaveEnded(client)
    setLast(undefined)
  }
  if (session) return { shown: session.user.id === (last ?? session).user.id ? session : undefined, ended: false, leave }
  // After signing out nobody works here.
  return { shown: session === null && !left ? last : undefined, ended: session === null && !left && !!last, leave }
}
