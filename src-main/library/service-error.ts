/** What went wrong between this program and an apipool-server. */
import { ApipoolError, type ApipoolFailure } from '../remote/client/index.ts'
import { PoolError, type PoolErrorCode } from './errors.ts'

/** `status` = HTTP status of the server's answer, null when there was none; a 429 counts as "limit reached". */
export class ServiceError extends PoolError {
  override readonly name = 'ServiceError'
  readonly status: number | null
  /** Seconds until it may be asked again, where it says so. */
  readonly retryAfter: number | null

  constructor(code: PoolErrorCode, message: string, status: number | null = null, retryAfter: number | null = null) {
    super(code, message)
    this.status = status
    this.retryAfter = retryAfter
  }
}

const codes: Readonly<Record<ApipoolFailure, PoolErrorCode>> = {
  unauthorised: 'SERVICE_UNAUTHORISED',
  unreachable: 'SERVICE_UNREACHABLE',
  'not-apipool': 'NOT_A_SERVICE',
  refused: 'SERVICE_REFUSED',
}

/** Awaits what an apipool-server is asked, with its failures in the library's own errors. */
export async function asked<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work
  } catch (error) {
    throw inOwnWords(error)
  }
}

export function inOwnWords(error: unknown): unknown {
  if (!(error instanceof ApipoolError)) return error
  return new ServiceError(codes[error.code], error.message, error.status, error.retryAfter)
}
