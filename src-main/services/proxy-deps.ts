/** What the proxy sees of the rest: pools, routes, prompts, tokens, secrets, prices. */
import { KeywheelError, type RequestRow } from '../../src-preload/contract/index.ts'
import type { ClientDirectory } from '../clients/types.ts'
import type { Clock, PoolEngine } from '../pool/types.ts'
import { providers } from '../providers/index.ts'
import type { ProxyDeps, ProxyLog, ProxyPool } from '../proxy/types.ts'
import type { PoolRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import type { DemoUpstream } from './demo.ts'
import type { AccountFinder } from './keys/account-finder.ts'
import type { Models } from './models/models.ts'
import { providerOf } from './pools/pool-row.ts'
import { configOf } from './pools/pool-rules.ts'
import { findPrompt } from './prompts/prompts.ts'

export interface ProxyDepsSources {
  clock: Clock
  engine: PoolEngine
  catalog: Catalog
  vault: Vault
  demo: DemoUpstream
  directory: ClientDirectory
  accounts: AccountFinder
  models: Pick<Models, 'router' | 'served'>
  log: ProxyLog
  cost: ProxyDeps['cost']
  spending: ProxyDeps['spending']
  quotas: ProxyDeps['quotas']
  cache: ProxyDeps['cache']
  wayFor: ProxyDeps['wayFor']
  trust: NonNullable<ProxyDeps['trust']>
  metrics: ProxyDeps['metrics']
  doors: ProxyDeps['doors']
  onFinished(row: RequestRow): void
}

export function proxyDeps(sources: ProxyDepsSources): ProxyDeps {
  const { clock, engine, catalog, vault, demo, directory, accounts, models, log } = sources
  const { cost, spending, quotas, cache, wayFor, trust, metrics, doors, onFinished } = sources
  // Rows are replaced, never changed, so a row is its own version: what was made of it stays true.
  const pools = new WeakMap<PoolRow, { at: string; pool: ProxyPool }>()
  const poolOf = (row: PoolRow, at: string): ProxyPool => {
    const config = configOf(row)
    return {
      slug: row.slug,
      state: row.state,
      successor: row.successor,
      provider: providers[providerOf(row.provider)],
      baseUrl: new URL(at),
      auth: row.auth,
      sticky: row.strategy === 'sticky',
      config,
    }
  }
  return {
    clock,
    engine,
    log,
    cost,
    spending,
    quotas,
    cache,
    wayFor,
    trust,
    metrics,
    doors,
    onFinished,
    router: models.router,
    servedModels: models.served,
    findPrompt: (slug) => findPrompt(catalog, slug),
    findPool(slug) {
      const row = catalog.pools.get(slug)
      if (!row || row.deletedAt !== null) return undefined
      // Built-in upstreams have their address only once they run.
      const at = demo.baseUrlOf(row)
      const known = pools.get(row)
      if (known?.at === at) return known.pool
      const pool = poolOf(row, at)
      pools.set(row, { at, pool })
      return pool
    },
    authorise: (token) => directory.authorise(token, clock.now()),
    allowedOrigins: () => catalog.settings().proxyOrigins,
    keysOf: (slug) => catalog.keysOf(slug),
    onAccount: (keyId, account) => accounts.found(keyId, account),
    keyLabel: (id) => catalog.keys.get(id)?.label ?? id,
    secretFor(id, origin) {
      const row = catalog.keys.get(id)
      if (!row) throw new KeywheelError('KEY_NOT_FOUND')
      return demo.secretOf(row) ?? vault.secretFor(id, origin)
    },
    vaultOpen: () => vault.isOpen,
  }
}
