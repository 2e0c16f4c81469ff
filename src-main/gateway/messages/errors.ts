/** Errors in Anthropic's shape. Source: platform.claude.com/docs/en/api/errors. */
import { at, textAt } from '../../providers/read.ts'
import { spoken } from '../../providers/upstream-error.ts'
import type { AnswerError } from '../types.ts'

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

export function writeError({ status, code, message }: AnswerError): Record<string, unknown> {
  const type = types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  return { type: 'error', error: { type, message, code }, request_id: null }
}

/** The error in a body or event `{type: "error", error: {type, message}}`. */
export function readError(body: unknown): AnswerError {
  const code = textAt(body, 'error', 'type') || 'api_error'
  const message = spoken(textAt(body, 'error', 'message')) ?? 'The upstream reported an error and did not say which.'
  return { status: statuses[code] ?? 500, code, message }
}

export function isError(body: unknown): boolean {
  return at(body, 'type') === 'error' && typeof at(body, 'error') === 'object'
}
