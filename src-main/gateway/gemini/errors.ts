/** Errors in Google's shape. */
import { errorShape } from '../../providers/error-shape.ts'
import { at, countAt, textAt } from '../../providers/read.ts'
import { spoken } from '../../providers/upstream-error.ts'
import type { AnswerError } from '../types.ts'

export function writeError(error: AnswerError): Record<string, unknown> {
  return errorShape('gemini', error)
}

export function isError(body: unknown): boolean {
  const error = at(body, 'error')
  return typeof error === 'object' && error !== null
}

/** The error in `{error: {code, message, status}}`. */
export function readError(body: unknown): AnswerError {
  const said = countAt(body, 'error', 'code')
  const status = said !== null && said >= 400 && said <= 599 ? said : 500
  const message = spoken(textAt(body, 'error', 'message')) ?? 'The upstream reported an error and did not say which.'
  return { status, code: textAt(body, 'error', 'status') || 'INTERNAL', message }
}
