/** The line of a page served by headless Keywheel: oRPC over fetch with the session's bearer. */
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { type Client, ConnectionError } from './connection.ts'
import { isExpired } from './follow-live.ts'
import type { Page } from './page.ts'
import type { Session } from './session.ts'

/** `onExpired` is called when a bearer was refused. */
export function httpLine(page: Page, session: Session, onExpired: () => void): Client {
  const link = new RPCLink({
    url: `${page.location.origin}/rpc`,
    fetch: async (request, init) => {
      const bearer = await session.bearer()
      request.headers.set('authorization', `Bearer ${bearer}`)
      const response = await page.fetch(request, init).catch((error: unknown) => {
        throw request.signal.aborted ? error : new ConnectionError('lost')
      })
      if (response.status === 401) session.expire(bearer)
      return response
    },
    interceptors: [
      async (call) => {
        try {
          return await call.next()
        } catch (error) {
          if (isExpired(error)) onExpired()
          throw error
        }
      },
    ],
  })
  return createORPCClient(link)
}
