/** How fast the engine hands out keys: leases and reports a second, by strategy and number of keys. */
import { systemClock } from '../../src-main/pool/clock.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { type PoolEngine, type PoolRules, type StrategyName, strategyNames } from '../../src-main/pool/types.ts'

const sizes = [10, 1000, 100_000] as const
const sampleMs = 700
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
for (const strategy of strategyNames) {
  let base = 0
  for (const keys of sizes) {
    const engine = build(strategy, keys)
    run(engine, sampleMs / 2)
    const rate = run(engine, sampleMs)
    engine.close()
    if (keys === sizes[0]) base = rate
    const met = keys === sizes[0] ? rate >= minPerSecond : rate >= base / 2
    if (!met) missed++
    const cells = [strategy.padEnd(12), `${keys}`.padStart(7), `${Math.round(rate)}/s`.padStart(11), (rate / base).toFixed(2)]
    console.log(`${cells.join('  ')}${met ? '' : '  below target'}`)
  }
}
console.log(
  missed === 0
    ? `targets met: ${minPerSecond}/s at 10 keys, half of the rate at 100,000`
    : `${missed} rows below target (${minPerSecond}/s at 10 keys, half of that rate above)`,
)
