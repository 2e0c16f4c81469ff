/** Where the drill takes place: an engine and a proxy of its own before the scripted upstream, all on loopback, with invented keys. */
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { periodEnd } from '../../base/calendar.ts'
import { startScriptedUpstream } from '../../demo/index.ts'
import { createPoolEngine } from '../../pool/engine.ts'
import type { Clock } from '../../pool/types.ts'
import { providers } from '../../providers/index.ts'
import type { ProxyLog, ProxyPool } from '../../proxy/types.ts'
import { createClosers } from '../chores.ts'
import { basePaths, drillCall } from './client.ts'
import type { DrillPlan } from './plan.ts'
import { type DrillPool, type StagedPool, stagePool } from './pool.ts'
import { createDrillProxy } from './proxy.ts'

export interface DrillStage {
  /** A fresh copy of the pool under a name of its own. */
  pool(name: string): DrillPool
  /** Calls made so far. */
  readonly calls: number
  /** Cuts what is open; nothing is left when it resolves. */
  close(): Promise<void>
}

interface StageOptions {
  plan: DrillPlan
  clock: Clock
  log: ProxyLog
  /** Ends the calls that are under way. */
  signal: AbortSignal
}

/** Rejects with the system's own error when no port is to be had. */
export async function openStage({ plan, clock, log, signal }: StageOptions): Promise<DrillStage> {
  const closers = createClosers()
  const staged = new Map<string, StagedPool>()
  const rows = new Map<string, RequestRow>()
  let calls = 0
  try {
    const upstream = await startScriptedUpstream({ rule: (key) => behaviourIn(staged, key), place: plan.row.auth })
    closers.add(() => upstream.close())
    const engine = createPoolEngine({ clock, random: Math.random, calendar: { periodEnd } })
    closers.add(() => engine.close())
    const { proxy, token } = createDrillProxy({
      engine,
      clock,
      log,
      findPool: (slug) => (staged.has(slug) ? proxyPool(slug, plan, upstream.url) : undefined),
      secretOf: (keyId) => firstOf(staged, ({ secretOf }) => secretOf(keyId)),
      onFinished: (row) => rows.set(row.id, row),
    })
    const { port } = await proxy.start(0)
    closers.add(() => proxy.stop())
    const call = (pool: string, stream: boolean) => {
      calls += 1
      const { format } = providers[plan.provider]
      return drillCall({ url: `http://127.0.0.1:${port}/${pool}`, token, format, stream, signal })
    }
    return {
      pool(name) {
        const made = stagePool(name, { plan, engine, clock, requests: upstream.requests, row: (id) => rows.get(id), call })
        staged.set(name, made)
        return made.pool
      },
      get calls() {
        return calls
      },
      close: closers.run,
    }
  } catch (error) {
    await closers.run()
    throw error
  }
}

function proxyPool(slug: string, { provider: id, row, config }: DrillPlan, url: string): ProxyPool {
  const provider = providers[id]
  const baseUrl = new URL(url + basePaths[provider.format])
  return {
    slug,
    state: 'published',
    successor: null,
    provider,
    baseUrl,
    auth: row.auth,
    sticky: row.strategy === 'sticky',
    config,
  }
}

const behaviourIn = (staged: ReadonlyMap<string, StagedPool>, key: string | null) =>
  firstOf(staged, ({ behaviourOf }) => behaviourOf(key ?? '')) ?? { kind: 'key-invalid' as const }

function firstOf<T>(staged: ReadonlyMap<string, StagedPool>, look: (pool: StagedPool) => T | undefined): T | undefined {
  for (const pool of staged.values()) {
    const found = look(pool)
    if (found !== undefined) return found
  }
  return undefined
}
