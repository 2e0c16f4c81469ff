/** Lists of models, and whose a model is by its name. */

import { describe, expect, it } from 'vitest'
import { providers } from '../../src-main/providers/index.ts'
import { type ProviderId, providerIds } from '../../src-preload/contract/index.ts'
import * as fc from '../support/fast-check.ts'

const openaiList = {
  object: 'list',
  data: [{ id: 'one', object: 'model' }, { id: 'two' }, { id: 'one' }, { object: 'model' }, { id: '' }],
}

describe('models', () => {
  it.each<[id: ProviderId, path: string | null]>([
    ['openai', '/models'],
    ['anthropic', '/v1/models?limit=1000'],
    ['gemini', '/v1beta/models?pageSize=1000'],
    ['azure-openai', null],
    ['openrouter', '/models'],
    ['deepseek', '/models'],
    ['mistral', '/models'],
    ['groq', '/models'],
    ['xai', '/language-models'],
    ['cohere', '/v1/models?page_size=1000'],
    ['openai-compatible', '/models'],
    ['custom', null],
    ['demo', '/models'],
  ])('%s lists them at %s', (id, path) => {
    expect(providers[id].models.path).toBe(path)
  })

  it.each<[id: ProviderId, body: unknown, names: string[]]>([
    ['openai', openaiList, ['one', 'two']],
    ['demo', openaiList, ['one', 'two']],
    [
      'anthropic',
      { data: [{ type: 'model', id: 'claude-sonnet-4-5', display_name: 'x' }], has_more: false },
      ['claude-sonnet-4-5'],
    ],
    [
      'anthropic',
      {
        data: [
          { id: 'claude-sonnet-4-5-20250929' },
          { id: 'claude-opus-4-20250514' },
          { id: 'claude-3-7-sonnet-20250219' },
          { id: 'claude-opus-4-7' },
        ],
      },
      [
        'claude-sonnet-4-5-20250929',
        'claude-sonnet-4-5',
        'claude-opus-4-20250514',
        'claude-opus-4-0',
        'claude-3-7-sonnet-20250219',
        'claude-3-7-sonnet-latest',
        'claude-opus-4-7',
      ],
    ],
    [
      'xai',
      { models: [{ id: 'grok-4-0709', aliases: ['grok-4', 'grok-4-latest'] }, { id: 'grok-5' }] },
      ['grok-4-0709', 'grok-5', 'grok-4', 'grok-4-latest'],
    ],
    ['groq', { data: [{ id: 'on', active: true }, { id: 'off', active: false }, { id: 'unsaid' }] }, ['on', 'unsaid']],
    [
      'gemini',
      {
        models: [
          { name: 'models/gemini-2.5-flash', supportedGenerationMethods: ['generateContent', 'countTokens'] },
          { name: 'models/gemini-embedding-001', supportedGenerationMethods: ['embedContent'] },
          { name: 'models/imagen-4', supportedGenerationMethods: ['predict'] },
          { name: 'models/unsaid' },
        ],
      },
      ['gemini-2.5-flash', 'gemini-embedding-001', 'unsaid'],
    ],
    [
      'cohere',
      {
        models: [
          { name: 'command-a-03-2025', endpoints: ['generate', 'chat'] },
          { name: 'embed-v4.0', endpoints: ['embed'] },
          { name: 'rerank-v3.5', endpoints: ['rerank'] },
        ],
      },
      ['command-a-03-2025', 'embed-v4.0'],
    ],
  ])('of %s are read', (id, body, names) => {
    expect(providers[id].models.read(body)).toEqual(names)
  })

  it('of something else are none, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...providerIds), fc.jsonValue(), (id, body) => {
        const names = providers[id].models.read(body)
        expect(names.every((name) => typeof name === 'string' && name !== '')).toBe(true)
      }),
    )
    for (const id of providerIds) {
      for (const body of [undefined, null, 7, [], { data: {} }, { data: [null, 7, 'x', []] }, { models: [null] }]) {
        expect(providers[id].models.read(body)).toEqual([])
      }
    }
  })
})

describe('ownsModel', () => {
  it.each<[model: string, owners: ProviderId[]]>([
    ['gpt-4o', ['openai', 'azure-openai']],
    ['GPT-5.2', ['openai', 'azure-openai']],
    ['chatgpt-4o-latest', ['openai', 'azure-openai']],
    ['o3-mini', ['openai', 'azure-openai']],
    ['ft:gpt-4o-mini:acme::abc', ['openai', 'azure-openai']],
    ['text-embedding-3-small', ['openai', 'azure-openai']],
    ['text-embedding-004', ['gemini']],
    ['claude-sonnet-4-5', ['anthropic']],
    ['gemini-2.5-flash', ['gemini']],
    ['models/gemini-2.5-flash', ['gemini', 'openrouter']],
    ['gemma-3-27b-it', ['gemini']],
    ['deepseek-chat', ['deepseek']],
    ['mistral-large-latest', ['mistral']],
    ['ministral-8b-latest', ['mistral']],
    ['open-mixtral-8x22b', ['mistral']],
    ['codestral-latest', ['mistral']],
    ['magistral-medium-latest', ['mistral']],
    ['grok-4', ['xai']],
    ['command-a-03-2025', ['cohere']],
    ['command', ['cohere']],
    ['embed-v4.0', ['cohere']],
    ['llama-3.3-70b-versatile', ['groq']],
    ['openai/gpt-oss-120b', ['openrouter', 'groq']],
    ['anthropic/claude-sonnet-4.5', ['openrouter']],
    ['deepseek/deepseek-r1:free', ['openrouter']],
    ['my-own-model', []],
    ['opus', []],
    ['not-gpt-4o', []],
    ['commander', []],
    ['', []],
  ])('%s', (model, owners) => {
    expect(providerIds.filter((id) => providers[id].ownsModel(model))).toEqual(owners)
  })
})
