/** What is written down of one call while it goes on, and the row that becomes of it. */
import type { Attempt, RequestRow } from '../../src-preload/contract/index.ts'
import type { Cost, Lease, Outcome } from '../pool/types.ts'
import type { RequestFacts, TokenUsage } from '../providers/types.ts'
import type { AdmittedCall } from './admission.ts'
import type { ProxyDeps } from './types.ts'

const maxPath = 2048
const maxMessage = 300
const noFacts: RequestFacts = { model: null, stream: false, inputTokens: 0, outputTokens: 0 }

export class CallRecord {
  readonly id: string
  readonly attempts: Attempt[] = []
  facts: RequestFacts = noFacts
  lane: RequestRow['lane']
  /** What was reserved. */
  estimate: Cost | undefined = undefined
  lease: Lease | null = null
  status: number | null = null
  outcome: RequestRow['outcome'] = 'no-key'
  errorCode: string | null = null
  streamed = false
  usage: TokenUsage | null = null
  costNanos: number | null = null
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

  /** An attempt has ended. The upstream's words may hold the key it was given; they are kept without it. */
  attempt(lease: Lease, since: number, status: number | null, outcome: Outcome, secret: string): void {
    this.outcome = outcome.class
    this.attempts.push({
      keyId: lease.keyId,
      keyLabel: this.#deps.keyLabel(lease.keyId),
      outcome: outcome.class,
      status,
      ms: Math.round(this.elapsed - since),
      message: outcome.message === undefined ? null : redact(outcome.message, secret),
      ...this.#elsewhere(lease),
    })
  }

  /** Where a lease leads when that is not what was asked for. */
  #elsewhere({ pool, model }: Lease): Pick<Attempt, 'pool' | 'model'> {
    return {
      ...(pool === this.#call.pool.slug ? {} : { pool }),
      ...(model === undefined || model === this.facts.model ? {} : { model }),
    }
  }

  /** The headers by which an answer says how it came about; `attempts` made so far. */
  headers(attempts: number): string[] {
    const served = this.lease === null ? [] : this.#servedBy(this.lease)
    const retry = this.tooLongToRepeat ? ['x-keywheel-retry', 'body-too-large'] : []
    return [...served, 'x-keywheel-attempts', String(attempts), 'x-keywheel-request', this.id, ...retry]
  }

  #servedBy({ keyId, pool, model }: Lease): string[] {
    const headers = ['x-keywheel-key', headerSafe(this.#deps.keyLabel(keyId))]
    if (model !== undefined) headers.push('x-keywheel-model', headerSafe(model))
    if (pool !== this.#call.pool.slug) headers.push('x-keywheel-pool', pool)
    return headers
  }

  row(): RequestRow {
    const { client, pool, exchange, rest, clientTokens } = this.#call
    const { lease, usage, facts, estimate } = this
    // An answer that does not name its model was still served by the one that the call fell back to.
    const fellBackTo = lease === null || this.usage === null ? null : (this.#elsewhere(lease).model ?? null)
    return {
      id: this.id,
      at: this.#at,
      clientId: client.id,
      clientName: client.name,
      pool: pool.slug,
      keyId: lease?.keyId ?? null,
      keyLabel: lease === null ? null : this.#deps.keyLabel(lease.keyId),
      lane: this.lane,
      estimatedTokens: estimate === undefined ? null : estimate.input + estimate.output,
      chosenBy: lease?.chosenBy ?? null,
      method: exchange.method,
      path: clientTokens.reduce((path, token) => path.replaceAll(token, '[redacted]'), rest).slice(0, maxPath),
      modelAsked: facts.model,
      modelServed: usage?.model ?? fellBackTo,
      status: this.status,
      outcome: this.outcome,
      attempts: this.attempts,
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
      costNanos: this.costNanos,
      errorCode: this.errorCode,
    }
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
