/** Builders of answers for the tables. */
import type { UpstreamAnswer } from '../../src-main/providers/index.ts'

/** 12:00:00 UTC on 15 January 2026; 04:00 in California. */
export const noon = Date.UTC(2026, 0, 15, 12)

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): UpstreamAnswer {
  return { status, header: (name) => headers[name.toLowerCase()], body }
}

export const openaiError = (fields: { message?: string; type?: string; code?: string | number | null; metadata?: object }) => ({
  error: { message: 'no', type: 'invalid_request_error', param: null, code: null, ...fields },
})

export const anthropicError = (type: string, message = 'no', details?: object) => ({
  type: 'error',
  error: { type, message, ...(details ? { details } : {}) },
  request_id: 'req_1',
})

export const geminiError = (code: number, status: string, message = 'no', details: object[] = []) => ({
  error: { code, status, message, details },
})
