/** Streams of chat completions tell what they used only when asked to: they are asked, and the client is not told what it did not ask for. */
import type { ProviderId } from '../../src-preload/contract/index.ts'
import { withIncludeUsage } from '../gateway/index.ts'
import type { Serving } from './call-plan.ts'

/**
 * Providers that document `stream_options.include_usage`. Mistral and Cohere always tell, and Mistral refuses fields that it does
 * not know; of a server that only calls itself compatible nothing is known.
 */
const takesIt: ReadonlySet<ProviderId> = new Set<ProviderId>([
  'openai',
  'azure-openai',
  'deepseek',
  'groq',
  'xai',
  'openrouter',
  'demo',
])

interface Request {
  /** Below the base URL. */
  path: string
  json: unknown
  bytes: Uint8Array | null
}

/** The same streamed call, with its usage asked for where the provider takes that; `always` = where it is not known, too. */
export function countingUsage(serving: Serving, { path, json, bytes }: Request, always = false): Serving {
  if (!/\/chat\/completions(?:\?|$)/.test(path) || !(always || takesIt.has(serving.pool.provider.id))) return serving
  const options = (json as { stream_options?: { include_usage?: unknown } } | undefined)?.stream_options
  const body = serving.body ?? bytes
  if (options?.include_usage === true || body === null) return serving
  const asking = withIncludeUsage(body)
  return asking === null ? serving : { ...serving, body: asking, hidesUsage: true, plain: true }
}
