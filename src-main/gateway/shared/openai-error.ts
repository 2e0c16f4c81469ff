/** Errors in OpenAI's shape, and errors of upstreams in any shape. */
import { errorShape } from '../../providers/error-shape.ts'
import { statusOf } from '../../providers/in-band.ts'
import { errorOf, readError, spoken, type UpstreamError } from '../../providers/upstream-error.ts'
import type { AnswerError } from '../types.ts'

/** The body of an error as OpenAI's APIs give it. */
export function writeError(error: AnswerError): Record<string, unknown> {
  return errorShape('openai', error)
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
