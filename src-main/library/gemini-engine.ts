/** A key pool in the engine's words: a provider is a pool, a project is a bucket. */
import { defaultRules } from '../pool/rules.ts'
import type { Fallback, Limits, OutcomeClass, PoolEngine, StoredMark } from '../pool/types.ts'
import type { KeyRing } from './gemini-keys.ts'
import type { RateLimitType } from './gemini-rate-limit.ts'
import type { CoolDown } from './gemini-state.ts'

const classOf: Readonly<Record<RateLimitType, OutcomeClass>> = {
  rpm: 'rate-short',
  tpm: 'rate-short',
  ipm: 'rate-short',
  rpd: 'rate-daily',
  quota: 'no-credit',
  unknown: 'rate-short',
}

/** Throws EngineError for bad limits or a fallback that leads back to where it began. */
export function setUpEngine(
  engine: PoolEngine,
  ring: KeyRing,
  { limits, fallback }: { limits: Readonly<Record<string, Limits>>; fallback: readonly Fallback[] },
): void {
  for (const provider of ring.providers) {
    engine.setPool(provider, { ...defaultRules, strategy: 'priority', upstream: provider, interactiveReserve: 0, fallback })
  }
  for (const { id, provider, bucket } of ring.all()) {
    engine.setKey({ id, enabled: true, expiresAt: null, bucket })
    engine.setMember(provider, id, { priority: 0, weight: 1 })
    engine.setBucket(bucket, limits[provider] ?? {})
  }
}

export function storedMark(bucket: string, model: string, { until, type }: CoolDown, now: number): StoredMark {
  return { scope: 'bucket', owner: bucket, model, outcome: classOf[type], until, reason: type, strikes: 1, at: now }
}
