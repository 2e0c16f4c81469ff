/**
 * A virtual day: 10,000 keys of 500 accounts and callers who always want more than there is. Each model has its callers,
 * in its hours; they take the next key that the engine gives, and sleep until the moment that it names. A call arrives at
 * the upstream 20 to 80 ms after it was sent, and its answer is there 300 to 2,000 ms later.
 */
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { Heap, type HeapItem } from '../../src-main/pool/heap.ts'
import { defaultRules } from '../../src-main/pool/rules.ts'
import type { Cost, Lease, LimitReading, Limits, PoolEngine, PoolRules } from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'
import { calendar, seeded } from './rig.ts'
import { DAY, HOUR, type Quota, UpstreamCell } from './simulation-upstream.ts'

const ACCOUNTS = 500
const KEYS = 10_000
const START = Date.UTC(2026, 0, 15)

export interface ModelPlan {
  name: string
  quota: Quota
  /** Hours of the day in which it is wanted. */
  from: number
  to: number
  /** How many calls its callers keep under way. */
  callers: number
  /** Tokens of a call: between these, each as likely. */
  tokens: readonly [number, number]
}

export interface DayPlan {
  models: readonly ModelPlan[]
  /** What is known of the limits from the start. */
  limits: Limits
  /** The upstream says in its answers how its limits stand. */
  announces: boolean
  rules?: Partial<PoolRules>
}

interface Call extends HeapItem {
  kind: 'arrive' | 'answer'
  lease: Lease
  cell: UpstreamCell
  caller: Callers
  tokens: number
  sentAt: number
  readings: LimitReading[]
  verdict: ReturnType<UpstreamCell['arrive']>
}

interface WakeUp extends HeapItem {
  kind: 'wake'
  caller: Callers
}

interface Callers {
  model: ModelPlan
  out: number
  /** Of the next call, so that one who has to wait does not ask for less. */
  tokens: number
  wakeUp: WakeUp | null
  wakeAt: number
}

/** A refused call. Mono ms. */
export interface Refusal {
  model: string
  account: string
  sentAt: number
  arrivedAt: number
  answeredAt: number
  /** When the first answer of its account × model had come; Infinity = not yet. */
  firstAnswerAt: number
}

export interface DayResult {
  leases: number
  steps: number
  cells: Map<string, UpstreamCell[]>
  refusals: Refusal[]
}

export class World {
  readonly #plan: DayPlan
  readonly #clock = new VirtualClock(START)
  readonly #work = { steps: 0 }
  readonly #random = seeded(7)
  readonly #engine: PoolEngine
  readonly #events = new Heap<Call | WakeUp>({ steps: 0 })
  readonly #cells = new Map<string, UpstreamCell>()
  readonly #answered = new Map<UpstreamCell, number>()
  readonly #refusals: Refusal[] = []
  #seq = 0
  #leases = 0

  constructor(plan: DayPlan) {
    this.#plan = plan
    this.#engine = createPoolEngine({ clock: this.#clock, random: this.#random, calendar, work: this.#work })
    this.#engine.setPool('p', { ...defaultRules, ...plan.rules })
    for (let i = 0; i < KEYS; i++) {
      this.#engine.setKey({ id: `key-${i}`, enabled: true, expiresAt: null, bucket: accountOf(`key-${i}`) })
      this.#engine.setMember('p', `key-${i}`, { priority: 0, weight: 1 })
    }
    for (let i = 0; i < ACCOUNTS; i++) this.#engine.setBucket(`account-${i}`, plan.limits)
  }

  run(): DayResult {
    for (const model of this.#plan.models) {
      const caller: Callers = { model, out: 0, tokens: this.#tokensFor(model), wakeUp: null, wakeAt: 0 }
      this.#wake(caller, model.from * HOUR)
    }
    for (let event = this.#next(); event; event = this.#next()) {
      if (event.kind === 'wake') this.#woken(event.caller)
      else if (event.kind === 'arrive') this.#arrive(event)
      else this.#answer(event)
    }
    this.#engine.close()
    const cells = Map.groupBy(this.#cells, ([name]) => name.slice(0, name.indexOf(' ')))
    const byModel = new Map([...cells].map(([model, all]) => [model, all.map(([, cell]) => cell)]))
    return { leases: this.#leases, steps: this.#work.steps, cells: byModel, refusals: this.#refusals }
  }

  #next(): Call | WakeUp | undefined {
    const event = this.#events.top()
    if (!event) return undefined
    const at = this.#events.topScore()
    this.#events.remove(event)
    const ms = at - this.#clock.mono()
    if (ms > 0) this.#clock.advance(ms)
    return event
  }

  #at(mono: number, event: Call | WakeUp): void {
    this.#events.add(event, mono, this.#seq++)
  }

  #wake(caller: Callers, mono: number): void {
    if (mono >= Math.min(DAY, caller.model.to * HOUR)) return
    if (caller.wakeUp) {
      if (caller.wakeAt <= mono) return
      this.#events.remove(caller.wakeUp)
    }
    caller.wakeUp = { kind: 'wake', caller, at: -1 }
    caller.wakeAt = mono
    this.#at(mono, caller.wakeUp)
  }

  #woken(caller: Callers): void {
    caller.wakeUp = null
    this.#send(caller)
  }

  /** As many calls as there are idle callers and keys. */
  #send(caller: Callers): void {
    const { model } = caller
    const now = this.#clock.mono()
    if (now < model.from * HOUR || now >= model.to * HOUR) return
    while (caller.out < model.callers) {
      const result = this.#engine.tryLease({ pool: 'p', model: model.name, cost: estimateOf(caller.tokens) })
      if (result.kind === 'wait') {
        if (result.wakeAt !== null) this.#wake(caller, Math.max(result.wakeAt, now + 0.01))
        return
      }
      if (result.kind === 'exhausted') {
        if (result.retryAfterMs !== null) this.#wake(caller, now + Math.max(1, result.retryAfterMs))
        return
      }
      this.#dispatch(caller, result.lease, now)
    }
  }

  #dispatch(caller: Callers, lease: Lease, now: number): void {
    const { model, tokens } = caller
    const arriveAt = now + 20 + 60 * this.#random()
    const cell = this.#cellOf(model, lease)
    this.#at(arriveAt, { kind: 'arrive', at: -1, lease, cell, caller, tokens, sentAt: now, readings: [], verdict: 'taken' })
    this.#leases++
    caller.out++
    caller.tokens = this.#tokensFor(model)
  }

  #arrive(call: Call): void {
    call.verdict = call.cell.arrive(call.tokens, this.#clock.now())
    if (this.#plan.announces) call.readings = call.cell.announced(this.#clock.now())
    call.kind = 'answer'
    const arrivedAt = this.#clock.mono()
    const answeredAt = arrivedAt + 300 + 1700 * this.#random()
    this.#at(answeredAt, call)
    if (call.verdict === 'taken') return
    const firstAnswerAt = this.#answered.get(call.cell) ?? Number.POSITIVE_INFINITY
    const { lease, caller, sentAt } = call
    this.#refusals.push({
      model: caller.model.name,
      account: accountOf(lease.keyId),
      sentAt,
      arrivedAt,
      answeredAt,
      firstAnswerAt,
    })
  }

  #answer(call: Call): void {
    const { lease, cell, caller, tokens } = call
    if (!this.#answered.has(cell)) this.#answered.set(cell, this.#clock.mono())
    this.#engine.touch(lease)
    if (call.readings.length > 0) this.#engine.learn(lease, call.readings)
    const { input, output } = split(tokens)
    if (call.verdict === 'taken') this.#engine.report(lease, { class: 'ok' }, { input, output })
    else this.#engine.report(lease, { class: call.verdict })
    caller.out--
    this.#send(caller)
  }

  #cellOf(model: ModelPlan, lease: Lease): UpstreamCell {
    const name = `${model.name} ${accountOf(lease.keyId)}`
    const cell = this.#cells.get(name) ?? new UpstreamCell(model.quota)
    this.#cells.set(name, cell)
    return cell
  }

  #tokensFor({ tokens: [least, most] }: ModelPlan): number {
    return least + Math.floor((most - least + 1) * this.#random())
  }
}

function accountOf(keyId: string): string {
  return `account-${Number(keyId.slice('key-'.length)) % ACCOUNTS}`
}

function split(tokens: number): Pick<Cost, 'input' | 'output'> {
  const input = Math.floor(tokens * 0.6)
  return { input, output: tokens - input }
}

/** What the request holds is known; of the answer only that it is at most a quarter longer than it will be. */
function estimateOf(tokens: number): Cost {
  const { input, output } = split(tokens)
  return { input, output: Math.ceil(output * 1.25), nanos: 0 }
}
