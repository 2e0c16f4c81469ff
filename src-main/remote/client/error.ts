/** Why an apipool-server did not give what it was asked for. Holds no secret. */

/**
 * `unauthorised`: it refuses the name, password or token. `unreachable`: no answer, or one that broke off. `not-apipool`: something
 * else answers there. `refused`: it understood, and says no.
 */
export type ApipoolFailure = 'unauthorised' | 'unreachable' | 'not-apipool' | 'refused'

export class ApipoolError extends Error {
  override readonly name = 'ApipoolError'
  readonly code: ApipoolFailure
  /** Of its answer; null = there was none. */
  readonly status: number | null
  /** When it may be asked again, in seconds, where it says so. */
  readonly retryAfter: number | null

  constructor(code: ApipoolFailure, message: string, status: number | null = null, retryAfter: number | null = null) {
    super(message)
    this.code = code
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** Something else, or something broken, is at the address of the server. */
export function notApipool(what: string, status: number | null = null): ApipoolError {
  return new ApipoolError('not-apipool', `This is no apipool-server, or it is damaged: ${what}.`, status)
}
