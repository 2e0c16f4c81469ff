/** The whole addresses that calls of the unified API and lists of models go to, for every way to write a base URL. */
import { describe, expect, it } from 'vitest'
import { providers } from '../../src-main/providers/index.ts'
import type { UpstreamCall, UpstreamNames } from '../../src-main/providers/types.ts'
import { upstreamTarget } from '../../src-main/proxy/admit/target.ts'
import type { ProviderId } from '../../src-preload/contract/index.ts'

const chat: UpstreamCall = { kind: 'generate', format: 'chat', stream: false }
const responses: UpstreamCall = { kind: 'generate', format: 'responses', stream: true }
const messages: UpstreamCall = { kind: 'generate', format: 'messages', stream: true }
const gemini: UpstreamCall = { kind: 'generate', format: 'gemini', stream: true }
const embed: UpstreamCall = { kind: 'embed', format: 'chat', batch: false }
const none: UpstreamNames = { deployments: {}, apiVersion: null }
const dated: UpstreamNames = { deployments: { m: 'dep' }, apiVersion: '2024-10-21' }

function whole(id: ProviderId, base: string | null, path: string | null): string | null {
  const provider = providers[id]
  const baseUrl = new URL(base ?? provider.baseUrl ?? 'none:')
  const [rest = '', query] = (path ?? '').split('?')
  const pool = { baseUrl, provider, auth: provider.auth }
  const target = upstreamTarget({ pool, rest, query: query === undefined ? '' : `?${query}`, clientTokens: [] })
  return target === null ? null : baseUrl.origin + target
}

describe('the address', () => {
  it.each(['https://r.openai.azure.com/openai', 'https://r.openai.azure.com/openai/v1'])(
    'of Azure’s free check at %s',
    (base) => {
      const path = providers['azure-openai'].freeCheck?.path ?? null
      expect(whole('azure-openai', base, path)).toBe('https://r.openai.azure.com/openai/v1/models')
    },
  )

  it.each<[id: ProviderId, base: string | null, call: UpstreamCall, names: UpstreamNames, address: string]>([
    ['openai', null, chat, none, 'https://api.openai.com/v1/chat/completions'],
    ['openai', null, responses, none, 'https://api.openai.com/v1/responses'],
    ['anthropic', null, messages, none, 'https://api.anthropic.com/v1/messages'],
    ['anthropic', 'https://api.anthropic.com', messages, none, 'https://api.anthropic.com/v1/messages'],
    ['anthropic', 'https://api.deepseek.com/anthropic', messages, none, 'https://api.deepseek.com/anthropic/v1/messages'],
    ['gemini', null, gemini, none, 'https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse'],
    [
      'gemini',
      'https://generativelanguage.googleapis.com/v1beta',
      gemini,
      none,
      'https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse',
    ],
    ['azure-openai', 'https://r.openai.azure.com/openai/v1', chat, none, 'https://r.openai.azure.com/openai/v1/chat/completions'],
    ['azure-openai', 'https://r.openai.azure.com/openai', chat, none, 'https://r.openai.azure.com/openai/v1/chat/completions'],
    [
      'azure-openai',
      'https://r.openai.azure.com/openai',
      chat,
      dated,
      'https://r.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21',
    ],
    ['openrouter', null, chat, none, 'https://openrouter.ai/api/v1/chat/completions'],
    ['deepseek', null, chat, none, 'https://api.deepseek.com/chat/completions'],
    ['mistral', null, embed, none, 'https://api.mistral.ai/v1/embeddings'],
    ['groq', null, responses, none, 'https://api.groq.com/openai/v1/responses'],
    ['xai', null, responses, none, 'https://api.x.ai/v1/responses'],
    ['cohere', null, chat, none, 'https://api.cohere.com/compatibility/v1/chat/completions'],
    ['openai-compatible', 'http://127.0.0.1:11434/v1', chat, none, 'http://127.0.0.1:11434/v1/chat/completions'],
    ['demo', 'http://127.0.0.1:9/v1', messages, none, 'http://127.0.0.1:9/v1/messages'],
  ])('%s at %s', (id, base, call, names, address) => {
    expect(whole(id, base, providers[id].endpoint(call, 'm', names))).toBe(address)
  })

  it.each<[id: ProviderId, base: string | null, address: string]>([
    ['openai', null, 'https://api.openai.com/v1/models'],
    ['anthropic', null, 'https://api.anthropic.com/v1/models?limit=1000'],
    ['anthropic', 'https://a.test', 'https://a.test/v1/models?limit=1000'],
    ['gemini', null, 'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000'],
    ['gemini', 'https://g.test/v1beta', 'https://g.test/v1beta/models?pageSize=1000'],
    ['cohere', null, 'https://api.cohere.com/v1/models?page_size=1000'],
    ['deepseek', null, 'https://api.deepseek.com/models'],
    ['groq', null, 'https://api.groq.com/openai/v1/models'],
  ])('of the list of %s at %s', (id, base, address) => {
    expect(whole(id, base, providers[id].models.path)).toBe(address)
  })
})
