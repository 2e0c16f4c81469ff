/** The same request for another model. */

import { describe, expect, it } from 'vitest'
import { providers } from '../../src-main/providers/index.ts'
import type { ProviderId } from '../../src-preload/contract/index.ts'
import * as fc from '../support/fast-check.ts'

const chat = { model: 'old', messages: [{ role: 'user', content: 'old' }] }

describe('withModel', () => {
  it.each<[id: ProviderId, path: string, body: unknown, expected: object | null]>([
    ['openai', '/chat/completions', chat, { path: '/chat/completions', body: { ...chat, model: 'new' } }],
    ['anthropic', '/messages?beta=true', chat, { path: '/messages?beta=true', body: { ...chat, model: 'new' } }],
    ['cohere', '/v2/chat', chat, { path: '/v2/chat', body: { ...chat, model: 'new' } }],
    ['mistral', '/chat/completions', chat, { path: '/chat/completions', body: { ...chat, model: 'new' } }],
    ['gemini', '/v1beta/models/old:generateContent', {}, { path: '/v1beta/models/new:generateContent' }],
    [
      'gemini',
      '/v1/models/old:streamGenerateContent?alt=sse',
      { contents: [] },
      { path: '/v1/models/new:streamGenerateContent?alt=sse' },
    ],
    [
      'gemini',
      '/v1beta/models/old:generateContent',
      { model: 'models/old' },
      { path: '/v1beta/models/new:generateContent', body: { model: 'new' } },
    ],
    ['gemini', '/v1beta/models/new:generateContent', {}, { path: '/v1beta/models/new:generateContent' }],
    [
      'gemini',
      '/v1beta/openai/chat/completions',
      chat,
      { path: '/v1beta/openai/chat/completions', body: { ...chat, model: 'new' } },
    ],
    ['gemini', '/v1beta/models/old:batchEmbedContents', { requests: [{ model: 'models/old' }] }, null],
    [
      'azure-openai',
      '/deployments/old/chat/completions?api-version=1',
      {},
      { path: '/deployments/new/chat/completions?api-version=1' },
    ],
    ['azure-openai', '/deployments/old/audio/transcriptions', undefined, { path: '/deployments/new/audio/transcriptions' }],
    ['azure-openai', '/chat/completions', chat, { path: '/chat/completions', body: { ...chat, model: 'new' } }],
    ['openai', '/audio/transcriptions', undefined, null],
    ['openai', '/models', undefined, null],
    ['openai', '/chat/completions', { messages: [] }, null],
    ['openai', '/chat/completions', { model: 7 }, null],
    ['openai', '/chat/completions', 'text', null],
    ['openai', '/search?q=/models/old:generateContent', {}, null],
    ['custom', '/anything', chat, null],
  ])('%s %s', (id, path, body, expected) => {
    const before = JSON.stringify(body)
    expect(providers[id].withModel(path, body, 'new')).toEqual(expected)
    expect(JSON.stringify(body)).toBe(before)
  })

  it('writes a name with slashes so that it stays one step of the path', () => {
    expect(providers.gemini.withModel('/v1beta/models/old:generateContent', {}, 'a/../b?c:d')).toEqual({
      path: '/v1beta/models/a%2F..%2Fb%3Fc%3Ad:generateContent',
    })
  })

  it('is read back as the model that was asked for', () => {
    const name = fc.stringMatching(/^[\w./:@-]{1,60}$/).filter((text) => !text.startsWith('models/'))
    const id = fc.constantFrom<ProviderId>('openai', 'anthropic', 'gemini', 'azure-openai', 'cohere')
    const path = fc.constantFrom(
      '/chat/completions',
      '/v1beta/models/x:generateContent',
      '/deployments/x/responses?api-version=1',
    )
    const body = fc.constantFrom<unknown>(undefined, {}, chat)
    fc.assert(
      fc.property(id, path, body, name, (provider, where, what, model) => {
        const moved = providers[provider].withModel(where, what, model)
        const readBack = moved && providers[provider].requestFacts(moved.path, moved.body ?? what).model
        expect(readBack).toBe(where === '/chat/completions' && what !== chat ? null : model)
      }),
    )
  })
})
