/** What went wrong, as data: the code, the fields, and what the answer offers as a mend. */
import { ORPCError } from '@orpc/client'
import { type ErrorCode, type ErrorData, errorTable } from '../../src-preload/contract/index.ts'
import { ConnectionError } from '../bridge/index.ts'
import type { PageErrorCode } from '../i18n/en/errors.ts'
import { said } from '../i18n/said.ts'
import { PrivacyError } from '../privacy/guard.ts'

export interface Problem {
  code: ErrorCode | PageErrorCode
  /** The application's own words, which may name details. */
  message: string
  data: ErrorData
}

/** Codes that oRPC itself gives, and what they mean here. */
const byTransport: Partial<Record<string, Problem['code']>> = {
  BAD_REQUEST: 'INVALID_INPUT',
  INTERNAL_SERVER_ERROR: 'INTERNAL',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
  FORBIDDEN: 'FORBIDDEN_ORIGIN',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
}

/** Any failure of a call as one shape; whatever is not an answer counts as "does not answer". */
export function problemOf(error: unknown): Problem {
  if (error instanceof PrivacyError) return { code: 'PRIVACY_ON', message: error.message, data: {} }
  if (!(error instanceof ORPCError)) {
    const code = error instanceof ConnectionError && error.reason === 'expired' ? 'SIGNED_OUT' : 'UNREACHABLE'
    return { code, message: error instanceof Error ? error.message : String(error), data: {} }
  }
  const code = isErrorCode(error.code) ? error.code : (byTransport[error.code] ?? 'INTERNAL')
  const data = typeof error.data === 'object' && error.data !== null ? (error.data as ErrorData) : {}
  const fields = data.fields?.map(({ path, message }) => ({ path, message: said(message) }))
  return {
    code: code === 'UNAUTHORIZED' ? 'SIGNED_OUT' : code,
    message: said(error.message),
    data: fields ? { ...data, fields } : data,
  }
}

/** The refused fields by their path, as Mantine's forms take them. */
export function fieldErrors(error: unknown): Record<string, string> {
  return Object.fromEntries((problemOf(error).data.fields ?? []).map((field) => [field.path, field.message]))
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code)
}
