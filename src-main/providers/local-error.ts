/** Errors made by Keywheel itself, in the shape of the API that the client speaks, so that its SDK understands them. */
import type { ApiFormat } from './types.ts'

interface LocalError {
  headers: Record<string, string>
  body: string
}

const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const geminiStatuses: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/**
 * The body of an error and its content headers. `status` 400-599; `code` is Keywheel's own (contract/errors.ts) and stands where
 * each API has a machine-readable code; `message` is for people and holds no secret.
 */
export function localError(format: ApiFormat, status: number, code: string, message: string): LocalError {
  const body = JSON.stringify(shape(format, status, code, message))
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, body }
}

function shape(format: ApiFormat, status: number, code: string, message: string): object {
  if (format === 'openai') return { error: { message, type: openaiType(status, code), param: null, code } }
  if (format === 'anthropic') {
    const type = anthropicTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
    return { type: 'error', error: { type, message, code }, request_id: null }
  }
  if (format === 'plain') return { error: { code, message } }
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain: 'keywheel' }]
  const name = geminiStatuses[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL')
  return { error: { code: status, message, status: name, details } }
}

function openaiType(status: number, code: string): string {
  // What OpenAI calls an account without money, and its clients know not to repeat.
  if (code === 'BUDGET_SPENT') return 'insufficient_quota'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
