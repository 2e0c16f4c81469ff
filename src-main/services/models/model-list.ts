/** One pool's list of models, as its provider gives it. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { PoolEngine } from '../../pool/types.ts'
import { providers } from '../../providers/index.ts'
import type { KeyRow, PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import type { DemoUpstream } from '../demo.ts'
import { isTrusted } from '../keys/audience.ts'
import { providerOf } from '../pools/pool-row.ts'
import { callProvider, networkCode, targetOf } from '../provider-call.ts'
import { unreachedBy } from '../unreached.ts'

/** OpenRouter, the longest list known, has some 500. */
const mostModels = 5000
const longestName = 200
/** A key may be refused the list and serve all the same (restricted keys), so others are asked as well. */
const keysAsked = 3

export interface ModelListDeps {
  catalog: Pick<Catalog, 'liveKeysOf'>
  engine: Pick<PoolEngine, 'key'>
  vault: Vault
  demo: DemoUpstream
  /** fetch by the way that calls with this key take out of the machine. */
  fetchFor(keyId: string, pool: PoolRow): typeof globalThis.fetch
}

export type Listed = { kind: 'listed'; models: string[] } | { kind: 'failed'; reason: string }

/** Asks the provider through a key of the pool, then another if it is refused; `null` = there is no list, or no key to ask with. */
export async function listModels(pool: PoolRow, deps: ModelListDeps, signal: AbortSignal): Promise<Listed | null> {
  const provider = providers[providerOf(pool.provider)]
  const { path, read } = provider.models
  if (path === null) return null
  let last: Listed | null = null
  for (const key of askable(pool, deps).slice(0, keysAsked)) {
    try {
      const target = targetOf(pool, key, { ...deps, provider })
      const { status, body } = await callProvider(target, { method: 'GET', path }, deps.fetchFor(key.id, pool), signal)
      // What it says about the key is not for the engine: a list may be refused to a key that serves every call.
      if (status === 200) return understood(read(body))
      last = { kind: 'failed', reason: `status ${status}` }
    } catch (error) {
      const reason = error instanceof KeywheelError ? error.code : networkCode(error)
      last = { kind: 'failed', reason }
      // Another key would not get there either.
      if (unreachedBy(reason) !== null) return last
    }
    if (signal.aborted) return null
  }
  return last
}

function understood(models: readonly string[]): Listed {
  const names = models.filter((name) => name.length <= longestName && !name.includes('*')).slice(0, mostModels)
  return names.length > 0 ? { kind: 'listed', models: names } : { kind: 'failed', reason: 'no models in the answer' }
}

/** Keys that may be sent there, the ready ones first. */
function askable(pool: PoolRow, { catalog, engine, demo }: ModelListDeps): KeyRow[] {
  const origin = demo.originOf(pool)
  const ready: KeyRow[] = []
  const others: KeyRow[] = []
  for (const key of catalog.liveKeysOf(pool.slug)) {
    if (!key.enabled || !isTrusted(key, origin)) continue
    const health = engine.key(key.id)?.health
    if (health === 'ready') ready.push(key)
    else if (health === 'cooling') others.push(key)
    if (ready.length >= keysAsked) break
  }
  return [...ready, ...others]
}
