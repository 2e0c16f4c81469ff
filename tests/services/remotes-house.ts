/** A Keywheel and an apipool-server that it uses, with an upstream behind both. */

import { onTestFinished } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { LinkCreate, Remote } from '../../src-preload/contract/index.ts'
import { type ApipoolServer, startApipoolServer } from '../support/apipool-server.ts'
import { type House, openHouse } from './house.ts'

export interface Pair {
  house: House
  server: ApipoolServer
  upstream: ScriptedUpstream
  remote: Remote
  /** Links a pool of the server; synced and for the upstream, unless told. */
  link(identifier: string, more?: Partial<LinkCreate>): Promise<Remote>
  /** Labels and hints of a pool's keys here, in order. */
  keysOf(pool: string): { label: string; hint: string }[]
}

export async function openPair(options: Parameters<typeof openHouse>[0] = {}): Promise<Pair> {
  const upstream = await startScriptedUpstream()
  onTestFinished(() => upstream.close())
  const server = await startApipoolServer()
  const house = await openHouse(options)
  const remote = await house.remotes.create({ url: server.url, username: 'ann', password: server.password }, 'local')
  return {
    house,
    server,
    upstream,
    remote,
    link: (identifier, more = {}) =>
      house.remotes.link(
        remote.id,
        {
          identifier,
          mode: 'sync',
          interval: 86_400,
          report: false,
          ...(more.mode === 'proxy' ? {} : { provider: 'openai', baseUrl: `${upstream.url}/v1` }),
          ...more,
        },
        'local',
      ),
    keysOf: (pool) =>
      house.keys
        .list({ pool, limit: 200 })
        .items.map(({ label, hint }) => ({ label, hint }))
        .toSorted((a, b) => a.label.localeCompare(b.label)),
  }
}

/** What a program does: one chat through the proxy. Gives the status and the body. */
export async function chat(
  house: House,
  pool: string,
  token: string,
  more: object = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${house.proxy.status().url}/${pool}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], ...more }),
  })
  return { status: answer.status, body: await answer.json() }
}

export async function tokenOf(house: House): Promise<string> {
  const client = { name: 'test', lane: 'interactive', budget: null, quotas: [], expiresAt: null } as const
  return (await house.clients.create({ ...client, quotas: [] }, 'local')).token
}
