/**
 * What is wrong with an upstream and not with a key: a breaker for each upstream × model, and the blame for failures
 * that strike many accounts at once.
 */
import type { BucketState, Mark, PoolState } from './state.ts'
import type { OutcomeClass, PoolRules } from './types.ts'

const LONGEST_BREAK_MS = 300_000
/** Keys that fail together within this time, and how many accounts make it a pattern. */
const PATTERN_MS = 10_000
const PATTERN_BUCKETS = 3
/** After so many roll-backs without a success in between the upstream is believed. */
const ROLL_BACKS = 2
/** A client may invent model names. */
const MODELS = 1024

interface Breaker {
  /** Failures in a row. */
  failures: number
  /** How often it opened in a row. */
  trips: number
  /** Mono ms; 0 = closed. Past = one call may try. */
  openUntil: number
  /** Number of the lease that tries; -1 = none. */
  probe: number
}

interface Suspect {
  bucket: BucketState
  mark: Mark
  /** Mono ms. */
  at: number
}

interface Upstream {
  /** For all models: opened only by blame. */
  readonly whole: Breaker
  readonly models: Map<string, Breaker>
  suspects: Suspect[]
  /** Suspects at which ready accounts are counted again. */
  recountAt: number
  rollBacks: number
}

/** A call that has ended, as far as its upstream is concerned. */
export interface Verdict {
  leaseId: number
  model: string
  outcome: OutcomeClass
  bucket: BucketState
  /** The key had answered before this call ended. */
  proven: boolean
  /** The mark that the outcome gave, if it gave one. */
  mark: Mark | null
  /** Mono ms of the call's beginning. */
  since: number
  now: number
}

interface UpstreamTools {
  pools(): Iterable<PoolState>
  /** Takes a mark back. */
  rollBack(mark: Mark, now: number): void
}

export class Upstreams {
  readonly #tools: UpstreamTools
  readonly #byName = new Map<string, Upstream>()

  constructor(tools: UpstreamTools) {
    this.#tools = tools
  }

  /** 0 = calls may go; a mono time; or -1 = when the call that tries it out has ended. */
  closedUntil(pool: PoolState, model: string, now: number): number {
    const upstream = this.#byName.get(nameOf(pool))
    if (upstream === undefined) return 0
    const whole = waitOf(upstream.whole, now)
    const breaker = upstream.models.get(model)
    const ofModel = breaker === undefined ? 0 : waitOf(breaker, now)
    return whole > 0 || ofModel > 0 ? Math.max(whole, ofModel) : Math.min(whole, ofModel)
  }

  /** A call goes out: the first after a break is the one that tries. */
  opened(pool: PoolState, model: string, leaseId: number): void {
    const upstream = this.#byName.get(nameOf(pool))
    if (upstream === undefined) return
    for (const breaker of [upstream.whole, upstream.models.get(model)]) {
      if (breaker !== undefined && breaker.openUntil > 0) breaker.probe = leaseId
    }
  }

  /** Learns from a call. True = whoever waits for this upstream may look again. */
  ended(pool: PoolState, verdict: Verdict): boolean {
    const { outcome } = verdict
    const down = outcome === 'overloaded' || outcome === 'network'
    let upstream = this.#byName.get(nameOf(pool))
    if (upstream === undefined) {
      if (!down && verdict.mark === null) return false
      upstream = { whole: closed(), models: new Map(), suspects: [], recountAt: 0, rollBacks: 0 }
      this.#byName.set(nameOf(pool), upstream)
    }
    const news = this.#learn(upstream, pool.rules, verdict, down)
    if (outcome === 'ok') {
      upstream.suspects = []
      upstream.rollBacks = 0
    } else if (isSuspicious(outcome) && verdict.mark !== null && verdict.proven && pool.rules.breakerFailures > 0) {
      this.#suspect(upstream, pool, verdict, verdict.mark)
    }
    return news
  }

  #learn(upstream: Upstream, rules: PoolRules, verdict: Verdict, down: boolean): boolean {
    const { model, leaseId } = verdict
    const known = upstream.models.get(model)
    const breakers = known ? [upstream.whole, known] : [upstream.whole]
    const tried = breakers.some(({ probe }) => probe === leaseId)
    if (down) {
      if (rules.breakerFailures > 0) fail(known ?? makeBreaker(upstream.models, model), rules, verdict, false)
      fail(upstream.whole, rules, verdict, true)
      return tried
    }
    let news = tried
    for (const breaker of breakers) if (succeed(breaker, verdict)) news = true
    return news
  }

  #suspect(upstream: Upstream, pool: PoolState, verdict: Verdict, mark: Mark): void {
    const { bucket, now } = verdict
    upstream.suspects = upstream.suspects.filter(({ at }) => at > now - PATTERN_MS)
    if (upstream.suspects.length === 0) upstream.recountAt = 0
    upstream.suspects.push({ bucket, mark, at: now })
    const struck = new Set(upstream.suspects.map((suspect) => suspect.bucket))
    if (struck.size < PATTERN_BUCKETS || struck.size < upstream.recountAt || upstream.rollBacks >= ROLL_BACKS) return
    const ready = this.#readyBuckets(nameOf(pool), struck)
    // Each further one struck is one ready less: not before this many can they be half.
    upstream.recountAt = Math.ceil((struck.size + ready) / 2)
    if (struck.size < ready) return
    const { suspects } = upstream
    upstream.suspects = []
    upstream.rollBacks++
    for (const suspect of suspects) if (suspect.mark.cell.mark === suspect.mark) this.#tools.rollBack(suspect.mark, now)
    open(upstream.whole, pool.rules.breakerMs, now)
  }

  /** Accounts with a ready key, but for those struck. */
  #readyBuckets(name: string, struck: ReadonlySet<BucketState>): number {
    const ready = new Set<BucketState>()
    for (const pool of this.#tools.pools()) {
      if (nameOf(pool) !== name) continue
      for (const { health, bucket } of pool.members.keys()) {
        if (health === 'ready' && bucket.health === 'ready' && !struck.has(bucket)) ready.add(bucket)
      }
    }
    return ready.size
  }
}

/** Pools that name no upstream have one of their own. */
export function nameOf({ slug, rules }: PoolState): string {
  return rules.upstream === '' ? `pool ${slug}` : rules.upstream
}

function isSuspicious(outcome: OutcomeClass): boolean {
  return outcome === 'key-invalid' || outcome === 'no-credit'
}

function closed(): Breaker {
  return { failures: 0, trips: 0, openUntil: 0, probe: -1 }
}

function makeBreaker(models: Map<string, Breaker>, model: string): Breaker {
  if (models.size >= MODELS) {
    for (const [name, { openUntil }] of models) {
      if (openUntil > 0) continue
      models.delete(name)
      break
    }
  }
  const breaker = closed()
  models.set(model, breaker)
  return breaker
}

/** One opened by blame fails only with its own try. */
function fail(breaker: Breaker, rules: PoolRules, { leaseId, now }: Verdict, onlyAsTry: boolean): void {
  const tried = breaker.probe === leaseId
  if (tried) breaker.probe = -1
  if (breaker.openUntil > 0) {
    // Calls that were under way when it opened are part of the same failure.
    if (tried) open(breaker, rules.breakerMs, now)
  } else if (!onlyAsTry && ++breaker.failures >= rules.breakerFailures) open(breaker, rules.breakerMs, now)
}

/** True = it is closed again. */
function succeed(breaker: Breaker, { leaseId, outcome, since, now }: Verdict): boolean {
  if (breaker.probe === leaseId) breaker.probe = -1
  // A client that went away says nothing about the upstream; nor does what began before the break was over.
  if (outcome === 'aborted') return false
  breaker.failures = 0
  if (breaker.openUntil === 0 || breaker.openUntil > now || since < breaker.openUntil) return false
  breaker.openUntil = 0
  breaker.trips = 0
  return true
}

function open(breaker: Breaker, firstMs: number, now: number): void {
  breaker.openUntil = now + Math.min(LONGEST_BREAK_MS, firstMs * 2 ** Math.min(breaker.trips, 20))
  breaker.trips++
  breaker.failures = 0
  breaker.probe = -1
}

function waitOf({ openUntil, probe }: Breaker, now: number): number {
  if (openUntil > now) return openUntil
  return openUntil > 0 && probe >= 0 ? -1 : 0
}
