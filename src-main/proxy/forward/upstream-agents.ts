/** Connections to upstreams, kept apart by the way they leave this machine. */
import { Agent, Pool } from 'undici'
import type { Way } from '../types.ts'
import { type ConnectGuard, destinationOf, guardedConnect } from './guarded-connect.ts'
import { tunnelConnect } from './outbound-tunnel.ts'

const socketsPerOrigin = 256
/** More ways than this are not kept at once: a proxy for each of 10,000 keys would be as many agents. */
const agentsMax = 256

export interface UpstreamAgents {
  /** The agent whose connections take so long at most and go this way. */
  agentFor(connectMs: number, way: Way): Agent
  /** Cuts what is still under way. */
  close(): Promise<void>
}

/** Agents are made on demand; the one that was used longest ago goes first, once its calls are done. */
export function createUpstreamAgents(guard: ConnectGuard): UpstreamAgents {
  // The time to connect belongs to an agent in undici and to a pool of keys here; there are few different ones.
  const agents = new Map<string, Agent>()
  const going = new Set<Agent>()
  const retire = (agent: Agent) => {
    going.add(agent)
    void agent.close().finally(() => going.delete(agent))
  }
  return {
    agentFor(connectMs, way) {
      const key = keyOf(connectMs, way)
      const known = agents.get(key)
      // In which order they were used counts only when there is no room.
      if (known !== undefined && agents.size < agentsMax) return known
      const agent = known ?? newAgent(connectMs, way, guard)
      agents.delete(key)
      agents.set(key, agent)
      for (const [oldest, one] of agents) {
        if (agents.size <= agentsMax) break
        agents.delete(oldest)
        retire(one)
      }
      return agent
    },
    async close() {
      await Promise.all([...agents.values(), ...going].map((agent) => agent.destroy()))
      agents.clear()
    },
  }
}

function keyOf(connectMs: number, { proxy, http2, login }: Way): string {
  if (proxy === null) return `${connectMs} ${http2}`
  return JSON.stringify([connectMs, http2, proxy.href, login?.user, login?.password])
}

function newAgent(connectMs: number, { proxy, http2, login }: Way, guard: ConnectGuard): Agent {
  const connectTo = (origin: URL) =>
    proxy === null
      ? guardedConnect(destinationOf(origin), connectMs, guard, http2)
      : tunnelConnect(origin, connectMs, { proxy, http2, ...(login === undefined ? {} : { login }) }, guard)
  return new Agent({
    factory: (origin, options: Pool.Options) => {
      const url = new URL(origin)
      return new Pool(url, { ...options, connect: connectTo(url) })
    },
    connections: socketsPerOrigin,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 60_000,
    maxHeaderSize: 32 * 1024,
    // One socket a call unless a pool asks for HTTP/2: that was slower here, and a broken connection takes every stream on it along.
    allowH2: http2,
  })
}
