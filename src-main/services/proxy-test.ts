/** One small real request through the proxy, as a client would send it. */
import { KeywheelError, type ProxyTested } from '../../src-preload/contract/index.ts'
import { providers } from '../providers/index.ts'
import type { ProviderDefinition } from '../providers/types.ts'
import { readStart } from './answer-text.ts'
import type { Catalog } from './catalog.ts'
import type { KnownClients } from './clients/client-sync.ts'
import { providerOf } from './pools/pool-row.ts'

export interface ProxyTestDeps {
  catalog: Catalog
  borrowToken: KnownClients['borrowToken']
  fetch: typeof globalThis.fetch
}

const timeoutMs = 30_000
const shownCharacters = 2000
const longestAnswer = 64 * 1024

/** PROXY_OFF, POOL_NOT_FOUND. What the upstream answers, good or bad, is the result. */
export async function testProxy(
  input: { pool: string; model?: string | undefined },
  proxyUrl: string | null,
  { catalog, borrowToken, fetch }: ProxyTestDeps,
): Promise<ProxyTested> {
  const pool = catalog.pool(input.pool, 'pool')
  if (proxyUrl === null) throw new KeywheelError('PROXY_OFF', 'Switch the proxy on first.', { action: 'proxy.start' })
  const { method, path, body } = smallRequest(providers[providerOf(pool.provider)], input.model)
  const { token, revoke } = borrowToken({ id: 'keywheel-test', name: 'Keywheel test' })
  const started = performance.now()
  try {
    const answer = await fetch(`${proxyUrl}/${pool.slug}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await readStart(answer, longestAnswer)
    return {
      ok: answer.ok,
      status: answer.status,
      ms: Math.round(performance.now() - started),
      key: answer.headers.get('x-keywheel-key'),
      attempts: Number(answer.headers.get('x-keywheel-attempts') ?? 0),
      requestId: answer.headers.get('x-keywheel-request'),
      body: text.slice(0, shownCharacters),
    }
  } catch (error) {
    const why =
      error instanceof Error && error.name === 'TimeoutError' ? 'No answer within 30 s.' : 'The proxy could not be reached.'
    return {
      ok: false,
      status: null,
      ms: Math.round(performance.now() - started),
      key: null,
      attempts: 0,
      requestId: null,
      body: why,
    }
  } finally {
    revoke()
  }
}

/** A list of models costs nothing; a chat is sent only when a model was named (the demo pool's is free as well). */
function smallRequest(provider: ProviderDefinition, model: string | undefined): { method: string; path: string; body?: unknown } {
  const hello = 'Say hello in one word.'
  if (provider.id === 'demo') {
    return {
      method: 'POST',
      path: '/chat/completions',
      body: { model: model ?? 'demo', messages: [{ role: 'user', content: hello }] },
    }
  }
  if (model === undefined) return { method: 'GET', path: provider.freeCheck?.path ?? '/' }
  switch (provider.format) {
    case 'anthropic':
      return {
        method: 'POST',
        path: '/v1/messages',
        body: { model, max_tokens: 16, messages: [{ role: 'user', content: hello }] },
      }
    case 'gemini':
      return {
        method: 'POST',
        path: `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
        body: { contents: [{ parts: [{ text: hello }] }] },
      }
    case 'openai':
    case 'plain':
      return { method: 'POST', path: '/chat/completions', body: { model, messages: [{ role: 'user', content: hello }] } }
  }
}
