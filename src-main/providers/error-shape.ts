/** An error in the shape of an API, so that its SDKs understand it: of Keywheel itself, or an upstream's in another API's words. */
import type { ApiFormat } from './types.ts'

interface ShapedError {
  /** 400-599. */
  status: number
  /** Stands where each API has a machine-readable code. */
  code: string
  /** For people; holds no secret. */
  message: string
}

/** Source: platform.claude.com/docs/en/api/errors. */
const anthropicTypes: Readonly<Record<number, string>> = {
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

/** Source: ai.google.dev/gemini-api/docs/troubleshooting and google.rpc.Code. */
const geminiStatuses: Readonly<Record<number, string>> = {
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

/** The JSON of `error`. */
export function errorShape(format: ApiFormat, error: ShapedError): Record<string, unknown> {
  const { status, code, message } = error
  switch (format) {
    case 'openai':
      return { error: { message, type: openaiType(status, code), param: null, code } }
    case 'anthropic': {
      const type = anthropicTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
      return { type: 'error', error: { type, message, code }, request_id: null }
    }
    case 'gemini': {
      const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain: 'keywheel' }]
      const name = geminiStatuses[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL')
      return { error: { code: status, message, status: name, details } }
    }
    case 'plain':
      return { error: { code, message } }
  }
}

function openaiType(status: number, code: string): string {
  // What OpenAI calls an account without money, and its clients know not to repeat.
  if (code === 'BUDGET_SPENT') return 'insufficient_quota'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
