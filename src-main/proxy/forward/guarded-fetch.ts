/** fetch for calls that Keywheel makes itself: they leave the machine as forwarded calls do, and the addresses are judged alike. */
import { fetch as undiciFetch } from 'undici'
import type { Way } from '../types.ts'
import type { ConnectGuard } from './guarded-connect.ts'
import { createUpstreamAgents } from './upstream-agents.ts'

/** Less than such calls may take in all: who is not reached is told apart from who does not answer. */
const connectMs = 8_000
const directly: Way = { proxy: null, http2: false }

export interface GuardedFetch {
  /** Without any proxy. */
  fetch: typeof globalThis.fetch
  /** By this way. */
  fetchBy(way: Way): typeof globalThis.fetch
  close(): Promise<void>
}

export function createGuardedFetch(guard: ConnectGuard = {}): GuardedFetch {
  const agents = createUpstreamAgents(guard)
  const fetchBy = (way: Way) =>
    // undici's types and the platform's describe the same thing in words of their own.
    ((input: string | URL, init?: object) =>
      undiciFetch(input, { ...init, dispatcher: agents.agentFor(connectMs, way) })) as typeof globalThis.fetch
  return { fetch: fetchBy(directly), fetchBy, close: () => agents.close() }
}
