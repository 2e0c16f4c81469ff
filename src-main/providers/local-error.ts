/** Errors made by Keywheel itself, in the shape of the API that the client speaks. */
import { errorShape } from './error-shape.ts'
import type { ApiFormat } from './types.ts'

interface LocalError {
  headers: Record<string, string>
  body: string
}

/**
 * The body of an error and its content headers. `status` 400-599; `code` is Keywheel's own (contract/errors.ts); `message` is for
 * people and holds no secret.
 */
export function localError(format: ApiFormat, status: number, code: string, message: string): LocalError {
  const body = JSON.stringify(errorShape(format, { status, code, message }))
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, body }
}
