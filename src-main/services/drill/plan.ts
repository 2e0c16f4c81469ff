/** A pool as the drill copies it: its rules, its accounts and ranks, and nothing that would only take time or is not tried there. */
import type { DrillSentence, PoolConfig, PoolConfigInput, ProviderId } from '../../../src-preload/contract/index.ts'
import type { KeyRow, PoolRow } from '../../storage/types.ts'
import type { Catalog, Rank } from '../catalog.ts'
import { bucketOf } from '../keys/account.ts'
import { providerOf } from '../pools/pool-row.ts'
import { configOf } from '../pools/pool-rules.ts'

interface StandIn extends Rank {
  /** Stand-ins of one name share an account. */
  account: string
}

export interface DrillPlan {
  provider: ProviderId
  /** With the configuration that the drill runs by. */
  row: PoolRow
  config: PoolConfig
  standIns: StandIn[]
  /** What is otherwise than in real calls. */
  notes: DrillSentence[]
}

const mostKeys = 20
/** An empty pool is tried as if it had these. */
const fewestKeys = 2

/** In seconds: long enough for a loopback address under load, short enough for somebody who waits. */
const quickest = { timeout: 1, connectTimeout: 2, idleTimeout: 2, queueTimeout: 3, attemptBudget: 5 } as const

/** What does not belong to fail-over, and would only make the drill wait, or lead it out of the pool. */
const leftOut = {
  limits: {},
  rateLimit: 0,
  budget: null,
  fallback: [],
  cacheTtl: 0,
  totalTimeout: 0,
  outbound: null,
  http2: false,
  models: [],
  deployments: {},
} satisfies PoolConfigInput

/** POOL_NOT_FOUND. `now` in wall ms. */
export function drillPlan(catalog: Pick<Catalog, 'pool' | 'poolsOf' | 'liveKeysOf'>, slug: string, now: number): DrillPlan {
  const pool = catalog.pool(slug)
  const real = configOf(pool)
  const config: PoolConfig = { ...real, ...leftOut, ...shortened(real) }
  const row: PoolRow = { ...pool, config }
  const usable = catalog.liveKeysOf(slug).filter((key) => key.enabled && (key.expiresAt === null || key.expiresAt > now))
  const standIns = usable.slice(0, mostKeys).map((key) => standInOf(key, catalog.poolsOf(key.id).get(slug)))
  while (usable.length === 0 && standIns.length < fewestKeys)
    standIns.push({ account: `own ${standIns.length}`, priority: standIns.length, weight: 1 })
  return { provider: providerOf(pool.provider), row, config, standIns, notes: notesOf(real, usable) }
}

function shortened(real: PoolConfig): Pick<PoolConfig, keyof typeof quickest> {
  const times = Object.entries(quickest) as [keyof typeof quickest, number][]
  const short = times.map(([name, seconds]) => [name, Math.min(real[name], seconds)])
  return Object.fromEntries(short) as Pick<PoolConfig, keyof typeof quickest>
}

function standInOf(key: KeyRow, rank: Rank = { priority: 0, weight: 1 }): StandIn {
  return { account: bucketOf(key), ...rank }
}

function notesOf(real: PoolConfig, usable: readonly KeyRow[]): DrillSentence[] {
  const notes: (DrillSentence | null)[] = [
    real.timeout > quickest.timeout ? { id: 'timesCut', values: { seconds: quickest.timeout, wanted: real.timeout } } : null,
    usable.length === 0 ? { id: 'noKeys', values: { keys: fewestKeys } } : null,
    usable.length > mostKeys ? { id: 'someKeys', values: { shown: mostKeys, total: usable.length } } : null,
    Object.keys(real.limits).length > 0 || real.rateLimit > 0 ? { id: 'leftLimits', values: {} } : null,
    real.budget === null ? null : { id: 'leftBudget', values: {} },
    real.fallback.length > 0 ? { id: 'leftFallbacks', values: {} } : null,
    real.cacheTtl > 0 ? { id: 'leftAnswers', values: {} } : null,
  ]
  return notes.filter((note) => note !== null)
}
