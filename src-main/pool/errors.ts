/** What the engine refuses, as coded errors: thrown before anything has changed. */

export type EngineErrorCode =
  | 'INVALID_LIMIT'
  | 'INVALID_RULE'
  | 'UNKNOWN_STRATEGY'
  | 'FALLBACK_CYCLE'
  | 'UNKNOWN_POOL'
  | 'UNKNOWN_KEY'
  | 'UNKNOWN_LEASE'

export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineErrorCode
  /** The field that was wrong, e.g. `limits.gpt-5.0.amount`; '' = none. */
  readonly field: string

  constructor(code: EngineErrorCode, message: string, field = '') {
    super(message)
    this.code = code
    this.field = field
  }
}
