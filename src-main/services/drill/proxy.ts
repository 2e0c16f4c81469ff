/** A proxy of the drill's own: nothing that it does reaches the application's engine, budgets, answers kept or list of requests. */
import { KeywheelError, type RequestRow } from '../../../src-preload/contract/index.ts'
import { createClientDirectory, newToken } from '../../clients/index.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import { createProxy, type Proxy } from '../../proxy/index.ts'
import type { ProxyDeps, ProxyLog, ProxyPool } from '../../proxy/types.ts'

interface DrillProxyDeps {
  engine: PoolEngine
  clock: Clock
  log: ProxyLog
  findPool(slug: string): ProxyPool | undefined
  secretOf(keyId: string): string | undefined
  onFinished(row: RequestRow): void
}

const unlimited: ProxyDeps['spending'] = { reserve: () => ({ kind: 'reserved', settle() {} }) }
const keepsNothing: ProxyDeps['cache'] = { find: () => Promise.resolve(null), keep() {} }

/** Not started yet; `token` opens it. */
export function createDrillProxy(deps: DrillProxyDeps): { proxy: Proxy; token: string } {
  const { engine, clock, log, findPool, secretOf, onFinished } = deps
  const directory = createClientDirectory()
  const { token, hash } = newToken()
  directory.set(hash, { id: 'drill', name: 'Drill', pools: null, lane: 'interactive', models: null, expiresAt: null })
  const proxy = createProxy(
    {
      clock,
      engine,
      findPool,
      authorise: (presented) => directory.authorise(presented, clock.now()),
      allowedOrigins: () => [],
      keysOf: () => [],
      onAccount() {},
      keyLabel: (id) => id,
      secretFor(id) {
        const secret = secretOf(id)
        if (secret === undefined) throw new KeywheelError('KEY_NOT_FOUND')
        return secret
      },
      vaultOpen: () => true,
      cost: () => null,
      router: () => ({ plan: () => ({ kind: 'unknown', nearest: [] }), names: () => [] }),
      servedModels: () => [],
      findPrompt: () => undefined,
      spending: unlimited,
      quotas: { take: () => null },
      doors: { connect: () => undefined, apipool: () => undefined },
      cache: keepsNothing,
      wayFor: () => ({ proxy: null, http2: false }),
      metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
      onFinished,
      // Calls that fail are what a drill is for: only what goes wrong inside Keywheel is worth a line.
      log: { info() {}, warn: (fields, message) => log.warn({ ...fields, drill: true }, message) },
    },
    { graceMs: 200, lingerMs: 100 },
  )
  return { proxy, token }
}
