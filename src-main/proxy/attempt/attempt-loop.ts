/** The attempts of one call: lease a key, send, and either pass the answer on or try the next key. */
import type { Cost, Lease, Outcome } from '../../pool/types.ts'
import type { Refusal } from '../admit/request-checks.ts'
import { answerHead, wholeAnswer } from '../answer/answer-facts.ts'
import { bodyFailed, fallbackGone, unusableKey, upstreamFailed } from '../answer/call-refusals.ts'
import { convertAnswer, mustBeWhole } from '../answer/convert.ts'
import { type RelayEnd, type RelayInput, relayAnswer } from '../answer/relay.ts'
import type { Serving } from '../plan/call-plan.ts'
import { AnswerCopy } from '../plan/kept-answers.ts'
import type { UpstreamAttempt } from '../types.ts'
import { type Failure, type HeldAnswer, startAttempt, type Watch } from './attempt.ts'
import { type Billed, billedForError, billedForFailure } from './billed.ts'
import { LeaseLine, type LineInput } from './lease-line.ts'
import { type OpeningVerdict, openingOf } from './opening.ts'
import { costOf, learnFrom, type Trial, usedIn } from './trial.ts'
import { upstreamRequest } from './upstream-request.ts'

interface LoopInput extends LineInput {
  /** Answers the client; once. */
  refuse(refusal: Refusal): void
}

const nothing: Cost = { input: 0, output: 0, nanos: 0 }
const unseen: OpeningVerdict = { error: null, read: null }

export class AttemptLoop {
  readonly #input: LoopInput
  readonly #line: LeaseLine
  // The attempt itself and no function of its own: V8 puts a function that is written into a field where only a full collection
  // clears it away, and with it everything of the call that it reaches.
  #running: ReturnType<typeof startAttempt> | null = null
  /** The lease that is not reported yet. */
  #open: Lease | null = null

  constructor(input: LoopInput) {
    this.#input = input
    this.#line = new LeaseLine(input)
  }

  get #gone(): boolean {
    return this.#input.call.exchange.isGone
  }

  /** Makes attempts until one serves or none can. Rejects with what nobody expected, or because the client has gone. */
  async run(): Promise<void> {
    const stopWatching = this.#input.call.exchange.onGone(() => this.#running?.abort())
    try {
      const asked = this.#line.first()
      const first = asked instanceof Promise ? await asked : asked
      let lease = 'status' in first ? this.#refuse(first) : first
      while (lease !== null) lease = await this.#attempt(lease)
    } catch (error) {
      // An answer that is held back is nobody's now.
      this.#running?.abort()
      throw error
    } finally {
      stopWatching()
      // After an error of our own: the key gets its place back and is not blamed.
      if (this.#open !== null) this.#giveBack(this.#open, { class: 'aborted' })
      this.#line.settle()
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
    this.#running = running
    if (this.#gone) running.abort()
    const result = await running.result
    const trial = { lease, serving, secret, since }
    if (result.kind === 'failed') return this.#gone ? this.#leave(trial, result.failure) : this.#onFailure(trial, result.failure)
    const { answer } = result
    if (answer.status >= 400) return this.#gone ? this.#leave(trial, null) : this.#onErrorAnswer(trial, answer)
    const seen = answer.opening === null ? unseen : answer.opening.verdict(answer.body)
    const verdict = seen instanceof Promise ? await seen : seen
    if (this.#gone) return this.#leave(trial, null)
    if (verdict.error !== null) return await this.#onErrorAnswer(trial, answer, verdict)
    return await this.#onAnswer(trial, answer, verdict)
  }

  /** What is sent with a lease, or why nothing can be. */
  #prepare(lease: Lease): { serving: Serving; secret: string; request: UpstreamAttempt } | { refusal: Refusal } {
    const { call, context, record, plan, body } = this.#input
    const { deps } = context
    const serving = plan.serve(lease)
    if (serving === null) return { refusal: fallbackGone }
    const unpaid = this.#line.pay(lease)
    if (unpaid !== null) return { refusal: unpaid }
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
    const next = refusal.code === 'VAULT_LOCKED' || this.#line.isEmpty ? null : await this.#line.instead(lease)
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
    const used = failure.stage === 'waiting' || failure.stage === 'body' ? this.#line.cost : undefined
    this.#report(trial, {
      status: null,
      outcome: { class: 'network', message: failure.code },
      billed: billedForFailure(failure),
      used,
    })
    return (await this.#line.next(trial.lease, { kind: 'failed', failure })) ?? this.#refuse(upstreamFailed(failure))
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
    const next = await this.#line.next(trial.lease, { kind: 'answer', outcome, status: answer.status, askedToRetry })
    if (next !== null) {
      answer.drop()
      return next
    }
    const { record } = this.#input
    const end = await this.#relay(trial, answer, { attempts: record.attempts.length, verdict, copy: null })
    this.#note(end, trial)
    if (end.outcome.class !== 'ok') record.outcome = end.outcome.class
    return null
  }

  /** The client gets this answer, whatever its body will say. */
  async #onAnswer(trial: Trial, answer: HeldAnswer, verdict: OpeningVerdict): Promise<null> {
    const { context, record, plan } = this.#input
    context.deps.engine.touch(trial.lease)
    learnFrom(answerHead(answer), trial, context)
    const copy = plan.keep === null || answer.status !== 200 ? null : new AnswerCopy()
    const end = await this.#relay(trial, answer, { attempts: record.attempts.length + 1, verdict, copy })
    this.#note(end, trial)
    const used = usedIn(end, { nanos: record.cost?.nanos ?? null, trial, estimate: this.#line.cost }, context)
    const billed = end.errorCode === 'UPSTREAM_ERROR_IN_ANSWER' && (end.usage?.outputTokens ?? 0) === 0 ? 'maybe' : 'yes'
    this.#report(trial, { status: answer.status, outcome: end.outcome, billed, used })
    const kept = end.errorCode === null ? (copy?.answer(end.usage) ?? null) : null
    if (plan.keep !== null && kept !== null) context.deps.cache.keep(plan.keep.key, kept, plan.keep.ttlMs)
    return null
  }

  #relay(
    trial: Trial,
    answer: HeldAnswer,
    { attempts, verdict, copy }: { attempts: number; verdict: OpeningVerdict; copy: AnswerCopy | null },
  ): Promise<RelayEnd> {
    const { call, context, record, plan } = this.#input
    const { serving, secret } = trial
    const { clock } = context.deps
    const { read, error } = verdict
    const input: RelayInput = { answer, call, plan, serving, record, attempts, secret, clock, read, copy, error }
    return mustBeWhole(input) ? convertAnswer(input, (refusal) => this.#refuse(refusal)) : relayAnswer(input)
  }

  /** Writes down what the answer that the client got has said. */
  #note(end: RelayEnd, trial: Trial): void {
    const { context, record } = this.#input
    record.errorCode = end.errorCode
    record.usage = end.usage
    record.cost = costOf(end, trial, context)
  }

  /** `failure` null = an answer had come. */
  #leave(trial: Trial, failure: Failure | null): null {
    this.#report(trial, {
      status: null,
      outcome: { class: 'aborted' },
      billed: failure === null ? 'yes' : billedForFailure(failure),
    })
    this.#input.record.errorCode = 'CLIENT_GONE'
    this.#running?.abort()
    return null
  }

  #report(
    { lease, since, secret }: Trial,
    ended: { status: number | null; outcome: Outcome; billed: Billed; used?: Partial<Cost> | undefined },
  ): void {
    const { status, outcome, billed, used } = ended
    this.#giveBack(lease, outcome, used)
    this.#input.record.attempt({ lease, since, secret, status, outcome, billed })
  }

  #giveBack(lease: Lease, outcome: Outcome, used?: Partial<Cost>): void {
    this.#open = null
    this.#input.context.deps.engine.report(lease, outcome, used)
  }

  #refuse(refusal: Refusal): null {
    this.#input.refuse(refusal)
    return null
  }
}
