/** The attempts of one call: lease a key, send, and either pass the answer on or try the next key. */
import type { Cost, Lease, Outcome } from '../pool/types.ts'
import type { AdmittedCall } from './admission.ts'
import { answerHead, wholeAnswer } from './answer-facts.ts'
import { type Failure, type HeldAnswer, startAttempt, type Watch } from './attempt.ts'
import { type Billed, billedForError, billedForFailure } from './billed.ts'
import type { CallContext } from './call.ts'
import type { CallOptions } from './call-options.ts'
import type { CallPlan, Serving } from './call-plan.ts'
import type { CallRecord } from './call-record.ts'
import { bodyFailed, budgetSpent, fallbackGone, noKey, unusableKey, upstreamFailed } from './call-refusals.ts'
import { convertAnswer, mustBeWhole } from './convert.ts'
import { AnswerCopy } from './kept-answers.ts'
import { KeySearch } from './key-search.ts'
import { type OpeningVerdict, openingOf } from './opening.ts'
import { pause } from './pause.ts'
import { Purse, type Spent } from './purse.ts'
import { type RelayEnd, type RelayInput, relayAnswer } from './relay.ts'
import type { ReplayBody } from './replay-body.ts'
import type { Refusal } from './request-checks.ts'
import { type Ending, RetryPlan, retryReason } from './retry.ts'
import { costOf, learnFrom, type Trial, usedIn } from './trial.ts'
import type { UpstreamAttempt } from './types.ts'
import { upstreamRequest } from './upstream-request.ts'

interface LoopInput {
  call: AdmittedCall
  context: CallContext
  record: CallRecord
  body: ReplayBody
  plan: CallPlan
  options: CallOptions
  /** Answers the client; once. */
  refuse(refusal: Refusal): void
}

const nothing: Cost = { input: 0, output: 0, nanos: 0 }
const unseen: OpeningVerdict = { error: null, read: null }

export class AttemptLoop {
  readonly #input: LoopInput
  readonly #retries: RetryPlan
  readonly #search: KeySearch
  readonly #purse: Purse
  #abortAttempt: () => void = () => {}
  /** The lease that is not reported yet. */
  #open: Lease | null = null

  constructor(input: LoopInput) {
    const { call, context } = input
    this.#input = input
    this.#retries = retriesFor(input)
    this.#search = searchFor(input)
    this.#purse = new Purse(context.deps.spending, call.client)
  }

  get #gone(): boolean {
    return this.#input.call.exchange.gone.aborted
  }

  /** Makes attempts until one serves or none can. Rejects with what nobody expected, or because the client has gone. */
  async run(): Promise<void> {
    const { gone } = this.#input.call.exchange
    const onGone = () => this.#abortAttempt()
    gone.addEventListener('abort', onGone)
    try {
      let lease = await this.#firstLease()
      while (lease !== null) lease = await this.#attempt(lease)
    } catch (error) {
      // An answer that is held back is nobody's now.
      this.#abortAttempt()
      throw error
    } finally {
      gone.removeEventListener('abort', onGone)
      // After an error of our own: the key gets its place back and is not blamed.
      if (this.#open !== null) this.#giveBack(this.#open, { class: 'aborted' })
      this.#settle()
    }
  }

  async #firstLease(): Promise<Lease | null> {
    const { context, plan, record } = this.#input
    const { deps } = context
    const search = this.#search
    const spent = this.#unspentPlace()
    if (spent !== null) return this.#refuse(budgetSpent(spent, deps.clock.now()))
    const deadlineMs = deps.clock.mono() + plan.pool.config.queueTimeout * 1000
    let result = await record.queued(search.first(deadlineMs))
    if (result.kind === 'exhausted' && result.reason === 'too-large' && search.lessen()) {
      record.estimate = search.cost
      result = await record.queued(search.first(deadlineMs))
    }
    if (result.kind === 'lease') return result.lease
    const { pool, model = null } = search.asked
    return this.#refuse(noKey(result, deps, { pool, model, cost: search.cost }))
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

  /** Makes one attempt. Gives the lease of the next one, or null when the call is over. */
  async #attempt(lease: Lease): Promise<Lease | null> {
    const { context, record, plan } = this.#input
    const { clock } = context.deps
    record.lease = lease
    this.#open = lease
    const made = this.#prepare(lease)
    if ('refusal' in made) return this.#skip(lease, made.refusal)
    const { serving, secret, request } = made
    const since = record.elapsed
    const { provider } = serving.pool
    // Only what names a model is a call of a kind whose answers are understood.
    const watch: Watch | null =
      plan.facts.model === null ? null : { clock, open: (headers) => openingOf(provider, headers, () => clock.now()) }
    const running = startAttempt(context.forwarder, request, watch)
    this.#abortAttempt = () => running.abort()
    if (this.#gone) running.abort()
    const result = await running.result
    const trial = { lease, serving, secret, since }
    if (result.kind === 'failed') return this.#gone ? this.#leave(trial, result.failure) : this.#onFailure(trial, result.failure)
    const { answer } = result
    if (answer.status >= 400) return this.#gone ? this.#leave(trial, null) : this.#onErrorAnswer(trial, answer)
    const verdict = answer.opening === null ? unseen : await answer.opening.verdict(answer.body)
    if (this.#gone) return this.#leave(trial, null)
    return verdict.error === null ? this.#onAnswer(trial, answer, verdict) : this.#onErrorAnswer(trial, answer, verdict)
  }

  /** What is sent with a lease, or why nothing can be. */
  #prepare(lease: Lease): { serving: Serving; secret: string; request: UpstreamAttempt } | { refusal: Refusal } {
    const { call, context, record, plan, body } = this.#input
    const { deps } = context
    const serving = plan.serve(lease)
    if (serving === null) return { refusal: fallbackGone }
    const spent = this.#purse.take(lease.pool, this.#search.cost?.nanos ?? 0)
    if (spent !== null) {
      this.#search.leaveOut(lease.pool)
      return { refusal: budgetSpent(spent, deps.clock.now()) }
    }
    try {
      const secret = deps.secretFor(lease.keyId, serving.pool.baseUrl.origin)
      const way = deps.wayFor(lease.keyId, serving.pool)
      const { firstByteMs } = plan.rules
      const request = upstreamRequest(call, { serving, body, secret, way, firstByteMs, elapsedMs: record.elapsed })
      return { serving, secret, request }
    } catch (error) {
      return { refusal: unusableKey(error) }
    }
  }

  /** A key that cannot be used here; nothing was sent, and it did nothing wrong. Another one may serve. */
  async #skip(lease: Lease, refusal: Refusal): Promise<Lease | null> {
    this.#giveBack(lease, { class: 'aborted' }, nothing)
    this.#search.tried(lease)
    const next = refusal.code === 'VAULT_LOCKED' || this.#search.isEmpty ? null : await this.#nextLease(0)
    return next ?? this.#refuse(refusal)
  }

  async #onFailure(trial: Trial, failure: Failure): Promise<Lease | null> {
    const { body } = this.#input
    if (body.failure !== null) {
      this.#report(trial, {
        status: null,
        outcome: { class: 'aborted', message: body.failure },
        billed: billedForFailure(failure),
      })
      return this.#refuse(bodyFailed(body.failure))
    }
    // What had all been sent was probably worked on, although no answer came.
    const used = failure.stage === 'waiting' || failure.stage === 'body' ? this.#search.cost : undefined
    this.#report(trial, {
      status: null,
      outcome: { class: 'network', message: failure.code },
      billed: billedForFailure(failure),
      used,
    })
    return (await this.#next(trial, { kind: 'failed', failure })) ?? this.#refuse(upstreamFailed(failure))
  }

  /** By its status, or (`verdict`) by what it says in spite of it. */
  async #onErrorAnswer(trial: Trial, answer: HeldAnswer, verdict = unseen): Promise<Lease | null> {
    const { context } = this.#input
    const inBand = verdict.error
    const whole = inBand === null ? await wholeAnswer(answer) : answerHead(answer)
    learnFrom(whole, trial, context)
    const outcome = inBand ?? trial.serving.pool.provider.classify(whole, context.deps.clock.now())
    const used = outcome.class === 'request-bad' ? nothing : undefined
    const billed = inBand === null ? billedForError(answer.status) : 'no'
    this.#report(trial, { status: answer.status, outcome, billed, used })
    const hint = whole.header('x-should-retry')
    const askedToRetry = hint === 'true' || (hint === undefined && whole.header('retry-after') !== undefined)
    const next = await this.#next(trial, { kind: 'answer', outcome, status: answer.status, askedToRetry })
    if (next !== null) {
      answer.drop()
      return next
    }
    const { record } = this.#input
    const end = await this.#relay(trial, answer, { attempts: record.attempts.length, verdict, copy: null })
    if (end.outcome.class !== 'ok') record.outcome = end.outcome.class
    return null
  }

  /** The lease for another attempt, when there may and can be one. It is there before this attempt's answer is given up. */
  async #next({ lease }: Trial, ending: Ending): Promise<Lease | null> {
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
    return this.#nextLease(pauseMs)
  }

  async #nextLease(pauseMs: number): Promise<Lease | null> {
    const { call, context, record, plan } = this.#input
    const { clock } = context.deps
    if (pauseMs > 0) await pause(clock, pauseMs, call.exchange.gone)
    const left = plan.rules.attemptBudgetMs - record.elapsed
    if (left <= 0 || this.#gone) return null
    const deadlineMs = clock.mono() + Math.min(left, plan.pool.config.queueTimeout * 1000)
    return await record.queued(this.#search.next(deadlineMs))
  }

  /** The client gets this answer, whatever its body will say. */
  async #onAnswer(trial: Trial, answer: HeldAnswer, verdict: OpeningVerdict): Promise<null> {
    const { context, record, plan } = this.#input
    context.deps.engine.touch(trial.lease)
    learnFrom(answerHead(answer), trial, context)
    const copy = plan.keep === null || answer.status !== 200 ? null : new AnswerCopy()
    const end = await this.#relay(trial, answer, { attempts: record.attempts.length + 1, verdict, copy })
    const used = usedIn(end, { nanos: record.cost?.nanos ?? null, trial, estimate: this.#search.cost }, context)
    const billed = end.errorCode === 'UPSTREAM_ERROR_IN_ANSWER' && (end.usage?.outputTokens ?? 0) === 0 ? 'maybe' : 'yes'
    this.#report(trial, { status: answer.status, outcome: end.outcome, billed, used })
    const kept = end.errorCode === null ? (copy?.answer(end.usage) ?? null) : null
    if (plan.keep !== null && kept !== null) context.deps.cache.keep(plan.keep.key, kept, plan.keep.ttlMs)
    return null
  }

  async #relay(
    trial: Trial,
    answer: HeldAnswer,
    { attempts, verdict, copy }: { attempts: number; verdict: OpeningVerdict; copy: AnswerCopy | null },
  ): Promise<RelayEnd> {
    const { call, context, record, plan } = this.#input
    const { serving, secret } = trial
    const { clock } = context.deps
    const { read, error } = verdict
    const input: RelayInput = { answer, call, plan, serving, record, attempts, secret, clock, read, copy, error }
    const end = mustBeWhole(input) ? await convertAnswer(input, (refusal) => this.#refuse(refusal)) : await relayAnswer(input)
    record.errorCode = end.errorCode
    record.usage = end.usage
    record.cost = costOf(end, trial, context)
    return end
  }

  /** `failure` null = an answer had come. */
  #leave(trial: Trial, failure: Failure | null): null {
    this.#report(trial, {
      status: null,
      outcome: { class: 'aborted' },
      billed: failure === null ? 'yes' : billedForFailure(failure),
    })
    this.#input.record.errorCode = 'CLIENT_GONE'
    this.#abortAttempt()
    return null
  }

  #report(
    { lease, since, secret }: Trial,
    ended: { status: number | null; outcome: Outcome; billed: Billed; used?: Partial<Cost> | undefined },
  ): void {
    const { used, ...said } = ended
    this.#giveBack(lease, said.outcome, used)
    this.#input.record.attempt({ lease, since, secret, ...said })
  }

  #giveBack(lease: Lease, outcome: Outcome, used?: Partial<Cost>): void {
    this.#open = null
    this.#input.context.deps.engine.report(lease, outcome, used)
  }

  #refuse(refusal: Refusal): null {
    this.#input.refuse(refusal)
    return null
  }

  /** What it cost is known, or nothing was sent that could cost; else what was set aside stands for it. */
  #settle(): void {
    const { cost, attempts } = this.#input.record
    this.#purse.settle(cost?.nanos ?? (attempts.some(({ billed }) => billed !== 'no') ? null : 0))
  }
}

function retriesFor({ call, context, plan }: LoopInput): RetryPlan {
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

function searchFor({ call, context, record, plan, options }: LoopInput): KeySearch {
  const { deps, estimates } = context
  const { pool, facts, steps } = plan
  const model = steps[0]?.model ?? facts.model
  const estimate = estimates.of(pool, model === facts.model ? facts : { ...facts, model })
  record.estimate = estimate?.cost
  const sticky = steps.some((step) => (step.pool === pool.slug ? pool : deps.findPool(step.pool))?.sticky)
  return new KeySearch({
    engine: deps.engine,
    clock: deps.clock,
    gone: call.exchange.gone,
    steps,
    chained: plan.chained,
    fallbackAfterMs: plan.rules.fallbackAfterMs,
    lane: options.lane,
    session: options.session ?? (sticky ? plan.session() : null),
    estimate,
  })
}
