/** One copy of the pool on the drill's stage: made to misbehave, called, and looked at. */
import { randomBytes } from 'node:crypto'
import type { PoolConfig, RequestRow } from '../../../src-preload/contract/index.ts'
import type { Behaviour, ReceivedRequest } from '../../demo/index.ts'
import type { Clock, KeyHealth, PoolEngine } from '../../pool/types.ts'
import { rulesOf } from '../pools/pool-rules.ts'
import { type DrillAnswer, drillModel } from './client.ts'
import type { DrillPlan } from './plan.ts'

/** Its keys have numbers from 0. */
export interface DrillPool {
  readonly keys: number
  readonly accounts: number
  readonly config: PoolConfig
  /** What the next request on a key gets; `ok` until told. */
  behave(rule: (key: number) => Behaviour): void
  call(stream?: boolean): Promise<DrillAnswer>
  /** Keys in the order in which they were sent up, one per request. */
  asked(): number[]
  /** What came to the upstream with a key. */
  requests(key: number): ReceivedRequest[]
  sameAccount(a: number, b: number): boolean
  health(key: number): KeyHealth
  /** Ms until the key may be used again; 0 = now, Infinity = not by itself. */
  heldMs(key: number): number
  inFlight(key: number): number
  /** What was recorded of a call. */
  row(answer: DrillAnswer): RequestRow | undefined
}

export interface PoolStage {
  plan: DrillPlan
  engine: PoolEngine
  clock: Clock
  /** Every request that came to the upstream. */
  requests: readonly ReceivedRequest[]
  row(requestId: string): RequestRow | undefined
  call(pool: string, stream: boolean): Promise<DrillAnswer>
}

/** A pool, and what its keys are known by on the two sides of the proxy. */
export interface StagedPool {
  pool: DrillPool
  secretOf(keyId: string): string | undefined
  /** Undefined = no key of this pool. */
  behaviourOf(secret: string): Behaviour | undefined
}

/** Puts the pool and its keys into the engine. `name` is its slug, and the name of an upstream of its own: troubles stay inside. */
export function stagePool(name: string, { plan, engine, clock, requests, row, call }: PoolStage): StagedPool {
  const { standIns, config } = plan
  const ids = standIns.map((_, index) => `${name}-${index + 1}`)
  const secrets = standIns.map(() => `drill-${randomBytes(12).toString('hex')}`)
  let rule: (key: number) => Behaviour = () => ({ kind: 'ok' })
  engine.setPool(name, { ...rulesOf(plan.row, () => false), upstream: name })
  for (const [index, { account, priority, weight }] of standIns.entries()) {
    const id = ids[index] ?? ''
    engine.setKey({ id, enabled: true, expiresAt: null, bucket: `${name} ${account}` })
    engine.setMember(name, id, { priority, weight })
  }
  const runtime = (key: number) => engine.key(ids[key] ?? '')
  const pool: DrillPool = {
    keys: standIns.length,
    accounts: new Set(standIns.map(({ account }) => account)).size,
    config,
    behave(next) {
      rule = next
    },
    call: (stream = false) => call(name, stream),
    asked: () => requests.map(({ key }) => secrets.indexOf(key ?? '')).filter((index) => index >= 0),
    requests: (key) => requests.filter((request) => request.key === secrets[key]),
    sameAccount: (a, b) => standIns[a]?.account === standIns[b]?.account,
    health: (key) => runtime(key)?.health ?? 'disabled',
    heldMs(key) {
      if (runtime(key)?.health === 'invalid') return Number.POSITIVE_INFINITY
      const exclude = new Set(ids.filter((_, index) => index !== key))
      const result = engine.tryLease({ pool: name, model: drillModel, exclude })
      if (result.kind === 'lease') engine.cancel(result.lease)
      if (result.kind === 'wait') return result.wakeAt === null ? Number.POSITIVE_INFINITY : result.wakeAt - clock.mono()
      return result.kind === 'lease' ? 0 : (result.retryAfterMs ?? Number.POSITIVE_INFINITY)
    },
    inFlight: (key) => runtime(key)?.inFlight ?? 0,
    row: ({ requestId }) => row(requestId ?? ''),
  }
  return {
    pool,
    secretOf: (keyId) => secrets[ids.indexOf(keyId)],
    behaviourOf(secret) {
      const index = secrets.indexOf(secret)
      return index < 0 ? undefined : rule(index)
    },
  }
}
