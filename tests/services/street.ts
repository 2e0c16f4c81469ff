/** A house with pools whose upstreams are scripted, and calls through its proxy. */
import { onTestFinished } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { KeyCreate, KeyPatch, PoolConfigInput } from '../../src-preload/contract/index.ts'
import { type House, openHouse, secretOf } from './house.ts'

interface PoolOfStreet {
  slug: string
  /** The numbers of its keys. */
  keys: readonly number[]
  provider?: string
  config?: PoolConfigInput
}

interface Street extends House {
  upstream: ScriptedUpstream
  /** Ids of the keys by their numbers. */
  id(n: number): string
  /** A chat through the proxy; the status, what was answered and which key did it. */
  chat(pool: string, model?: string): Promise<{ status: number; key: string | null; model: string | undefined; text: string }>
  addPool(pool: PoolOfStreet): Promise<void>
  addKey(n: number, more: Partial<KeyCreate> & Pick<KeyCreate, 'pools'>): Promise<string>
  setKey(n: number, patch: KeyPatch): Promise<unknown>
  setPool(slug: string, config: PoolConfigInput): Promise<unknown>
}

/** One upstream for all pools, so that they differ only in what is configured. */
export async function openStreet(pools: readonly PoolOfStreet[], dataDir?: string, listModels = false): Promise<Street> {
  const upstream = await startScriptedUpstream()
  onTestFinished(() => upstream.close())
  const house = await openHouse({ listModels, ...(dataDir === undefined ? {} : { dataDir }) })
  const ids = new Map<number, string>()
  const { token } = await house.clients.create(
    { name: 'street', lane: 'interactive', budget: null, quotas: [], expiresAt: null },
    'local',
  )
  const street: Street = {
    ...house,
    upstream,
    id: (n) => ids.get(n) ?? '',
    async addPool({ slug, provider = 'openai', keys, config = {} }) {
      await house.pools.create(
        { slug, draft: false, provider, baseUrl: `${upstream.url}/v1`, strategy: 'round_robin', config },
        'local',
      )
      for (const n of keys) await street.addKey(n, { pools: [slug] })
    },
    async addKey(n, more) {
      const given = { secret: secretOf(n), label: `key ${n}`, tags: [], notes: '', weight: 1, priority: 0, ...more }
      const { id } = await house.keys.create(given, 'local')
      ids.set(n, id)
      return id
    },
    setKey: (n, patch) => house.keys.update(street.id(n), patch, 'local'),
    setPool: (slug, config) => house.pools.update(slug, { config }, 'local'),
    async chat(pool, model = 'm') {
      const answer = await fetch(`${house.proxy.status().url}/${pool}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
      })
      const text = await answer.text()
      const served = (JSON.parse(text) as { model?: string }).model
      return { status: answer.status, key: answer.headers.get('x-keywheel-key'), model: served, text }
    },
  }
  for (const pool of pools) await street.addPool(pool)
  return street
}
