/** Errors in Anthropic's shape. */
import { errorShape } from '../../providers/error-shape.ts'
import type { AnswerError } from '../types.ts'

export function writeError(error: AnswerError): Record<string, unknown> {
  return errorShape('anthropic', error)
}
