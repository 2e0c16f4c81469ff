/** The failures that a program using the library may expect, as coded errors. No message holds a key. */

export type PoolErrorCode =
  | 'POOL_EXHAUSTED'
  | 'POOL_CLOSED'
  | 'CALL_TIMEOUT'
  | 'CALLS_FAILED'
  | 'CLIENT_FAILED'
  | 'NO_SUCH_METHOD'
  | 'NOT_CALLABLE'
  | 'UNKNOWN_KEY'
  | 'INVALID_CONFIG'
  | 'INVALID_ARGUMENT'
  | 'SERVICE_CALL_FAILED'
  | 'SERVICE_REFUSED'
  | 'SERVICE_UNAUTHORISED'
  | 'SERVICE_UNREACHABLE'
  | 'NOT_A_SERVICE'

/** Any expected failure of a pool. `field` names the argument or setting that was wrong; '' = none. */
export class PoolError extends Error {
  override name = 'PoolError'
  readonly code: PoolErrorCode
  readonly field: string

  constructor(code: PoolErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.field = options.field ?? ''
  }
}

export interface Exhaustion {
  reason: string
  /** Ms until the first key is expected back; null = nobody knows. */
  retryAfterMs: number | null
  active: number
  archived: number
}

/** No key could be had in time. Nothing was sent for the attempt that ends with it. */
export class PoolExhaustedError extends PoolError {
  override readonly name = 'PoolExhaustedError'
  /** Why: `no-keys`, `loading`, `cooling`, `busy`, `all-tried`, `banned`, … */
  readonly reason: string
  /** Seconds until the first key is expected back; null = only a check, a restore or a new key ends it. */
  readonly retryAfter: number | null
  /** The same as a moment. */
  readonly retryAt: Date | null
  readonly activeKeys: number
  readonly archivedKeys: number

  constructor({ reason, retryAfterMs, active, archived }: Exhaustion, now: number) {
    const back = retryAfterMs === null ? '' : `; the first is expected back in ${seconds(retryAfterMs)} s`
    super('POOL_EXHAUSTED', `No key is ready (${reason}): ${active} active, ${archived} archived${back}.`)
    this.reason = reason
    this.retryAfter = retryAfterMs === null ? null : seconds(retryAfterMs)
    this.retryAt = retryAfterMs === null ? null : new Date(now + Math.ceil(retryAfterMs))
    this.activeKeys = active
    this.archivedKeys = archived
  }
}

/** A call took longer than its time-out. It was told to stop where it takes a signal; its late answer is not used. */
export class CallTimeoutError extends PoolError {
  override readonly name = 'CallTimeoutError'

  constructor(method: string, timeoutMs: number) {
    super('CALL_TIMEOUT', `${method} did not answer within ${timeoutMs / 1000} s.`, { field: 'timeout' })
  }
}

/** A path leads nowhere, or to something that cannot be called. No key is blamed and nothing is counted. */
export class ChainError extends PoolError {
  override readonly name = 'ChainError'
  /** The whole dotted path. */
  readonly path: string
  /** The step that failed, from 1. */
  readonly step: number
  /** The class of the client that was asked. */
  readonly className: string

  constructor(code: 'NO_SUCH_METHOD' | 'NOT_CALLABLE', where: { path: string; step: number; className: string }, what: string) {
    super(code, `${where.path} on ${where.className}: ${what}`, { field: where.path })
    this.path = where.path
    this.step = where.step
    this.className = where.className
  }
}

/** Some of several calls failed; what the others gave is in `settled`, in the order of the input. */
export class ConcurrentCallError<Value = unknown> extends AggregateError {
  override readonly name = 'ConcurrentCallError'
  readonly code: PoolErrorCode = 'CALLS_FAILED'
  readonly settled: readonly PromiseSettledResult<Value>[]

  constructor(settled: readonly PromiseSettledResult<Value>[]) {
    const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    super(errors, `${errors.length} of ${settled.length} calls failed; the others' results are in \`settled\`.`)
    this.settled = settled
  }
}

function seconds(ms: number): number {
  return Math.ceil(ms) / 1000
}
