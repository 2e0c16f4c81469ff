/** Errors in Google's shape. Source: ai.google.dev/gemini-api/docs/troubleshooting and google.rpc.Code. */
import { at, countAt, textAt } from '../../providers/read.ts'
import { spoken } from '../../providers/upstream-error.ts'
import type { AnswerError } from '../types.ts'

const names: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  529: 'UNAVAILABLE',
}

export function writeError({ status, code, message }: AnswerError): Record<string, unknown> {
  const name = names[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL')
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain: 'keywheel' }]
  return { error: { code: status, message, status: name, details } }
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
