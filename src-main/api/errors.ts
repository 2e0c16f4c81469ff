/** Errors on their way out: coded, with the field and the mend; what is unexpected gets a reference and goes to the log. */
import { randomBytes } from 'node:crypto'
import { mapEventIterator } from '@orpc/client'
import { ORPCError, ValidationError } from '@orpc/server'
import { type ErrorCode, type ErrorData, errorTable, KeywheelError } from '../../src-preload/contract/index.ts'
import type { ApiContext, ApiLog } from './context.ts'
import { fieldIssues } from './field-issues.ts'

type WireError = ORPCError<ErrorCode, ErrorData>

interface ProcedureCall<T> {
  context: ApiContext
  path: readonly string[]
  signal?: AbortSignal | undefined
  next(): Promise<T>
}

/** For the options of every oRPC handler: whatever fails leaves as a coded error. */
export const errorMapping = { clientInterceptors: [codeFailure], interceptors: [codeUnreadable] }

async function codeFailure<T>({ context, path, signal, ...step }: ProcedureCall<T>): Promise<T> {
  const coded = (error: unknown) =>
    // The caller has gone: nobody reads the answer, and its abort is no failure of ours.
    signal?.aborted ? error : wireError(toKeywheelError(error, context.log, path.join('.')))
  try {
    const output = await step.next()
    return isStream(output) ? (codeStream(output, coded) as T) : output
  } catch (error) {
    throw coded(error)
  }
}

/** A subscription fails while it is read, long after its call has been answered. */
function codeStream(stream: AsyncIterator<unknown>, coded: (error: unknown) => unknown): AsyncIterator<unknown> {
  return mapEventIterator(stream, { value: (event) => Promise.resolve(event), error: (error) => Promise.resolve(coded(error)) })
}

function isStream(output: unknown): output is AsyncIterator<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output
}

/** Around the whole call: what is still uncoded here failed before the procedure, while its input was decoded. */
async function codeUnreadable<T>(step: { next(): Promise<T> }): Promise<T> {
  try {
    return await step.next()
  } catch (error) {
    throw error instanceof ORPCError ? error : wireError(new KeywheelError('INVALID_INPUT', 'The request could not be read.'))
  }
}

/** A KeywheelError as it travels. */
export function wireError(error: KeywheelError): WireError {
  return new ORPCError(error.code, { defined: true, status: error.status, message: error.message, data: error.data })
}

/** Whatever was thrown, as an error that may be shown; `call` names the place in the log, without a query. */
export function toKeywheelError(error: unknown, log: ApiLog, call: string): KeywheelError {
  if (error instanceof KeywheelError) return error
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return invalidInput(error)
  const reference = randomBytes(6).toString('hex')
  log.error({ reference, call, ...describe(error) }, 'a call failed unexpectedly')
  return new KeywheelError('INTERNAL', `${errorTable.INTERNAL.message} Its log names this failure ${reference}.`, { reference })
}

/** oRPC's refusal of an input that does not fit the schema. */
function invalidInput(error: ORPCError<string, unknown>): KeywheelError {
  if (!(error.cause instanceof ValidationError)) return new KeywheelError('INVALID_INPUT')
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
