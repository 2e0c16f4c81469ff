/** The fail-over drill: a misbehaving upstream against a pool's own configuration. No provider is called, and nothing of the user's is touched. */
import { type DrillReport, drillFaults } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { Catalog } from '../catalog.ts'
import { type DrillPlan, drillPlan } from './plan.ts'
import { drillPromises, verdict } from './promises.ts'
import { type DrillStage, openStage } from './stage.ts'
import { inEnglish } from './words.ts'

export interface DrillDeps {
  catalog: Pick<Catalog, 'pool' | 'poolsOf' | 'liveKeysOf'>
  clock: Clock
  log: ProxyLog
}

export interface Drill {
  /** Takes some seconds, 15 at most; a second run of a pool joins the one under way. POOL_NOT_FOUND. */
  run(slug: string): Promise<DrillReport>
  /** Ends the runs under way; they reject. Nothing of theirs is left when this resolves. */
  close(): Promise<void>
}

const longestMs = 12_000

export function createDrill({ catalog, clock, log }: DrillDeps): Drill {
  const closing = new AbortController()
  const running = new Map<string, Promise<DrillReport>>()
  const begin = async (slug: string): Promise<DrillReport> => {
    const plan = drillPlan(catalog, slug, clock.now())
    const started = clock.mono()
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(longestMs)])
    const stage = await openStage({ plan, clock, log, signal })
    try {
      const promises = await Promise.all(drillFaults.map((fault) => tried(fault, stage, signal)))
      closing.signal.throwIfAborted()
      return reportOf(plan, promises, stage.calls, clock.mono() - started)
    } finally {
      await stage.close()
    }
  }
  return {
    run(slug) {
      const run = running.get(slug) ?? begin(slug).finally(() => running.delete(slug))
      running.set(slug, run)
      return run
    },
    async close() {
      closing.abort(new Error('Keywheel is closing.'))
      await Promise.allSettled(running.values())
    },
  }
}

type Tried = DrillReport['promises'][number]

async function tried(fault: Tried['fault'], stage: DrillStage, signal: AbortSignal): Promise<Tried> {
  const { promise, check } = drillPromises[fault]
  try {
    return { fault, promise, ...(await check(stage)) }
  } catch (error) {
    if (!signal.aborted) throw error
    return { fault, promise, ...verdict(false, { id: 'unfinished', values: { seconds: longestMs / 1000 } }) }
  }
}

function reportOf(plan: DrillPlan, promises: Tried[], calls: number, ms: number): DrillReport {
  const passed = promises.filter((one) => one.passed).length
  return {
    pool: plan.row.slug,
    keys: plan.standIns.length,
    calls,
    passed,
    failed: promises.length - passed,
    promises,
    notes: plan.notes.map(inEnglish),
    noted: plan.notes,
    ms: Math.round(ms),
  }
}
