/** One authorised call: lease a key, send, and either pass the answer on or try the next key. */
import type { Lease, Outcome } from '../pool/types.ts'
import { detectFormat } from '../providers/index.ts'
import type { AdmittedCall } from './admission.ts'
import { type Failure, type HeldAnswer, startAttempt } from './attempt.ts'
import { CallRecord } from './call-record.ts'
import { bodyFailed, internal, noKey, unusableSecret, upstreamFailed, vaultLocked } from './call-refusals.ts'
import { classifyError } from './classify.ts'
import { answerLocally } from './local-answer.ts'
import { logFailure } from './log-failure.ts'
import { headerValue } from './raw-headers.ts'
import { relayAnswer } from './relay.ts'
import { ReplayBody, type ReplayBudget } from './replay-body.ts'
import type { Refusal } from './request-checks.ts'
import { forwardedHeaders, withKey } from './request-headers.ts'
import { requestId } from './request-id.ts'
import { type Ending, type RetryBudget, RetryPlan, retryReason } from './retry.ts'
import { belowBase, withQueryKey } from './target.ts'
import type { Forwarder, ProxyDeps, UpstreamAttempt } from './types.ts'

interface CallContext {
  deps: ProxyDeps
  forwarder: Forwarder
  replay: ReplayBudget
  replayBytes: number
  retries: RetryBudget
}

/** JSON up to here is read for its model before a key is chosen; parsing more would hold up everybody else. */
const maxFactsBytes = 1024 * 1024

/** Serves a call to its end and records it, exactly once. Never rejects. */
export async function serveCall(call: AdmittedCall, context: CallContext): Promise<void> {
  await new Call(call, context).run()
}

class Call {
  readonly #call: AdmittedCall
  readonly #context: CallContext
  readonly #record: CallRecord
  readonly #body: ReplayBody
  readonly #tried = new Set<string>()
  readonly #plan: RetryPlan
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
    const { deps } = this.#context
    const { pool, exchange } = this.#call
    if (pool.provider.id !== 'demo' && !deps.vaultOpen()) return this.#refuse(vaultLocked)
    await this.#readFacts()
    if (this.#body.failure !== null && !this.#gone) return this.#refuse(bodyFailed(this.#body.failure))
    const query = this.#leaseQuery()
    const deadlineMs = deps.clock.mono() + pool.config.queueTimeout * 1000
    const first = await this.#record.queued(deps.engine.acquire(query, { deadlineMs, signal: exchange.gone }))
    if (first.kind === 'exhausted') return this.#refuse(noKey(first))
    let lease: Lease | null = first.lease
    while (lease !== null) lease = await this.#attempt(lease)
  }

  async #readFacts(): Promise<void> {
    const { exchange, pool, rest } = this.#call
    const json = /^application\/(?:[\w.+-]+\+)?json\b/i.test(headerValue(exchange.rawHeaders, 'content-type') ?? '')
    const bytes = json ? await this.#body.gather(maxFactsBytes) : null
    this.#record.facts = pool.provider.requestFacts(belowBase(pool, rest), bytes === null ? undefined : parseJson(bytes))
    this.#record.streamed = this.#record.facts.stream
  }

  #leaseQuery() {
    const { model } = this.#record.facts
    return { pool: this.#call.pool.slug, exclude: this.#tried, ...(model === null ? {} : { model }) }
  }

  /** Makes one attempt. Gives the lease of the next one, or null when the call is over. */
  async #attempt(lease: Lease): Promise<Lease | null> {
    const { deps, forwarder } = this.#context
    this.#record.lease = lease
    this.#open = lease
    let secret: string
    try {
      secret = deps.secretFor(lease.keyId, this.#call.pool.baseUrl.origin)
    } catch (error) {
      // Nothing was sent and the key did nothing wrong.
      this.#giveBack(lease, { class: 'aborted' })
      return this.#skip(lease, unusableSecret(error))
    }
    const since = this.#record.elapsed
    const running = startAttempt(forwarder, this.#upstreamAttempt(secret))
    this.#abortAttempt = () => running.abort()
    if (this.#gone) running.abort()
    const result = await running.result
    const trial = { lease, secret, since }
    if (this.#gone) return this.#leave(trial)
    if (result.kind === 'failed') return this.#onFailure(trial, result.failure)
    return result.answer.status < 400 ? this.#relay(trial, result.answer, null) : this.#onErrorAnswer(trial, result.answer)
  }

  #upstreamAttempt(secret: string): UpstreamAttempt {
    const { pool, exchange, path, clientTokens } = this.#call
    const { auth, config, provider, baseUrl } = pool
    const body = this.#body.open()
    // Without a body, only methods that could have one say so.
    const length = body === null && exchange.body.length === 0 && !hasLength(exchange.rawHeaders) ? null : this.#body.length
    const forwarded = { raw: exchange.rawHeaders, auth, clientTokens, defaults: provider.defaultHeaders, contentLength: length }
    return {
      origin: baseUrl.origin,
      method: exchange.method,
      path: auth.in === 'query' ? withQueryKey(path, auth, secret) : path,
      headers: withKey(forwardedHeaders(forwarded), auth, secret),
      body,
      limits: {
        connectMs: config.connectTimeout * 1000,
        firstByteMs: config.timeout * 1000,
        idleMs: config.idleTimeout * 1000,
        totalMs: null,
      },
    }
  }

  /** A key that cannot be used here; another one of the pool may. */
  async #skip(lease: Lease, refusal: Refusal): Promise<Lease | null> {
    this.#tried.add(lease.keyId)
    const next = refusal.code === 'VAULT_LOCKED' ? null : await this.#nextLease(0)
    if (next === null) this.#refuse(refusal)
    return next
  }

  async #onFailure(trial: Trial, failure: Failure): Promise<Lease | null> {
    if (this.#body.failure !== null) {
      this.#report(trial, null, { class: 'aborted', message: this.#body.failure })
      this.#refuse(bodyFailed(this.#body.failure))
      return null
    }
    this.#report(trial, null, { class: 'network', message: failure.code })
    const next = await this.#next(trial, { kind: 'failed', failure })
    if (next === null) this.#refuse(upstreamFailed(failure))
    return next
  }

  async #onErrorAnswer(trial: Trial, answer: HeldAnswer): Promise<Lease | null> {
    const outcome = await classifyError(this.#call.pool.provider, answer, this.#context.deps.clock.now())
    this.#report(trial, answer.status, outcome)
    const hint = headerValue(answer.headers, 'x-should-retry')
    const askedToRetry = hint === 'true' || (hint === undefined && headerValue(answer.headers, 'retry-after') !== undefined)
    const next = await this.#next(trial, { kind: 'answer', outcome, status: answer.status, askedToRetry })
    if (next === null) return this.#relay(trial, answer, outcome)
    answer.drop()
    return next
  }

  /** The lease for another attempt, when there may and can be one. It is there before this attempt's answer is given up. */
  async #next(trial: Trial, ending: Ending): Promise<Lease | null> {
    const pause = this.#plan.allow(retryReason(ending, this.#call.exchange.method), ending, this.#record)
    this.#tried.add(trial.lease.keyId)
    if (pause === null) return null
    if (!(await this.#body.rewind())) {
      this.#record.tooLongToRepeat = true
      return null
    }
    if (this.#plan.mayRepeatKey) {
      // The upstream never saw this key's call: if no other key is ready, this one may be used once more.
      const other = this.#context.deps.engine.tryLease(this.#leaseQuery())
      if (other.kind === 'lease') return other.lease
      this.#tried.delete(trial.lease.keyId)
    }
    return this.#nextLease(pause)
  }

  async #nextLease(pauseMs: number): Promise<Lease | null> {
    const { clock, engine } = this.#context.deps
    const { config } = this.#call.pool
    const { gone } = this.#call.exchange
    if (pauseMs > 0) await this.#pause(pauseMs)
    const left = config.attemptBudget * 1000 - this.#record.elapsed
    if (left <= 0 || this.#gone) return null
    const deadlineMs = clock.mono() + Math.min(left, config.queueTimeout * 1000)
    const result = await this.#record.queued(engine.acquire(this.#leaseQuery(), { deadlineMs, signal: gone }))
    return result.kind === 'lease' ? result.lease : null
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { gone } = this.#call.exchange
      const cancel = this.#context.deps.clock.after(ms, done)
      gone.addEventListener('abort', done)
      function done() {
        cancel()
        gone.removeEventListener('abort', done)
        resolve()
      }
    })
  }

  /** The client gets this answer. `reported` is its outcome when it was judged already. */
  async #relay(trial: Trial, answer: HeldAnswer, reported: Outcome | null): Promise<null> {
    const { deps } = this.#context
    const attempts = this.#record.attempts.length + (reported === null ? 1 : 0)
    if (reported === null) deps.engine.touch(trial.lease)
    const { secret } = trial
    const { clock } = deps
    const end = await relayAnswer({ answer, call: this.#call, record: this.#record, attempts, secret, clock })
    this.#record.usage = end.usage
    this.#record.errorCode = end.errorCode
    if (reported === null) this.#report(trial, answer.status, end.outcome)
    else if (end.outcome.class !== 'ok') this.#record.outcome = end.outcome.class
    return null
  }

  #leave(trial: Trial): null {
    this.#report(trial, null, { class: 'aborted' })
    this.#record.errorCode = 'CLIENT_GONE'
    return null
  }

  #report({ lease, since, secret }: Trial, status: number | null, outcome: Outcome): void {
    this.#giveBack(lease, outcome)
    this.#record.attempt(lease, since, status, outcome, secret)
  }

  #giveBack(lease: Lease, outcome: Outcome): void {
    this.#open = null
    this.#context.deps.engine.report(lease, outcome)
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

/** An attempt that was made: on which lease, with which secret, since when (ms of the call). */
interface Trial {
  lease: Lease
  secret: string
  since: number
}

function hasLength(raw: readonly string[]): boolean {
  return headerValue(raw, 'content-length') !== undefined
}

/** Undefined when it is not JSON: the upstream is the one to say so. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
