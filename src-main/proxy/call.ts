/** One authorised call: plan it, answer it from what is kept or from upstream, and write it down. */
import { estimatedHeader } from '../gateway/index.ts'
import type { AdmittedCall } from './admit/admission.ts'
import type { Refusal } from './admit/request-checks.ts'
import { hardening } from './answer/answer-headers.ts'
import { internal } from './answer/call-refusals.ts'
import { answerLocally, answerWith } from './answer/local-answer.ts'
import { AttemptLoop } from './attempt/attempt-loop.ts'
import { quotaSpent } from './attempt/credits.ts'
import type { CallContext } from './call-context.ts'
import { CallRecord } from './call-record.ts'
import { logFailure } from './log-failure.ts'
import { type CallOptions, callOptions } from './plan/call-options.ts'
import type { CallPlan, Keeping } from './plan/call-plan.ts'
import { clientFormat } from './plan/client-format.ts'
import { planCall } from './plan/planning.ts'
import { unifiedBodyMax } from './plan/request-json.ts'
import type { Estimated } from './plan/unified-plan.ts'
import { ReplayBody } from './replay-body.ts'
import { requestId } from './request-id.ts'

/** An answer that was kept costs a call, and neither tokens nor money. */
const unused = { tokens: 0, nanos: 0 }

/** Serves a call to its end and records it, exactly once, when it named a pool or a model. Never rejects but for the recording. */
export async function serveCall(call: AdmittedCall, context: CallContext): Promise<void> {
  const { deps, replay, replayBytes } = context
  const record = new CallRecord(requestId(deps.clock.now()), deps, call)
  const body = new ReplayBody(call.exchange.body, replay, call.target.kind === 'pool' ? replayBytes : unifiedBodyMax)
  try {
    await new Call(call, context, record, body).run()
  } finally {
    record.bytesIn = body.bytes
    body.release()
    if (record.namesPool) deps.onFinished(record.row())
  }
}

class Call {
  readonly #call: AdmittedCall
  readonly #context: CallContext
  readonly #record: CallRecord
  readonly #body: ReplayBody

  constructor(call: AdmittedCall, context: CallContext, record: CallRecord, body: ReplayBody) {
    this.#call = call
    this.#context = context
    this.#record = record
    this.#body = body
  }

  async run(): Promise<void> {
    try {
      const { exchange, client } = this.#call
      const options = callOptions(exchange.rawHeaders, client)
      if ('status' in options) return this.#refuse(options)
      this.#record.lane = options.lane
      const plan = await planCall(this.#call, this.#body, this.#context.deps)
      if (exchange.isGone) return this.#left()
      if ('status' in plan) return this.#refuse(plan)
      if ('estimate' in plan) return this.#answerEstimate(plan)
      this.#record.plan = plan
      this.#record.streamed = plan.facts.stream
      if (plan.keep === null || !(await this.#answerKept(plan, plan.keep))) await this.#attempts(plan, options).run()
    } catch (error) {
      this.#failed(error)
    }
  }

  #attempts(plan: CallPlan, options: CallOptions): AttemptLoop {
    return new AttemptLoop({
      call: this.#call,
      context: this.#context,
      record: this.#record,
      body: this.#body,
      plan,
      options,
      refuse: (refusal) => this.#refuse(refusal),
    })
  }

  /** False = there is none. */
  async #answerKept(plan: CallPlan, { key, fresh }: Keeping): Promise<boolean> {
    const { exchange, cors } = this.#call
    const record = this.#record
    const kept = fresh ? null : await this.#context.deps.cache.find(key)
    if (exchange.isGone) {
      this.#left()
      return true
    }
    record.cache = kept === null ? 'miss' : 'hit'
    if (kept === null) return false
    const short = record.credits.take({ pool: plan.pool.slug, model: plan.facts.model, ...unused })
    if (short !== null) {
      record.cache = null
      this.#refuse(quotaSpent(short, this.#context.deps.clock.now()))
      return true
    }
    record.credits.settle({ reached: true, ...unused })
    const length = ['content-length', String(kept.body.byteLength)]
    exchange.head(kept.status, [
      ...kept.headers,
      ...hardening,
      ...cors,
      ...record.headers(0),
      ...record.credits.headers,
      ...length,
    ])
    record.firstByte(kept.status)
    exchange.write(kept.body)
    exchange.end()
    record.bytesOut = kept.body.byteLength
    record.outcome = 'ok'
    return true
  }

  #answerEstimate({ estimate }: Estimated): void {
    const { exchange, cors } = this.#call
    const headers = [
      'content-type',
      'application/json; charset=utf-8',
      estimatedHeader,
      'true',
      ...cors,
      ...this.#record.headers(0),
    ]
    answerWith(exchange, 200, headers, Buffer.from(JSON.stringify(estimate)))
  }

  #refuse(refusal: Refusal): void {
    const { deps } = this.#context
    const { exchange, cors } = this.#call
    this.#record.errorCode = refusal.code
    this.#record.firstByte(refusal.status)
    const extra = [...cors, ...this.#record.headers(this.#record.attempts.length)]
    const format = clientFormat(this.#call)
    this.#record.bytesOut = answerLocally(exchange, { format, refusal, extra, now: deps.clock.now() })
  }

  #left(): void {
    this.#record.outcome = 'aborted'
    this.#record.errorCode = 'CLIENT_GONE'
  }

  #failed(error: unknown): void {
    if (this.#call.exchange.isGone) return this.#left()
    logFailure(this.#context.deps.log, error, 'a proxied call failed inside Keywheel', { request: this.#record.id })
    if (this.#record.status === null) this.#refuse(internal)
    else this.#call.exchange.abort()
    this.#record.errorCode = internal.code
  }
}
