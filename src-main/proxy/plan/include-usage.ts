/** Streams of chat completions tell what they used only when asked to: they are asked, and the client is not told what it did not ask for. */
import type { ProviderId } from '../../../src-preload/contract/index.ts'
import { withIncludeUsage } from '../../gateway/index.ts'
import type { Serving } from './call-plan.ts'

/** Providers that document `stream_options.include_usage`; of a server that only calls itself compatible nothing is known. */
const takesIt: ReadonlySet<ProviderId> = new Set<ProviderId>([
  'openai',
  'azure-openai',
  'deepseek',
  'groq',
  'xai',
  'openrouter',
  'demo',
])

/** They tell unasked, and Mistral refuses fields that it does not know. */
const tellsAnyway: ReadonlySet<ProviderId> = new Set<ProviderId>(['mistral', 'cohere'])

interface Request {
  /** Below the base URL. */
  path: string
  json: unknown
  bytes: Uint8Array | null
}

/** The same streamed call, with its usage asked for where the provider takes that; `always` = where it is not known, too. */
export function countingUsage(serving: Serving, { path, json, bytes }: Request, always = false): Serving {
  const { id } = serving.pool.provider
  if (!/\/chat\/completions(?:\?|$)/.test(path) || !(takesIt.has(id) || (always && !tellsAnyway.has(id)))) return serving
  const options = (json as { stream_options?: { include_usage?: unknown } } | undefined)?.stream_options
  const body = serving.body ?? bytes
  if (options?.include_usage === true || body === null) return serving
  const asking = withIncludeUsage(body)
  return asking === null ? serving : { ...serving, body: asking, hidesUsage: true, plain: true }
}
