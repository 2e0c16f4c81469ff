/** fetch for calls that Keywheel makes itself: the addresses it connects to are judged like those of forwarded calls. */
import { Agent, Pool, fetch as undiciFetch } from 'undici'
import { type ConnectGuard, guardedConnect } from './guarded-connect.ts'

const connectMs = 10_000

export interface GuardedFetch {
  fetch: typeof globalThis.fetch
  close(): Promise<void>
}

export function createGuardedFetch(guard: ConnectGuard = {}): GuardedFetch {
  const agent = new Agent({
    factory: (origin, options: object) => {
      const url = new URL(String(origin))
      return new Pool(url, { ...options, connect: guardedConnect(url, connectMs, guard) })
    },
  })
  return {
    // undici's types and the platform's describe the same thing in words of their own.
    fetch: ((input: string | URL, init?: object) =>
      undiciFetch(input, { ...init, dispatcher: agent })) as typeof globalThis.fetch,
    close: () => agent.destroy(),
  }
}
