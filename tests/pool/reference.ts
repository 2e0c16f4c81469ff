/** The engine's rules once more, in the plainest way: every question looks at every key. For comparing, not for use. */
import type { LeaseQuery, LeaseResult, Outcome, PoolRules } from '../../src-main/pool/types.ts'

interface RefKey {
  enabled: boolean
  expiresAt: number | null
  marks: Map<string, { until: number; invalid: boolean }>
  /** Its window is kept since a pool with a rate limit used it. */
  counted: boolean
  arrivals: number[]
}

interface RefLease {
  id: number
  key: RefKey
  pool: string
  model: string
  due: number
  counted: boolean
  arrived: boolean
}

const out = Number.POSITIVE_INFINITY

export class Reference {
  readonly keys = new Map<string, RefKey>()
  readonly pools = new Map<string, { rules: PoolRules; members: Map<string, number> }>()
  readonly leases: RefLease[] = []

  setKey(id: string, enabled: boolean, expiresAt: number | null): void {
    const key = this.keys.get(id) ?? { enabled, expiresAt, marks: new Map(), counted: false, arrivals: [] }
    this.keys.set(id, Object.assign(key, { enabled, expiresAt }))
  }

  /** Whether this is an answer that the rules allow. */
  allows(query: LeaseQuery, answer: LeaseResult, now: number, wall: number): boolean {
    const pool = this.pools.get(query.pool)!
    if (pool.members.size === 0) return answer.kind === 'exhausted' && answer.reason === 'no-keys' && answer.retryAfterMs === null
    const states = this.#eligible(pool).map((id) => ({ id, ...this.#state(id, pool.rules, query.model ?? '', now, wall) }))
    const untried = states.filter(({ id }) => !query.exclude?.has(id))
    // A full pool need not know yet that nobody could use a slot, but one that could must be told to wait.
    if (this.#isFull(query.pool)) {
      if (answer.kind === 'wait') return answer.wakeAt === null
      return answer.kind === 'exhausted' && untried.every(({ until }) => until === out)
    }
    const ready = untried.filter(({ until, held }) => until === 0 && !held)
    if (ready.length > 0) return answer.kind === 'lease' && ready.some(({ id }) => id === answer.lease.keyId)
    if (untried.some(({ until }) => until !== out)) return answer.kind === 'wait' && soonest(untried).includes(answer.wakeAt)
    if (answer.kind !== 'exhausted' || answer.reason !== (untried.length < states.length ? 'all-tried' : 'none-usable'))
      return false
    if (states.some(({ until, held }) => until === 0 && !held)) return answer.retryAfterMs === 0
    const back = soonest(states).map((at) => (at === null ? 0 : at - now))
    return states.every(({ until }) => until === out) ? answer.retryAfterMs === null : back.includes(answer.retryAfterMs ?? -1)
  }

  #isFull(slug: string): boolean {
    const { concurrency } = this.pools.get(slug)!.rules
    return concurrency > 0 && this.leases.filter(({ pool }) => pool === slug).length >= concurrency
  }

  inFlight(key: RefKey): number {
    return this.leases.filter((lease) => lease.key === key).length
  }

  lease(id: number, keyId: string, query: LeaseQuery, now: number): void {
    const { rules } = this.pools.get(query.pool)!
    const key = this.keys.get(keyId)!
    if (rules.rateLimit > 0) key.counted = true
    const { counted } = key
    this.leases.push({ id, key, pool: query.pool, model: query.model ?? '', due: now + rules.leaseMs, counted, arrived: false })
  }

  touch(id: number, now: number): void {
    const lease = this.leases.find((one) => one.id === id)
    if (!lease) return
    lease.due = now + 86_400_000
    arrive(lease, now)
  }

  /** `outcome` must carry a hint if it marks anything. */
  report(id: number, outcome: Outcome, now: number): void {
    const at = this.leases.findIndex((one) => one.id === id)
    const [lease] = at < 0 ? [] : this.leases.splice(at, 1)
    if (!lease) return
    arrive(lease, now)
    if ([...this.keys.values()].includes(lease.key)) this.mark(lease.key, lease.model, outcome, now)
  }

  mark(key: RefKey, model: string, outcome: Outcome, now: number): void {
    const whole = outcome.class === 'no-credit' || outcome.class === 'key-invalid'
    const byModel = outcome.class.startsWith('rate-') || (outcome.class === 'model-unavailable' && model !== '')
    if (!whole && !byModel) return
    const until = outcome.class === 'key-invalid' ? out : now + (outcome.holdMs ?? Number.NaN)
    const scope = whole ? '' : model
    const old = key.marks.get(scope)
    if (!old || until > old.until) key.marks.set(scope, { until, invalid: outcome.class === 'key-invalid' })
  }

  /** Lets leases end that nobody reported until `now`. */
  expire(now: number): void {
    for (const lease of this.leases.filter(({ due }) => due <= now)) this.report(lease.id, { class: 'aborted' }, lease.due)
  }

  #eligible(pool: { rules: PoolRules; members: Map<string, number> }): string[] {
    const all = [...pool.members.keys()]
    if (pool.rules.strategy !== 'weighted') return all
    const weighty = all.filter((id) => pool.members.get(id)! > 0)
    return weighty.length > 0 ? weighty : all
  }

  /** `until` 0 = not kept back by time; `held` = a call must end first. A key may be both. */
  #state(id: string, rules: PoolRules, model: string, now: number, wall: number): { until: number; held: boolean } {
    const key = this.keys.get(id)!
    if (!key.enabled || (key.expiresAt !== null && key.expiresAt <= wall)) return { until: out, held: false }
    const times = [key.marks.get('')?.until ?? 0, model === '' ? 0 : (key.marks.get(model)?.until ?? 0)]
    let held = rules.keyConcurrency > 0 && this.inFlight(key) >= rules.keyConcurrency
    if (rules.rateLimit > 0) {
      const pending = this.leases.filter((lease) => lease.key === key && lease.counted && !lease.arrived).length
      const recent = key.arrivals.filter((at) => at + rules.rateIntervalMs > now)
      if (pending >= rules.rateLimit) held = true
      else if (pending + recent.length >= rules.rateLimit)
        times.push(recent.at(pending - rules.rateLimit)! + rules.rateIntervalMs)
    }
    const until = Math.max(...times)
    return { until: until > now ? until : 0, held }
  }
}

/** When the first of these keys may be back; one that is kept back by time and by a call may be named for either. */
function soonest(states: readonly { until: number; held: boolean }[]): (number | null)[] {
  const timed = states.filter(({ until }) => until > 0 && until !== out)
  const sure = Math.min(...timed.filter(({ held }) => !held).map(({ until }) => until))
  const both = timed.filter(({ held }) => held).map(({ until }) => Math.min(until, sure))
  return [sure, ...both].map((at) => (at === out ? null : at))
}

function arrive(lease: RefLease, now: number): void {
  if (lease.counted && !lease.arrived) lease.key.arrivals.push(now)
  lease.arrived = true
}
