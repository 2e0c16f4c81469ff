/** Errors in OpenAI's shape, and errors of upstreams in any shape. */
import { statusOf } from '../../providers/in-band.ts'
import { errorOf, readError, spoken, type UpstreamError } from '../../providers/upstream-error.ts'
import type { AnswerError } from '../types.ts'

/** The body of an error as OpenAI's APIs give it. */
export function writeError({ status, code, message }: AnswerError): Record<string, unknown> {
  return { error: { message, type: typeOf(status), param: null, code } }
}

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** The error in a body or event that came with status 200; null = there is none. */
export function errorIn(body: unknown): AnswerError | null {
  const error = readError(body)
  return error === null ? null : answerError(statusOf(error, body), error)
}

/** The error that an answer of this status (400 and above) is, whatever its shape. */
export function errorOfAnswer(status: number, body: unknown): AnswerError {
  return answerError(status, errorOf(body))
}

function answerError(status: number, error: UpstreamError): AnswerError {
  const message = spoken(error.message) ?? 'The upstream reported an error and did not say which.'
  // Gemini's code is the number of the status.
  const code = /^\d*$/.test(error.code) ? error.type : error.code
  return { status, code: code || 'UPSTREAM_ERROR', message }
}
