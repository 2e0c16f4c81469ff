/** The engine's rules once more, in the plainest way: every question looks at every key. For comparing, not for use. */
import type { LeaseQuery, LeaseResult, Outcome, OutcomeClass, PoolRules } from '../../src-main/pool/types.ts'

interface RefMark {
  until: number
  outcome: OutcomeClass
  /** The lease that tries whether it is over, and when its answer has lasted long enough. */
  probe: RefLease | null
  proofAt: number
}

/** By model; '' = the whole. */
type Marks = Map<string, RefMark>

interface RefBucket {
  id: string
  marks: Marks
  keys: Set<RefKey>
}

export interface RefKey {
  enabled: boolean
  expiresAt: number | null
  present: boolean
  bucket: RefBucket
  marks: Marks
  /** Its window is kept since a pool with a rate limit used it. */
  counted: boolean
  arrivals: number[]
}

interface RefLease {
  id: number
  key: RefKey
  /** The bucket in which it began, then those that its key moved to. */
  buckets: RefBucket[]
  pool: string
  model: string
  since: number
  due: number
  counted: boolean
  arrived: boolean
}

interface State {
  until: number
  held: boolean
}

const out = Number.POSITIVE_INFINITY
const PROOF_MS = 1000

export class Reference {
  readonly keys = new Map<string, RefKey>()
  readonly removed = new Map<string, RefKey>()
  readonly buckets = new Map<string, RefBucket>()
  readonly pools = new Map<string, { rules: PoolRules; members: Map<string, number> }>()
  readonly leases: RefLease[] = []

  setKey(id: string, enabled: boolean, expiresAt: number | null, bucketId: string): void {
    const known = this.keys.get(id) ?? this.removed.get(id)
    const key = known ?? {
      enabled,
      expiresAt,
      present: true,
      bucket: this.#bucket(bucketId),
      marks: new Map(),
      counted: false,
      arrivals: [],
    }
    if (!known) key.bucket.keys.add(key)
    this.removed.delete(id)
    this.keys.set(id, Object.assign(key, { enabled, expiresAt, present: true }))
    if (key.bucket.id !== bucketId) this.#move(key, this.#bucket(bucketId))
  }

  removeKey(id: string): void {
    const key = this.keys.get(id)
    if (!key) return
    key.marks.clear()
    key.present = false
    if ([...key.bucket.keys].every(({ present }) => !present)) key.bucket.marks.clear()
    this.removed.set(id, key)
    this.keys.delete(id)
    for (const { members } of this.pools.values()) members.delete(id)
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
    if (untried.some(({ until }) => until !== out)) return answer.kind === 'wait' && isInTime(answer.wakeAt, untried, now)
    // Of an account with several keys it is not known at once that those which are left are of no use.
    if (answer.kind === 'wait') return untried.some(({ id }) => this.#hasHope(id, states, now))
    if (answer.kind !== 'exhausted' || answer.reason !== (untried.length < states.length ? 'all-tried' : 'none-usable'))
      return false
    if (states.some(({ until, held }) => until === 0 && !held)) return answer.retryAfterMs === 0
    if (states.every(({ until }) => until === out))
      return answer.retryAfterMs === null || states.some(({ id }) => this.#hasHope(id, states, now))
    return answer.retryAfterMs !== null && isInTime(answer.retryAfterMs + now, states, now)
  }

  #hasHope(id: string, states: readonly (State & { id: string })[], now: number): boolean {
    const { bucket } = this.keys.get(id)!
    if (bucket.keys.size < 2) return false
    if ([...bucket.marks.values()].some(({ until, probe }) => until > now || probe !== null)) return true
    return states.some((other) => other.until !== out && this.keys.get(other.id)?.bucket === bucket)
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
    const { counted, bucket } = key
    const model = query.model ?? ''
    const due = now + rules.leaseMs
    const lease = { id, key, buckets: [bucket], pool: query.pool, model, since: now, due, counted, arrived: false }
    for (const mark of marksFor([bucket.marks, key.marks], model)) if (mark.until <= now) mark.probe = lease
    this.leases.push(lease)
  }

  touch(id: number, now: number): void {
    const lease = this.leases.find((one) => one.id === id)
    if (!lease) return
    lease.due = now + 86_400_000
    if (lease.arrived) return
    arrive(lease, now)
    for (const mark of this.#marksOn(lease)) if (mark.probe === lease && mark.until <= now) mark.proofAt = now + PROOF_MS
  }

  /** `outcome` must carry a hint if it marks anything. */
  report(id: number, outcome: Outcome, now: number): void {
    const at = this.leases.findIndex((one) => one.id === id)
    const [lease] = at < 0 ? [] : this.leases.splice(at, 1)
    if (!lease) return
    arrive(lease, now)
    const { key, model, since } = lease
    for (const mark of this.#marksOn(lease)) if (mark.probe === lease) Object.assign(mark, { probe: null, proofAt: out })
    if (outcome.class === 'ok') {
      for (const marks of [key.marks, ...lease.buckets.map((bucket) => bucket.marks)]) {
        for (const name of ['', model]) if ((marks.get(name)?.until ?? out) <= since) marks.delete(name)
      }
    }
    this.mark(key, lease.buckets[0]!, model, outcome, now)
  }

  mark(key: RefKey, bucket: RefBucket, model: string, outcome: Outcome, now: number): void {
    const byModel = outcome.class.startsWith('rate-')
    const ofBucket = byModel || outcome.class === 'no-credit'
    const ofKey = outcome.class === 'key-invalid' || (outcome.class === 'model-unavailable' && model !== '')
    if (!ofBucket && !ofKey) return
    if (ofBucket ? this.buckets.get(bucket.id) !== bucket : !key.present) return
    const marks = ofBucket ? bucket.marks : key.marks
    const until = outcome.class === 'key-invalid' ? out : now + (outcome.holdMs ?? Number.NaN)
    const scope = byModel || outcome.class === 'model-unavailable' ? model : ''
    const old = marks.get(scope)
    if (!old || old.until <= now || until > old.until) {
      marks.set(scope, { until, outcome: outcome.class, probe: old?.probe ?? null, proofAt: out })
    }
  }

  resume(id: string): void {
    this.keys.get(id)?.marks.clear()
    this.keys.get(id)?.bucket.marks.clear()
  }

  /** A good check. */
  prove(id: string, model: string): void {
    const marks = this.keys.get(id)?.marks
    if (marks?.get('')?.outcome === 'key-invalid') marks.delete('')
    if (model !== '' && marks?.get(model)?.outcome === 'model-unavailable') marks.delete(model)
  }

  /** Lets what is due until `now` happen, in order: leases that nobody reported end, and long answers prove themselves. */
  expire(now: number): void {
    for (;;) {
      const lease = this.leases.filter(({ due }) => due <= now).toSorted((a, b) => a.due - b.due)[0]
      const proof = this.#soonestProof()
      if (proof && proof.mark.proofAt <= Math.min(now, lease?.due ?? out)) {
        if (proof.mark.probe && proof.mark.until <= proof.mark.proofAt) proof.marks.delete(proof.model)
        proof.mark.proofAt = out
      } else if (lease) this.report(lease.id, { class: 'aborted' }, lease.due)
      else return
    }
  }

  #soonestProof() {
    const owners = [...this.buckets.values(), ...this.keys.values()]
    const all = owners.flatMap(({ marks }) => [...marks].map(([model, mark]) => ({ marks, model, mark })))
    return all.toSorted((a, b) => a.mark.proofAt - b.mark.proofAt)[0]
  }

  #bucket(id: string): RefBucket {
    const bucket = this.buckets.get(id) ?? { id, marks: new Map(), keys: new Set() }
    this.buckets.set(id, bucket)
    return bucket
  }

  #move(key: RefKey, to: RefBucket): void {
    const from = key.bucket
    from.keys.delete(key)
    if (from.keys.size === 0) {
      for (const [model, mark] of from.marks) {
        const old = to.marks.get(model)
        if (!old || old.until < mark.until) to.marks.set(model, { ...mark, probe: old?.probe ?? null, proofAt: out })
      }
      this.buckets.delete(from.id)
    }
    key.bucket = to
    to.keys.add(key)
    for (const lease of this.leases) if (lease.key === key && !lease.buckets.includes(to)) lease.buckets.push(to)
  }

  #marksOn({ key, buckets, model }: RefLease): RefMark[] {
    return marksFor([key.marks, ...buckets.map(({ marks }) => marks)], model)
  }

  #eligible(pool: { rules: PoolRules; members: Map<string, number> }): string[] {
    const all = [...pool.members.keys()]
    if (pool.rules.strategy !== 'weighted') return all
    const weighty = all.filter((id) => pool.members.get(id)! > 0)
    return weighty.length > 0 ? weighty : all
  }

  /** `until` 0 = not kept back by time; `held` = a call must end first. A key may be both. */
  #state(id: string, rules: PoolRules, model: string, now: number, wall: number): State {
    const key = this.keys.get(id)!
    if (!key.enabled || (key.expiresAt !== null && key.expiresAt <= wall)) return { until: out, held: false }
    const marks = marksFor([key.marks, key.bucket.marks], model)
    const times = marks.map(({ until }) => until)
    let held = rules.keyConcurrency > 0 && this.inFlight(key) >= rules.keyConcurrency
    // Also when its time was put off meanwhile: once that is over, the call that tries it out must end first all the same.
    if (marks.some((mark) => mark.probe !== null)) held = true
    if (rules.rateLimit > 0) {
      const pending = this.leases.filter((lease) => lease.key === key && lease.counted && !lease.arrived).length
      const recent = key.arrivals.filter((at) => at + rules.rateIntervalMs > now)
      if (pending >= rules.rateLimit) held = true
      else if (pending + recent.length >= rules.rateLimit)
        times.push(recent.at(pending - rules.rateLimit)! + rules.rateIntervalMs)
    }
    const until = Math.max(0, ...times)
    return { until: until > now ? until : 0, held }
  }
}

function marksFor(owners: readonly Marks[], model: string): RefMark[] {
  const names = model === '' ? [''] : ['', model]
  return owners.flatMap((marks) => names.flatMap((name) => marks.get(name) ?? []))
}

/** Not after the first of these keys may be back; no time at all only when the end of a call may bring one back. */
function isInTime(wakeAt: number | null, states: readonly State[], now: number): boolean {
  const held = states.some((state) => state.held && state.until !== out)
  const sure = states.filter((state) => !state.held && state.until !== out).map(({ until }) => until)
  return wakeAt === null ? held && sure.length === 0 : wakeAt >= now && wakeAt <= Math.min(...sure)
}

function arrive(lease: RefLease, now: number): void {
  if (lease.counted && !lease.arrived) lease.key.arrivals.push(now)
  lease.arrived = true
}
