/** Errors on their way out: coded, with the field and the mend; what is unexpected gets a reference and goes to the log. */
import { randomBytes } from 'node:crypto'
import { ORPCError, ValidationError } from '@orpc/server'
import { type ErrorCode, type ErrorData, errorTable, KeywheelError } from '../../src-preload/contract/index.ts'
import type { ApiContext, ApiLog } from './context.ts'
import { fieldIssues } from './field-issues.ts'

type WireError = ORPCError<ErrorCode, ErrorData>

interface Call {
  context: ApiContext
  request: { url: URL; signal?: AbortSignal | undefined }
  next(): Promise<unknown>
}

/** For the `interceptors` of every oRPC handler: whatever fails inside leaves as a coded error. */
export async function codedErrors<T>(call: Omit<Call, 'next'> & { next(): Promise<T> }): Promise<T> {
  try {
    return await call.next()
  } catch (error) {
    // The caller has gone: nobody reads the answer, and its abort is no failure of ours.
    if (call.request.signal?.aborted) throw error
    throw toWireError(error, call.context.log, call.request.url.pathname)
  }
}

/** A KeywheelError as it travels. */
export function wireError(error: KeywheelError): WireError {
  return new ORPCError(error.code, { defined: true, status: error.status, message: error.message, data: error.data })
}

/** `call` names the call in the log: a path without its query. */
export function toWireError(error: unknown, log: ApiLog, call: string): WireError {
  if (error instanceof KeywheelError) return wireError(error)
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return wireError(invalidInput(error))
  const reference = randomBytes(6).toString('hex')
  log.error({ reference, call, ...describe(error) }, 'a call failed unexpectedly')
  const message = `${errorTable.INTERNAL.message} Its log names this failure ${reference}.`
  return wireError(new KeywheelError('INTERNAL', message, { reference }))
}

/** oRPC's two refusals of an input: by the schema, or because it could not be decoded at all. */
function invalidInput(error: ORPCError<string, unknown>): KeywheelError {
  if (!(error.cause instanceof ValidationError)) return new KeywheelError('INVALID_INPUT', 'The request could not be read.')
  const fields = fieldIssues(error.cause.issues)
  const message = fields.map((field) => (field.path ? `${field.path}: ${field.message}` : field.message)).join('; ')
  return new KeywheelError('INVALID_INPUT', message || errorTable.INVALID_INPUT.message, { fields })
}

/** Kind and place of a failure. Not its message: other people's messages quote values, and a value may be a secret. */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error }
  const code = 'code' in error ? { code: String(error.code) } : {}
  const fields = error.cause instanceof ValidationError ? { fields: fieldIssues(error.cause.issues) } : {}
  const stack = error.stack?.split('\n').filter((line) => /^\s+at /.test(line))
  return { error: error.name, ...code, ...fields, stack }
}
