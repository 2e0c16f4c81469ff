/** What a key pool refuses, as coded errors. No message holds a key. */

type KeyPoolErrorCode =
  | 'INVALID_KEYS'
  | 'INVALID_COOLDOWN'
  | 'INVALID_USAGE'
  | 'UNKNOWN_PROVIDER'
  | 'UNKNOWN_KEY'
  | 'KEY_VARIABLE_UNSET'
  | 'NO_KEY_AVAILABLE'
  | 'STATE_LOCKED'

export class KeyPoolError extends Error {
  override readonly name = 'KeyPoolError'
  readonly code: KeyPoolErrorCode
  /** What was wrong, e.g. `providers.gemini.keys.0.id` or a variable's name. */
  readonly field: string
  /** NO_KEY_AVAILABLE: seconds until a key is expected back; null = nobody knows. */
  readonly retryAfter: number | null

  constructor(code: KeyPoolErrorCode, field: string, message: string, retryAfter: number | null = null) {
    super(message)
    this.code = code
    this.field = field
    this.retryAfter = retryAfter
  }
}
