/** Where a client puts its token: wherever its SDK puts a key. */
import type { ApiFormat } from '../../providers/types.ts'
import { headerValue } from '../raw-headers.ts'

/** Header names that carry a credential. None of them is ever passed on. */
export const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'cookie',
  'proxy-authorization',
])

/** The tokens that a request presents, and the API that its way of presenting them belongs to. */
export function presentedTokens(raw: readonly string[], target: string): { tokens: string[]; format: ApiFormat } {
  const bearer = /^Bearer +(\S+)$/i.exec(headerValue(raw, 'authorization')?.trim() ?? '')?.[1]
  const anthropic = headerValue(raw, 'x-api-key')
  const google = headerValue(raw, 'x-goog-api-key') ?? queryKey(target)
  const found = [bearer, anthropic, google, headerValue(raw, 'api-key')].filter((token) => token !== undefined && token !== '')
  // What the client speaks can be told from its headers alone, so the answer is the same for every path.
  const speaksAnthropic = anthropic !== undefined || headerValue(raw, 'anthropic-version') !== undefined
  const format = speaksAnthropic ? 'anthropic' : google !== undefined ? 'gemini' : 'openai'
  return { tokens: found as string[], format }
}

function queryKey(target: string): string | undefined {
  const mark = target.indexOf('?')
  return mark < 0 ? undefined : (new URLSearchParams(target.slice(mark + 1)).get('key') ?? undefined)
}
