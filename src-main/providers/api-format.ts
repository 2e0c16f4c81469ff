/** Which API a client speaks, as far as its request shows. */
import type { ApiFormat, HeaderReader } from './types.ts'

/**
 * By the path (`/messages`, `/chat/completions`, `/models/{m}:verb`, …), else by the headers that only one API has, else
 * `otherwise` (usually the pool's own format). `path` may have a query.
 */
export function detectFormat(path: string, header: HeaderReader, otherwise: ApiFormat): ApiFormat {
  const [pathname = ''] = path.split('?', 1)
  if (/\/models\/[^/]+:\w+$/.test(pathname)) return 'gemini'
  if (/\/messages(\/(count_tokens|batches.*))?$/.test(pathname)) return 'anthropic'
  if (/\/(chat\/completions|completions|responses|embeddings)$/.test(pathname)) return 'openai'
  if (header('anthropic-version') !== undefined || header('x-api-key') !== undefined) return 'anthropic'
  if (header('x-goog-api-key') !== undefined) return 'gemini'
  return otherwise
}
