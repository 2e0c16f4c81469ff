/** What the proxy sees of the rest: pools, tokens, secrets, prices. */
import { KeywheelError, type RequestRow } from '../../src-preload/contract/index.ts'
import type { ClientDirectory } from '../clients/types.ts'
import type { Clock, PoolEngine } from '../pool/types.ts'
import { providers } from '../providers/index.ts'
import type { ProxyDeps, ProxyLog, ProxyPool } from '../proxy/types.ts'
import type { PoolRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import type { AccountFinder } from './account-finder.ts'
import type { Catalog } from './catalog.ts'
import { type DemoUpstream, demoSecret } from './demo.ts'
import { providerOf } from './pool-row.ts'
import { configOf } from './pool-rules.ts'

export interface ProxyDepsSources {
  clock: Clock
  engine: PoolEngine
  catalog: Catalog
  vault: Vault
  demo: DemoUpstream
  directory: ClientDirectory
  accounts: AccountFinder
  log: ProxyLog
  cost: ProxyDeps['cost']
  onFinished(row: RequestRow): void
}

export function proxyDeps(sources: ProxyDepsSources): ProxyDeps {
  const { clock, engine, catalog, vault, demo, directory, accounts, log, cost, onFinished } = sources
  // Rows are replaced, never changed, so a row is its own version: what was made of it stays true.
  const routes = new WeakMap<PoolRow, ProxyPool>()
  const routeOf = (row: PoolRow): ProxyPool => {
    const config = configOf(row)
    return {
      slug: row.slug,
      provider: providers[providerOf(row.provider)],
      baseUrl: new URL(demo.baseUrlOf(row)),
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
    onFinished,
    findPool(slug) {
      const row = catalog.pools.get(slug)
      if (!row || row.deletedAt !== null) return undefined
      const known = routes.get(row)
      if (known) return known
      const made = routeOf(row)
      routes.set(row, made)
      return made
    },
    authorise: (token) => directory.authorise(token, clock.now()),
    allowedOrigins: () => catalog.settings().proxyOrigins,
    keysOf: (slug) => catalog.keysOf(slug),
    onAccount: (keyId, account) => accounts.found(keyId, account),
    keyLabel: (id) => catalog.keys.get(id)?.label ?? id,
    secretFor(id, origin) {
      const row = catalog.keys.get(id)
      if (!row) throw new KeywheelError('KEY_NOT_FOUND')
      return demoSecret(row) ?? vault.secretFor(id, origin)
    },
    vaultOpen: () => vault.status().state === 'unlocked',
  }
}
