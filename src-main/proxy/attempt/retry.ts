/** When a call may be tried again on another key, before the client has received a byte. */
import type { PoolConfig } from '../../../src-preload/contract/index.ts'
import type { Clock, Outcome, OutcomeClass } from '../../pool/types.ts'
import { isOutboundFailure } from '../forward/outbound-failure.ts'
import { isAddressRefusal } from '../forward/upstream-address.ts'
import type { Failure } from './attempt.ts'

/** How an attempt that did not serve ended: with an upstream's answer, or without one. */
export type Ending =
  | { kind: 'answer'; outcome: Outcome; status: number; askedToRetry: boolean }
  | { kind: 'failed'; failure: Failure }

/**
 * `key`: the upstream did not process the call because of the key, so another key is always in order.
 * `unsent`: nothing of the call was processed, so it may be sent again once, with any method.
 * `asked`: the upstream says that it did not process it and asks to try again.
 * `processed`: it may have been processed, and charged for; `retryUncertain` of the pool says which methods are sent again then.
 * `never`: the answer is the client's.
 */
type RetryReason = 'key' | 'unsent' | 'asked' | 'processed' | 'never'

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const resets = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** True for methods that do the same when they are done twice (RFC 9110 9.2.2). */
function isIdempotent(method: string): boolean {
  return idempotent.has(method)
}

/** Certificates that do not hold: another key would meet the same stranger. */
export function isTlsFailure(code: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)
}

export function retryReason(ending: Ending, method: string): RetryReason {
  return ending.kind === 'failed' ? afterFailure(ending.failure, method) : afterAnswer(ending)
}

function afterFailure({ stage, bytesSent, code }: Failure, method: string): RetryReason {
  if (isTlsFailure(code) || isAddressRefusal(code)) return 'never'
  // What stands in the way of one key stands in the way of all, but for a proxy that may have been busy for a moment.
  if (isOutboundFailure(code)) return code === 'OUTBOUND_UNREACHABLE' || code === 'OUTBOUND_TIMEOUT' ? 'unsent' : 'never'
  if (stage === 'connect' || (stage === 'sending' && bytesSent === 0)) return 'unsent'
  // The classic race: the upstream closed a kept connection just as the request was written.
  if (resets.has(code) && stage === 'waiting' && isIdempotent(method)) return 'unsent'
  return 'processed'
}

const afterClass: Readonly<Record<OutcomeClass, RetryReason>> = {
  'rate-short': 'key',
  'rate-daily': 'key',
  'no-credit': 'key',
  'key-invalid': 'key',
  'model-unavailable': 'key',
  overloaded: 'processed',
  network: 'processed',
  ok: 'never',
  'request-bad': 'never',
  aborted: 'never',
}

function afterAnswer({ outcome, status, askedToRetry }: Extract<Ending, { kind: 'answer' }>): RetryReason {
  if (outcome.class === 'overloaded' && askedToRetry && (status === 503 || status === 529)) return 'asked'
  return afterClass[outcome.class]
}

/** Keeps retries that are nobody's key's fault at a fifth of the traffic, so that they cannot make an outage worse. */
export interface RetryBudget {
  /** Every call adds a fifth of a retry. */
  deposit(): void
  /** Takes one retry; false when there is none. */
  withdraw(): boolean
}

const share = 0.2
const windowMs = 10_000
/** What a window begins with, so that a quiet pool has some as well. */
const floor = 3

/** A budget over a window of 10 s. */
export function createRetryBudget(clock: Pick<Clock, 'mono'>): RetryBudget {
  let balance = floor
  let since = clock.mono()
  const roll = () => {
    const now = clock.mono()
    if (now - since < windowMs) return
    balance = floor
    since = now
  }
  return {
    deposit() {
      roll()
      balance += share
    },
    withdraw() {
      roll()
      if (balance < 1) return false
      balance -= 1
      return true
    },
  }
}

const longestPauseMs = 5_000
const shortestPauseMs = 250

interface Progress {
  readonly elapsed: number
  readonly attempts: readonly unknown[]
}

/** What a pool, or a route, allows. */
export type RetryRules = Pick<PoolConfig, 'maxAttempts' | 'attemptBudget' | 'retryOnFailure' | 'maxRetries' | 'retryUncertain'>

/** The retries of one call. */
export class RetryPlan {
  readonly #method: string
  readonly #config: RetryRules
  readonly #budget: RetryBudget
  #resent = false
  #retries = 0
  /** True when the last attempt did not reach anybody, so that the same key may be used once more. */
  mayRepeatKey = false

  constructor(method: string, config: RetryRules, budget: RetryBudget) {
    this.#method = method
    this.#config = config
    this.#budget = budget
  }

  /** Milliseconds to wait before the next attempt; null when there must be none. */
  allow(reason: RetryReason, ending: Ending, { elapsed, attempts }: Progress): number | null {
    const { maxAttempts, attemptBudget } = this.#config
    this.mayRepeatKey = reason === 'unsent' && !this.#resent
    if (attempts.length >= maxAttempts || elapsed >= attemptBudget * 1000) return null
    if (reason === 'never') return null
    if (reason === 'key') return 0
    if (reason === 'unsent') {
      if (this.#resent) return null
      this.#resent = true
      return 0
    }
    const allowed = reason === 'asked' ? Math.max(2, this.#configured()) : this.#uncertain()
    return this.#spend(allowed) ? pauseOf(ending) : null
  }

  /** Retries of a call that the upstream may have worked on. */
  #uncertain(): number {
    const { retryUncertain } = this.#config
    if (retryUncertain === 'always') return Math.max(1, this.#configured())
    const once = retryUncertain === 'idempotent' && isIdempotent(this.#method) ? 1 : 0
    return Math.max(once, this.#configured())
  }

  #configured(): number {
    const { retryOnFailure, maxRetries } = this.#config
    return retryOnFailure ? maxRetries : 0
  }

  #spend(allowed: number): boolean {
    if (this.#retries >= allowed || !this.#budget.withdraw()) return false
    this.#retries++
    return true
  }
}

/** An overloaded upstream is not asked again at once; one that wants more than a moment is the client's to wait for. */
function pauseOf(ending: Ending): number | null {
  const holdMs = (ending.kind === 'answer' ? ending.outcome.holdMs : undefined) ?? shortestPauseMs
  return holdMs > longestPauseMs ? null : Math.max(holdMs, shortestPauseMs)
}
