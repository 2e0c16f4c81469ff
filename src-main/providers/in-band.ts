/** Errors that come with status 200: in the body, or as an event of a stream. */
import type { Outcome } from '../pool/types.ts'
import type { UpstreamAnswer } from './types.ts'
import { readError, type UpstreamError } from './upstream-error.ts'

/** Which status the error would have had. OpenRouter gives it as its code; the others name a type. */
const statusByName: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  UNAUTHENTICATED: 401,
  billing_error: 402,
  permission_error: 403,
  PERMISSION_DENIED: 403,
  not_found_error: 404,
  NOT_FOUND: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  RESOURCE_EXHAUSTED: 429,
  overloaded_error: 529,
  server_is_overloaded: 503,
  UNAVAILABLE: 503,
  timeout_error: 504,
  DEADLINE_EXCEEDED: 504,
}

/** The outcome of an error inside a 200, read by the provider's own rules as if it had come with its status; null = there is none. */
export function inBandOutcome(
  answer: UpstreamAnswer,
  now: number,
  classify: (answer: UpstreamAnswer, now: number) => Outcome,
): Outcome | null {
  const error = readError(answer.body)
  if (error === null) return null
  return classify({ ...answer, status: statusOf(error, answer.body) }, now)
}

/** The status that an error inside a 200 would have had. */
export function statusOf(error: UpstreamError, body: unknown): number {
  const code = Number(error.code)
  if (Number.isInteger(code) && code >= 400 && code <= 599) return code
  const status = readStatus(body)
  return statusByName[error.code] ?? statusByName[error.type] ?? statusByName[status] ?? 500
}

/** Gemini's `status` beside its numeric code. */
function readStatus(body: unknown): string {
  const status = (body as { error?: { status?: unknown } } | null | undefined)?.error?.status
  return typeof status === 'string' ? status : ''
}
