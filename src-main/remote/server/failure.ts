/** Whatever was thrown, as an answer: problems as they are, Keywheel's own errors in words, the rest as 500 with a line in the log. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import { ApiProblem } from './types.ts'

/** `call` names the place in the log. */
export function problemOf(error: unknown, call: string, log: { warn(fields: object, message: string): void }): ApiProblem {
  if (error instanceof ApiProblem) return error
  if (error instanceof KeywheelError) return fromKeywheel(error)
  log.warn({ call, ...describe(error) }, 'a call of the apipool protocol failed unexpectedly')
  return new ApiProblem(500, 'Internal Server Error')
}

function fromKeywheel(error: KeywheelError): ApiProblem {
  const { retryAfter, fields } = error.data
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  // Programs that speak this protocol do not know 423; to wait is what they can do.
  if (error.code === 'VAULT_LOCKED') return new ApiProblem(503, 'The vault of this Keywheel is locked. Open it there.', headers)
  if (error.code === 'INVALID_INPUT' && fields) {
    const detail = fields.map(({ path, message }) => ({
      type: 'value_error',
      loc: ['body', ...path.split('.')],
      msg: message,
      input: null,
    }))
    return new ApiProblem(422, detail)
  }
  return new ApiProblem(error.status, error.message, headers)
}

/** Kind and place. Not the message: other people's messages quote values, and a value may be a secret. */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error }
  const code = 'code' in error ? { code: String(error.code) } : {}
  return { error: error.name, ...code, stack: error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) }
}
