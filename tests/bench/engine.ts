/** How fast the engine hands out keys: leases and reports a second, by strategy and number of keys, and the ratio to 10 keys. */
import { systemClock } from '../../src-main/pool/clock.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import type { PoolEngine, PoolRules, StrategyName } from '../../src-main/pool/types.ts'
import { strategyNames } from '../pool/rig.ts'

const sizes = [10, 1000, 100_000] as const
// The best of several short samples: what else the machine does only ever makes a sample slower.
const samples = 8
const sampleMs = 150
const minPerSecond = 300_000

function build(strategy: StrategyName, keys: number): PoolEngine {
  const engine = createPoolEngine({ clock: systemClock(), random: Math.random })
  const rules: PoolRules = {
    strategy,
    concurrency: 0,
    keyConcurrency: 4,
    rateLimit: 0,
    rateIntervalMs: 60_000,
    cooldownBaseMs: 1000,
    cooldownMaxMs: 300_000,
    hintMaxMs: 86_400_000,
    noCreditMs: 3_600_000,
    leaseMs: 600_000,
  }
  engine.setPool('bench', rules)
  for (let i = 0; i < keys; i++) {
    engine.setKey({ id: `key-${i}`, enabled: true, expiresAt: null })
    engine.setMember('bench', `key-${i}`, { priority: i % 7, weight: 1 + (i % 5) })
  }
  return engine
}

function run(engine: PoolEngine, ms: number): number {
  const query = { pool: 'bench', model: 'some-model' }
  const start = performance.now()
  let calls = 0
  while (performance.now() - start < ms) {
    for (let i = 0; i < 1000; i++) {
      const result = engine.tryLease(query)
      if (result.kind !== 'lease') throw new Error(`no lease: ${result.kind}`)
      engine.report(result.lease, { class: 'ok' })
    }
    calls += 1000
  }
  return (calls * 1000) / (performance.now() - start)
}

let missed = 0
const belowHalf: string[] = []
for (const strategy of strategyNames) {
  const engines = sizes.map((keys) => build(strategy, keys))
  const best = sizes.map(() => 0)
  for (let sample = 0; sample < samples; sample++) {
    for (const [at, engine] of engines.entries()) best[at] = Math.max(best[at] ?? 0, run(engine, sampleMs))
  }
  for (const engine of engines) engine.close()
  const base = best[0] ?? 0
  for (const [at, keys] of sizes.entries()) {
    const rate = best[at] ?? 0
    const met = rate >= (keys === sizes[0] ? minPerSecond : minPerSecond / 2)
    if (!met) missed++
    if (rate < base / 2) belowHalf.push(`${strategy} at ${keys}`)
    const cells = [strategy.padEnd(12), `${keys}`.padStart(7), `${Math.round(rate)}/s`.padStart(11), (rate / base).toFixed(2)]
    console.log(`${cells.join('  ')}${met ? '' : '  below target'}`)
  }
}
console.log(`target: ${minPerSecond}/s at 10 keys, half of it above; ${missed === 0 ? 'met' : `missed in ${missed} rows`}`)
if (belowHalf.length > 0) console.log(`less than half of the own rate at 10 keys: ${belowHalf.join(', ')}`)
