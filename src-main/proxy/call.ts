/** One authorised call: lease a key, send, and either pass the answer on or try the next key. */
import type { Cost, Lease, Outcome } from '../pool/types.ts'
import { detectFormat } from '../providers/index.ts'
import type { AdmittedCall } from './admission.ts'
import { answerHead, parseJson, wholeAnswer } from './answer-facts.ts'
import { type Failure, type HeldAnswer, startAttempt } from './attempt.ts'
import { type CallOptions, callOptions } from './call-options.ts'
import { CallRecord } from './call-record.ts'
import { bodyFailed, fallbackGone, internal, noKey, unusableSecret, upstreamFailed, vaultLocked } from './call-refusals.ts'
import { servingOf, stepsOf } from './fallback.ts'
import { KeySearch } from './key-search.ts'
import { answerLocally } from './local-answer.ts'
import { logFailure } from './log-failure.ts'
import { pause } from './pause.ts'
import { headerValue } from './raw-headers.ts'
import { type RelayEnd, relayAnswer } from './relay.ts'
import { ReplayBody, type ReplayBudget } from './replay-body.ts'
import type { Refusal } from './request-checks.ts'
import { requestId } from './request-id.ts'
import { type Ending, type RetryBudget, RetryPlan, retryReason } from './retry.ts'
import { belowBase } from './target.ts'
import { costOf, type Lessons, learnFrom, type Trial, usedIn } from './trial.ts'
import type { Forwarder, ProxyDeps } from './types.ts'
import { upstreamRequest } from './upstream-request.ts'

interface CallContext extends Lessons {
  deps: ProxyDeps
  forwarder: Forwarder
  replay: ReplayBudget
  replayBytes: number
  retries: RetryBudget
}

/**
 * JSON up to here is read for its model and size before a key is chosen: a million tokens of text. Parsing takes 2 ms a MiB, and
 * more would hold up everybody else.
 */
const maxFactsBytes = 4 * 1024 * 1024
const nothing: Cost = { input: 0, output: 0, nanos: 0 }

/** Serves a call to its end and records it, exactly once. Never rejects. */
export async function serveCall(call: AdmittedCall, context: CallContext): Promise<void> {
  await new Call(call, context).run()
}

class Call {
  readonly #call: AdmittedCall
  readonly #context: CallContext
  readonly #record: CallRecord
  readonly #body: ReplayBody
  readonly #plan: RetryPlan
  /** The body as JSON, kept only while another model may have to be written into it. */
  #json: unknown
  #abortAttempt: () => void = () => {}
  /** The lease that is not reported yet. */
  #open: Lease | null = null

  constructor(call: AdmittedCall, context: CallContext) {
    const { deps, retries } = context
    this.#call = call
    this.#context = context
    this.#record = new CallRecord(requestId(deps.clock.now()), deps, call)
    this.#body = new ReplayBody(call.exchange.body, context.replay, context.replayBytes)
    this.#plan = new RetryPlan(call.exchange.method, call.pool.config, retries)
  }

  get #gone(): boolean {
    return this.#call.exchange.gone.aborted
  }

  async run(): Promise<void> {
    const { exchange } = this.#call
    const onGone = () => this.#abortAttempt()
    exchange.gone.addEventListener('abort', onGone)
    try {
      this.#context.retries.deposit()
      await this.#serve()
    } catch (error) {
      this.#failed(error)
    } finally {
      exchange.gone.removeEventListener('abort', onGone)
      // After an error of our own: the key gets its place back and is not blamed.
      if (this.#open !== null) this.#giveBack(this.#open, { class: 'aborted' })
      this.#record.bytesIn = this.#body.bytes
      this.#body.release()
      this.#context.deps.onFinished(this.#record.row())
    }
  }

  async #serve(): Promise<void> {
    const { pool, exchange, client } = this.#call
    if (pool.provider.id !== 'demo' && !this.#context.deps.vaultOpen()) return this.#refuse(vaultLocked)
    const options = callOptions(exchange.rawHeaders, client)
    if ('status' in options) return this.#refuse(options)
    this.#record.lane = options.lane
    const json = await this.#readFacts()
    if (this.#body.failure !== null && !this.#gone) return this.#refuse(bodyFailed(this.#body.failure))
    const search = this.#searchFor(options, json)
    let lease = await this.#firstLease(search)
    while (lease !== null) lease = await this.#attempt(lease, search)
  }

  /** Gives the body as JSON; undefined when it is something else, or too long. */
  async #readFacts(): Promise<unknown> {
    const { exchange, pool, rest } = this.#call
    const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(headerValue(exchange.rawHeaders, 'content-type') ?? '')
    const bytes = isJson ? await this.#body.gather(maxFactsBytes) : null
    const json = bytes === null ? undefined : parseJson(bytes)
    this.#record.facts = pool.provider.requestFacts(belowBase(pool, rest), json)
    this.#record.streamed = this.#record.facts.stream
    return json
  }

  #searchFor({ lane, session }: CallOptions, json: unknown): KeySearch {
    const { deps, estimates } = this.#context
    const { pool, exchange } = this.#call
    const { facts } = this.#record
    const estimate = estimates.of(pool, facts)
    this.#record.estimate = estimate?.cost
    const steps = stepsOf(this.#call, facts.model, json, deps)
    if (steps.length > 1) this.#json = json
    const sticky = steps.some((step) => (step.pool === pool.slug ? pool : deps.findPool(step.pool))?.sticky)
    return new KeySearch({
      engine: deps.engine,
      clock: deps.clock,
      gone: exchange.gone,
      steps,
      fallbackAfterMs: pool.config.fallbackAfter * 1000,
      lane,
      session: session ?? (sticky ? pool.provider.sessionOf(facts.model, json) : null),
      estimate,
    })
  }

  async #firstLease(search: KeySearch): Promise<Lease | null> {
    const { deps } = this.#context
    const { slug, config } = this.#call.pool
    const deadlineMs = deps.clock.mono() + config.queueTimeout * 1000
    let result = await this.#record.queued(search.first(deadlineMs))
    if (result.kind === 'exhausted' && result.reason === 'too-large' && search.lessen()) {
      this.#record.estimate = search.cost
      result = await this.#record.queued(search.first(deadlineMs))
    }
    if (result.kind === 'lease') return result.lease
    this.#refuse(noKey(result, deps, { pool: slug, model: this.#record.facts.model, cost: search.cost }))
    return null
  }

  /** Makes one attempt. Gives the lease of the next one, or null when the call is over. */
  async #attempt(lease: Lease, search: KeySearch): Promise<Lease | null> {
    const { deps, forwarder } = this.#context
    this.#record.lease = lease
    this.#open = lease
    const serving = servingOf(lease, this.#call, search.asked, this.#json, deps)
    if (serving === null) return this.#skip(lease, search, fallbackGone)
    let secret: string
    try {
      secret = deps.secretFor(lease.keyId, serving.pool.baseUrl.origin)
    } catch (error) {
      return this.#skip(lease, search, unusableSecret(error))
    }
    const since = this.#record.elapsed
    const running = startAttempt(forwarder, upstreamRequest(this.#call, serving, this.#body, secret))
    this.#abortAttempt = () => running.abort()
    if (this.#gone) running.abort()
    const result = await running.result
    const trial = { lease, search, serving, secret, since }
    if (this.#gone) return this.#leave(trial)
    if (result.kind === 'failed') return this.#onFailure(trial, result.failure)
    return result.answer.status < 400 ? this.#onAnswer(trial, result.answer) : this.#onErrorAnswer(trial, result.answer)
  }

  /** A key that cannot be used here; nothing was sent, and it did nothing wrong. Another one of the pool may serve. */
  async #skip(lease: Lease, search: KeySearch, refusal: Refusal): Promise<Lease | null> {
    this.#giveBack(lease, { class: 'aborted' }, nothing)
    search.tried(lease)
    const next = refusal.code === 'VAULT_LOCKED' ? null : await this.#nextLease(search, 0)
    if (next === null) this.#refuse(refusal)
    return next
  }

  async #onFailure(trial: Trial, failure: Failure): Promise<Lease | null> {
    if (this.#body.failure !== null) {
      this.#report(trial, null, { class: 'aborted', message: this.#body.failure })
      this.#refuse(bodyFailed(this.#body.failure))
      return null
    }
    // What had all been sent was probably worked on, although no answer came.
    const used = failure.stage === 'waiting' || failure.stage === 'body' ? trial.search.cost : undefined
    this.#report(trial, null, { class: 'network', message: failure.code }, used)
    const next = await this.#next(trial, { kind: 'failed', failure })
    if (next === null) this.#refuse(upstreamFailed(failure))
    return next
  }

  async #onErrorAnswer(trial: Trial, answer: HeldAnswer): Promise<Lease | null> {
    const whole = await wholeAnswer(answer)
    learnFrom(whole, trial, this.#context)
    const outcome = trial.serving.pool.provider.classify(whole, this.#context.deps.clock.now())
    this.#report(trial, answer.status, outcome, outcome.class === 'request-bad' ? nothing : undefined)
    const hint = whole.header('x-should-retry')
    const askedToRetry = hint === 'true' || (hint === undefined && whole.header('retry-after') !== undefined)
    const next = await this.#next(trial, { kind: 'answer', outcome, status: answer.status, askedToRetry })
    if (next !== null) {
      answer.drop()
      return next
    }
    const end = await this.#relay(trial, answer, this.#record.attempts.length)
    if (end.outcome.class !== 'ok') this.#record.outcome = end.outcome.class
    return null
  }

  /** The lease for another attempt, when there may and can be one. It is there before this attempt's answer is given up. */
  async #next({ lease, search }: Trial, ending: Ending): Promise<Lease | null> {
    const pauseMs = this.#plan.allow(retryReason(ending, this.#call.exchange.method), ending, this.#record)
    search.tried(lease)
    if (pauseMs === null) return null
    if (!(await this.#body.rewind())) {
      this.#record.tooLongToRepeat = true
      return null
    }
    if (this.#plan.mayRepeatKey) {
      // The upstream never saw this key's call: if no other key is ready, this one may be used once more.
      const other = search.other(lease)
      if (other !== null) return other
      search.untried(lease)
    }
    return this.#nextLease(search, pauseMs)
  }

  async #nextLease(search: KeySearch, pauseMs: number): Promise<Lease | null> {
    const { clock } = this.#context.deps
    const { config } = this.#call.pool
    if (pauseMs > 0) await pause(clock, pauseMs, this.#call.exchange.gone)
    const left = config.attemptBudget * 1000 - this.#record.elapsed
    if (left <= 0 || this.#gone) return null
    const deadlineMs = clock.mono() + Math.min(left, config.queueTimeout * 1000)
    return await this.#record.queued(search.next(deadlineMs))
  }

  /** The client gets this answer, whatever its body will say. */
  async #onAnswer(trial: Trial, answer: HeldAnswer): Promise<null> {
    this.#context.deps.engine.touch(trial.lease)
    learnFrom(answerHead(answer), trial, this.#context)
    const end = await this.#relay(trial, answer, this.#record.attempts.length + 1)
    this.#report(trial, answer.status, end.outcome, usedIn(end, this.#record.costNanos, trial, this.#context))
    return null
  }

  async #relay(trial: Trial, answer: HeldAnswer, attempts: number): Promise<RelayEnd> {
    const { secret, serving } = trial
    const { clock } = this.#context.deps
    const { pool } = serving
    const end = await relayAnswer({ answer, call: this.#call, pool, record: this.#record, attempts, secret, clock })
    this.#record.errorCode = end.errorCode
    this.#record.usage = end.usage
    this.#record.costNanos = costOf(end, trial, this.#context)
    return end
  }

  #leave(trial: Trial): null {
    this.#report(trial, null, { class: 'aborted' })
    this.#record.errorCode = 'CLIENT_GONE'
    return null
  }

  #report({ lease, since, secret }: Trial, status: number | null, outcome: Outcome, used?: Partial<Cost>): void {
    this.#giveBack(lease, outcome, used)
    this.#record.attempt(lease, since, status, outcome, secret)
  }

  #giveBack(lease: Lease, outcome: Outcome, used?: Partial<Cost>): void {
    this.#open = null
    this.#context.deps.engine.report(lease, outcome, used)
  }

  #refuse(refusal: Refusal): void {
    const { exchange, pool, rest, cors } = this.#call
    const format = detectFormat(rest, (name) => headerValue(exchange.rawHeaders, name), pool.provider.format)
    this.#record.errorCode = refusal.code
    this.#record.firstByte(refusal.status)
    const extra = [...cors, ...this.#record.headers(this.#record.attempts.length)]
    this.#record.bytesOut = answerLocally(exchange, { format, refusal, extra, now: this.#context.deps.clock.now() })
  }

  #failed(error: unknown): void {
    // An answer that is held back is nobody's now.
    this.#abortAttempt()
    if (this.#gone) {
      this.#record.outcome = 'aborted'
      this.#record.errorCode = 'CLIENT_GONE'
      return
    }
    logFailure(this.#context.deps.log, error, 'a proxied call failed inside Keywheel', { request: this.#record.id })
    if (this.#record.status === null) this.#refuse(internal)
    else this.#call.exchange.abort()
    this.#record.errorCode = internal.code
  }
}
