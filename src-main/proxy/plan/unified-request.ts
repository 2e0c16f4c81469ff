/** What the unified API is asked: an operation with a model, and its body. */
import type { Operation } from '../../gateway/types.ts'

export interface UnifiedRequest {
  operation: Exclude<Operation, { kind: 'models' }>
  /** As the client's path says it, '' or beginning with '?'. */
  query: string
  bytes: Uint8Array
  json: Record<string, unknown>
  /** The prompt that this was made of; null = the client's own words. */
  prompt: string | null
  /** The model of a prompt is the caller's choice, not the prompt's. */
  ownModel?: boolean
}
