/** What is written down of one call while it goes on, and the row that becomes of it. */
import type { Attempt, RequestRow } from '../../src-preload/contract/index.ts'
import type { Cost, Lease, Outcome } from '../pool/types.ts'
import type { RequestFacts, TokenUsage } from '../providers/types.ts'
import type { AdmittedCall } from './admit/admission.ts'
import type { Billed } from './attempt/billed.ts'
import { Credits } from './attempt/credits.ts'
import type { CallPlan, Serving } from './plan/call-plan.ts'
import type { Priced, ProxyDeps } from './types.ts'

const maxPath = 2048
const maxMessage = 300
const maxDropped = 1000
const noFacts: RequestFacts = { model: null, stream: false, inputTokens: 0, outputTokens: 0 }

/** An attempt that has ended. */
interface Ended {
  lease: Lease
  /** Ms of the call when it began. */
  since: number
  status: number | null
  outcome: Outcome
  billed: Billed
  secret: string
}

export class CallRecord {
  readonly id: string
  readonly credits: Credits
  readonly attempts: (Attempt & { pool: string; model: string | undefined })[] = []
  /** Null until the call's model was read. */
  plan: CallPlan | null = null
  /** What the client got an answer of. */
  serving: Serving | null = null
  cache: RequestRow['cache'] = null
  lane: RequestRow['lane']
  /** What was reserved. */
  estimate: Cost | undefined = undefined
  lease: Lease | null = null
  status: number | null = null
  outcome: RequestRow['outcome'] = 'no-key'
  errorCode: string | null = null
  streamed = false
  usage: TokenUsage | null = null
  cost: Priced | null = null
  bytesIn = 0
  bytesOut = 0
  /** It would have been tried again if its body had been kept. */
  tooLongToRepeat = false
  readonly #deps: ProxyDeps
  readonly #call: AdmittedCall
  readonly #at: number
  readonly #start: number
  #queued = 0
  #firstByte: number | null = null

  constructor(id: string, deps: ProxyDeps, call: AdmittedCall) {
    this.id = id
    this.#deps = deps
    this.#call = call
    this.credits = new Credits(deps.quotas, call.client)
    this.lane = call.client.lane
    this.#at = deps.clock.now()
    this.#start = deps.clock.mono()
  }

  /** Milliseconds since the call began. */
  get elapsed(): number {
    return this.#deps.clock.mono() - this.#start
  }

  /** Counts the time that `wait` takes as waiting for a key. */
  async queued<T>(wait: Promise<T>): Promise<T> {
    const since = this.elapsed
    try {
      return await wait
    } finally {
      this.#queued += this.elapsed - since
    }
  }

  firstByte(status: number): void {
    this.status = status
    this.#firstByte = this.elapsed
  }

  /** It belongs to a pool, so that it can be counted there. */
  get namesPool(): boolean {
    return this.#call.target.kind === 'pool' || this.plan !== null
  }

  get facts(): RequestFacts {
    return this.plan?.facts ?? noFacts
  }

  /** An attempt has ended. The upstream's words may hold the key it was given; they are kept without it. */
  attempt({ lease, since, status, outcome, billed, secret }: Ended): void {
    this.outcome = outcome.class
    this.attempts.push({
      keyId: lease.keyId,
      keyLabel: this.#deps.keyLabel(lease.keyId),
      outcome: outcome.class,
      status,
      ms: Math.round(this.elapsed - since),
      billed,
      message: outcome.message === undefined ? null : redact(outcome.message, secret),
      pool: lease.pool,
      model: lease.model,
    })
  }

  /** The pool that was asked for by its name; on the unified API the one that served. */
  get #pool(): string {
    const { target } = this.#call
    return target.kind === 'pool' ? target.pool.slug : (this.lease?.pool ?? this.plan?.pool.slug ?? '')
  }

  /** Where a lease leads when that is not what was asked for. */
  #elsewhere({ pool, model }: { pool: string; model: string | undefined }): Pick<Attempt, 'pool' | 'model'> {
    return {
      ...(pool === this.#pool ? {} : { pool }),
      ...(model === undefined || model === this.facts.model ? {} : { model }),
    }
  }

  /** The headers by which an answer says how it came about; `attempts` made so far. */
  headers(attempts: number): string[] {
    const said = this.lease === null ? [] : this.#servedBy(this.lease)
    said.push('x-keywheel-attempts', String(attempts), 'x-keywheel-request', this.id)
    if (this.tooLongToRepeat) said.push('x-keywheel-retry', 'body-too-large')
    if (this.cache !== null) said.push('x-keywheel-cache', this.cache)
    const dropped = this.serving?.dropped ?? []
    if (dropped.length > 0) said.push('x-keywheel-dropped', headerSafe(dropped.join(', ')).slice(0, maxDropped))
    return said
  }

  #servedBy({ keyId, pool, model }: Lease): string[] {
    const headers = ['x-keywheel-key', headerSafe(this.#deps.keyLabel(keyId))]
    if (model !== undefined) headers.push('x-keywheel-model', headerSafe(model))
    if (this.plan?.unified != null || pool !== this.#pool) headers.push('x-keywheel-pool', pool)
    return headers
  }

  row(): RequestRow {
    const { client, exchange, clientTokens } = this.#call
    const { lease, usage, facts, estimate, plan, serving } = this
    // An answer that does not name its model was still served by the one that the call fell back to.
    const fellBackTo = lease === null || this.usage === null ? null : (this.#elsewhere(lease).model ?? null)
    return {
      id: this.id,
      at: this.#at,
      clientId: client.id,
      clientName: client.name,
      pool: this.#pool,
      keyId: lease?.keyId ?? null,
      keyLabel: lease === null ? null : this.#deps.keyLabel(lease.keyId),
      lane: this.lane,
      estimatedTokens: estimate === undefined ? null : estimate.input + estimate.output,
      credits: this.credits.cost,
      chosenBy: lease?.chosenBy ?? null,
      method: exchange.method,
      path: clientTokens.reduce((path, token) => path.replaceAll(token, '[redacted]'), pathOf(this.#call)).slice(0, maxPath),
      modelAsked: facts.model,
      modelServed: usage?.model ?? fellBackTo,
      status: this.status,
      outcome: this.outcome,
      attempts: this.attempts.map(({ pool, model, ...attempt }) => ({ ...attempt, ...this.#elsewhere({ pool, model }) })),
      streamed: this.streamed,
      msQueued: Math.round(this.#queued),
      msFirstByte: this.#firstByte === null ? null : Math.round(this.#firstByte),
      msTotal: Math.round(this.elapsed),
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      cacheReadTokens: usage?.cacheReadTokens ?? null,
      cacheWriteTokens: usage?.cacheWriteTokens ?? null,
      reasoningTokens: usage?.reasoningTokens ?? null,
      costNanos: this.cost?.nanos ?? null,
      priceVersion: this.cost?.version ?? null,
      route: plan?.unified?.route ?? null,
      clientFormat: plan?.unified?.format ?? null,
      upstreamFormat: plan?.unified == null ? null : (serving?.format ?? null),
      dropped: [...(serving?.dropped ?? [])],
      cache: this.cache,
      errorCode: this.errorCode,
    }
  }
}

/** Under the pool, or of the unified API. */
function pathOf({ target }: AdmittedCall): string {
  switch (target.kind) {
    case 'pool':
      return target.rest
    case 'unified':
      return target.path
    case 'prompt':
      return `/prompts/${target.slug}`
    case 'metrics':
      return '/metrics'
  }
}

function redact(message: string, secret: string): string {
  // Providers echo keys in part ("sk-ab…yz is not valid"); anything that looks like one goes as well.
  const keyLike = /\b(?:sk|pk|rk|gsk|xai|kw|AIza)[-_A-Za-z0-9*.…]{12,}/g
  return message.replaceAll(secret, '[redacted]').replace(keyLike, '[redacted]').slice(0, maxMessage)
}

/** Labels are free text; a header value is printable ASCII. */
function headerSafe(label: string): string {
  return label.replace(/[^\u0020-\u007e]/g, '?').trim()
}
