/** Errors in Anthropic's shape. Source: platform.claude.com/docs/en/api/errors. */
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

export function writeError({ status, code, message }: AnswerError): Record<string, unknown> {
  const type = types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  return { type: 'error', error: { type, message, code }, request_id: null }
}
