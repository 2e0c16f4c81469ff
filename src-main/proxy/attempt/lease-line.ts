/** The keys of one call, one after the other: within its budgets, its retries and its time. */
import type { Cost, Lease } from '../../pool/types.ts'
import type { AdmittedCall } from '../admit/admission.ts'
import type { Refusal } from '../admit/request-checks.ts'
import { budgetSpent, noKey } from '../answer/call-refusals.ts'
import type { CallContext } from '../call-context.ts'
import type { CallRecord } from '../call-record.ts'
import type { CallOptions } from '../plan/call-options.ts'
import type { CallPlan } from '../plan/call-plan.ts'
import type { ReplayBody } from '../replay-body.ts'
import type { QuotaShort } from '../types.ts'
import { quotaSpent, useOf } from './credits.ts'
import type { Settled } from './first-lease.ts'
import { KeySearch } from './key-search.ts'
import { pause } from './pause.ts'
import { Purse, type Spent } from './purse.ts'
import { type Ending, RetryPlan, retryReason } from './retry.ts'

export interface LineInput {
  call: AdmittedCall
  context: CallContext
  record: CallRecord
  body: ReplayBody
  plan: CallPlan
  options: CallOptions
}

export class LeaseLine {
  readonly #input: LineInput
  readonly #retries: RetryPlan
  readonly #search: KeySearch
  readonly #purse: Purse

  constructor(input: LineInput) {
    const { call, context } = input
    this.#input = input
    this.#retries = retriesFor(input)
    this.#search = searchFor(input)
    this.#purse = new Purse(context.deps.spending, call.client)
  }

  /** What is reserved for the call; undefined = nothing. */
  get cost(): Cost | undefined {
    return this.#search.cost
  }

  /** No place is left that could be asked. */
  get isEmpty(): boolean {
    return this.#search.isEmpty
  }

  /** The first lease, waited for as long as the pool says, or why there is none. No promise when that can be said at once, as nearly always. */
  first(): Lease | Refusal | Promise<Lease | Refusal> {
    const { context, plan } = this.#input
    const { deps } = context
    const short = this.#takeCredits()
    if (short !== null) return quotaSpent(short, deps.clock.now())
    const spent = this.#unspentPlace()
    if (spent !== null) return budgetSpent(spent, deps.clock.now())
    const deadlineMs = deps.clock.mono() + plan.pool.config.queueTimeout * 1000
    const now = this.#search.firstNow(deadlineMs)
    return now?.kind === 'lease' ? now.lease : this.#waitFirst(now, deadlineMs)
  }

  /** `now` null = the first key has to be waited for. */
  async #waitFirst(now: Settled | null, deadlineMs: number): Promise<Lease | Refusal> {
    const { context, record } = this.#input
    const { deps } = context
    const search = this.#search
    let result = now ?? (await record.queued(search.first(deadlineMs)))
    if (result.kind === 'exhausted' && result.reason === 'too-large' && search.lessen()) {
      record.estimate = search.cost
      result = await record.queued(search.first(deadlineMs))
    }
    if (result.kind === 'lease') return result.lease
    const { pool, model = null } = search.asked
    return noKey(result, deps, { pool, model, cost: search.cost })
  }

  /** Sets money aside for the pool of a lease; a refusal when there is none, and then that pool is asked no more. */
  pay({ pool }: Lease): Refusal | null {
    const spent = this.#purse.take(pool, this.#search.cost?.nanos ?? 0)
    if (spent === null) return null
    this.#search.leaveOut(pool)
    return budgetSpent(spent, this.#input.context.deps.clock.now())
  }

  /** After an attempt that did not serve: the lease for another one, when there may and can be one. */
  async next(lease: Lease, ending: Ending): Promise<Lease | null> {
    const { call, record, body } = this.#input
    const pauseMs = this.#retries.allow(retryReason(ending, call.exchange.method), ending, record)
    this.#search.tried(lease)
    if (pauseMs === null) return null
    if (!(await body.rewind())) {
      record.tooLongToRepeat = true
      return null
    }
    if (this.#retries.mayRepeatKey) {
      // The upstream never saw this key's call: if no other key is ready, this one may be used once more.
      const other = this.#search.other(lease)
      if (other !== null) return other
      this.#search.untried(lease)
    }
    return this.#wait(pauseMs)
  }

  /** In place of a lease that could not be used. */
  async instead(lease: Lease): Promise<Lease | null> {
    this.#search.tried(lease)
    return await this.#wait(0)
  }

  /** What it cost is known, or nothing was sent that could cost; else what was set aside stands for it. */
  settle(): void {
    const { cost, attempts, usage, credits } = this.#input.record
    const used = useOf(attempts, usage, cost?.nanos ?? null)
    this.#purse.settle(used.nanos)
    credits.settle(used)
  }

  async #wait(pauseMs: number): Promise<Lease | null> {
    const { call, context, record, plan } = this.#input
    const { clock } = context.deps
    const { exchange } = call
    if (pauseMs > 0) await pause(clock, pauseMs, exchange.gone)
    const left = plan.rules.attemptBudgetMs - record.elapsed
    if (left <= 0 || exchange.isGone) return null
    const deadlineMs = clock.mono() + Math.min(left, plan.pool.config.queueTimeout * 1000)
    return await record.queued(this.#search.next(deadlineMs))
  }

  /** By the pool that was asked for, or the first of its model, wherever the call will be served. Null = they are there. */
  #takeCredits(): QuotaShort | null {
    const { plan, record } = this.#input
    const take = (cost: Cost | undefined) =>
      record.credits.take({
        pool: plan.pool.slug,
        model: plan.facts.model,
        tokens: cost === undefined ? 0 : cost.input + cost.output,
        nanos: cost?.nanos ?? 0,
      })
    const short = take(this.#search.cost)
    // What a call may use at most is more than there ever is; what calls usually use may not be.
    return short !== null && short.state.renewsAt === null ? take(this.#search.least) : short
  }

  /** Leaves out places whose budget is used up. Null = there is one with money; else why there is none. */
  #unspentPlace(): Spent | null {
    for (;;) {
      const { pool } = this.#search.asked
      const spent = this.#purse.take(pool, this.#search.cost?.nanos ?? 0)
      if (spent === null) return null
      if (spent.of === 'client' || !this.#search.leaveOut(pool)) return spent
    }
  }
}

function retriesFor({ call, context, plan }: LineInput): RetryPlan {
  const budget = context.retriesOf(plan.pool.slug)
  budget.deposit()
  const { config } = plan.pool
  const attemptBudget = plan.rules.attemptBudgetMs / 1000
  return new RetryPlan(
    call.exchange.method,
    attemptBudget === config.attemptBudget ? config : { ...config, attemptBudget },
    budget,
  )
}

function searchFor({ call, context, record, plan, options }: LineInput): KeySearch {
  const { deps, estimates } = context
  const { pool, facts, steps } = plan
  const model = steps[0]?.model ?? facts.model
  const estimate = estimates.of(pool, model === facts.model ? facts : { ...facts, model })
  record.estimate = estimate?.cost
  const sticky = steps.some((step) => (step.pool === pool.slug ? pool : deps.findPool(step.pool))?.sticky)
  return new KeySearch({
    engine: deps.engine,
    clock: deps.clock,
    exchange: call.exchange,
    steps,
    chained: plan.chained,
    fallbackAfterMs: plan.rules.fallbackAfterMs,
    lane: options.lane,
    session: options.session ?? (sticky ? plan.session() : null),
    estimate,
  })
}
