/** The official SDKs meet a client's quota, with nothing changed but the base address and the key. */
import Anthropic, { RateLimitError as AnthropicRateLimitError } from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI } from '@google/genai'
import OpenAI, { RateLimitError } from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type CreditBook, creditBook } from './credit-book.ts'
import { type House, openHouse } from './house.ts'

let upstream: ScriptedUpstream
let house: House
let book: CreditBook

beforeEach(async () => {
  upstream = await startScriptedUpstream()
  book = creditBook(1)
  house = await openHouse(
    [
      { slug: 'openai', baseUrl: `${upstream.url}/v1`, keys: ['sk-openai-aaaaaaaaaaaaaaaa'], config: { models: ['gpt'] } },
      { slug: 'claude', provider: 'anthropic', baseUrl: `${upstream.url}/v1`, keys: ['sk-ant-aaaaaaaaaaaaaaaaaa'] },
      { slug: 'gemini', provider: 'gemini', baseUrl: upstream.url, keys: ['AIza-aaaaaaaaaaaaaaaaaaaa'] },
    ],
    { quotas: book.quotas },
  )
})
afterEach(async () => {
  await house.close()
  await upstream.close()
})

const messages = [{ role: 'user' as const, content: 'Say hello.' }]
const openai = (path: string) => new OpenAI({ apiKey: house.token, baseURL: house.url + path, maxRetries: 2 })
const claude = (path: string) => new Anthropic({ apiKey: house.token, baseURL: house.url + path, maxRetries: 2 })
const gemini = (path: string) => new GoogleGenAI({ apiKey: house.token, httpOptions: { baseUrl: house.url + path } })
const failure = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    () => null,
    (reason: unknown) => reason,
  )

/** The second call was refused, and the SDK did not ask again for what takes most of an hour. */
async function refusedOnce() {
  const rows = await house.recorded(2)
  expect(rows.map(({ credits, errorCode }) => [credits, errorCode])).toEqual([
    [1, null],
    [0, 'QUOTA_SPENT'],
  ])
  expect(rows).toHaveLength(2)
  expect(upstream.requests).toHaveLength(1)
}

function expectHeaders(headers: Headers | undefined) {
  expect(headers?.get('x-ratelimit-limit')).toBe('1')
  expect(headers?.get('x-ratelimit-remaining')).toBe('0')
  expect(Number(headers?.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000 + 3500)
  expect(Number(headers?.get('retry-after'))).toBeGreaterThan(3500)
}

describe.each([
  ['a pool’s own address', '/openai/v1', 'gpt'],
  ['the unified API', '/v1', 'gpt'],
])('openai, by %s', (_, path, model) => {
  test.each([
    ['chat', () => openai(path).chat.completions.create({ model, messages })],
    ['a stream', async () => (await openai(path).chat.completions.create({ model, messages, stream: true })).controller.abort()],
    ['responses', () => openai(path).responses.create({ model, input: 'Say hello.' })],
  ])('%s: a rate limit error with the quota’s headers', async (_name, ask) => {
    await ask()
    const error = await failure(Promise.resolve(ask()))
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ status: 429, code: 'QUOTA_SPENT', type: 'rate_limit_error' })
    expectHeaders((error as RateLimitError).headers)
    await refusedOnce()
  })
})

describe.each([
  ['a pool’s own address', '/claude'],
  ['the unified API', ''],
])('anthropic, by %s', (_, path) => {
  test('a rate limit error with the quota’s headers', async () => {
    const ask = () => claude(path).messages.create({ model: 'claude-sonnet-4-6', max_tokens: 5, messages })
    await ask()
    const error = await failure(ask())
    expect(error).toBeInstanceOf(AnthropicRateLimitError)
    expect(error).toMatchObject({ status: 429, error: { type: 'error', error: { type: 'rate_limit_error' } } })
    expectHeaders((error as AnthropicRateLimitError).headers)
    await refusedOnce()
  })
})

describe.each([
  ['a pool’s own address', '/gemini'],
  ['the unified API', ''],
])('gemini, by %s', (_, path) => {
  test('a resource that is exhausted', async () => {
    const ask = () => gemini(path).models.generateContent({ model: 'gemini-2.5-flash', contents: 'Say hello.' })
    await ask()
    const error = await failure(ask())
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 429 })
    expect((error as Error).message).toMatch(/RESOURCE_EXHAUSTED/)
    expect((error as Error).message).toMatch(/QUOTA_SPENT/)
    await refusedOnce()
  })
})

test('a quota that is renewed in a moment is waited for by the SDK itself', async () => {
  await house.close()
  book = creditBook(100, { more: [{ duration: 'SECOND', credits: 1 }] })
  house = await openHouse([{ slug: 'openai', baseUrl: `${upstream.url}/v1`, keys: ['sk-openai-aaaaaaaaaaaaaaaa'] }], {
    quotas: book.quotas,
  })
  const ask = () => openai('/openai/v1').chat.completions.create({ model: 'gpt', messages })
  const answers = await Promise.all([ask(), ask()])
  expect(answers).toHaveLength(2)
  expect(upstream.requests).toHaveLength(2)
})
