/** The official SDKs as clients, with nothing changed but the base address and the key. */
import Anthropic, { AuthenticationError as AnthropicAuthenticationError } from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI, { AuthenticationError, RateLimitError } from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type House, openHouse } from './house.ts'

const limited = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const serving = 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
const keys = (name: string) => [`${limited}-${name}`, `${serving}-${name}`]
const text = 'Hello from the scripted upstream.'
let upstream: ScriptedUpstream
let house: House

beforeEach(async () => {
  upstream = await startScriptedUpstream()
  // Keys of a pool of its own per provider: the first answers 429 with Retry-After, the second serves.
  upstream.script('*', { kind: 'ok' })
  for (const name of ['openai', 'anthropic', 'gemini'])
    upstream.script(`${limited}-${name}`, { kind: 'rate-short', retryAfterS: 60 })
  house = await openHouse([
    { slug: 'openai', provider: 'openai', baseUrl: `${upstream.url}/v1`, keys: keys('openai') },
    { slug: 'claude', provider: 'anthropic', baseUrl: `${upstream.url}/v1`, keys: keys('anthropic') },
    { slug: 'gemini', provider: 'gemini', baseUrl: `${upstream.url}/v1beta`, keys: keys('gemini') },
  ])
})
afterEach(async () => {
  await house.close()
  await upstream.close()
})

/** The call was limited on the first key and served by the second, and the client's token stayed here. */
async function servedBySecond(model: string, streamed: boolean) {
  const [row] = await house.recorded(1)
  expect(row?.attempts.map((attempt) => [attempt.outcome, attempt.status])).toEqual([
    ['rate-short', 429],
    ['ok', 200],
  ])
  expect(row).toMatchObject({ outcome: 'ok', status: 200, modelAsked: model, streamed, errorCode: null })
  expect(row?.inputTokens).toBeGreaterThan(0)
  expect(row?.outputTokens).toBeGreaterThan(0)
  expect(upstream.requests.map((request) => request.key?.startsWith(serving))).toEqual([false, true])
  expect(JSON.stringify(upstream.requests)).not.toContain(house.token)
}

describe.each(['', '/v1'])('openai with a base address ending in %j', (version) => {
  const client = () => new OpenAI({ apiKey: house.token, baseURL: `${house.url}/openai${version}`, maxRetries: 0 })
  const ask = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Say hello.' }] }

  test('a chat', async () => {
    const answer = await client().chat.completions.create(ask)
    expect(answer.choices[0]?.message.content).toBe(text)
    await servedBySecond('gpt-4o-mini', false)
  })

  test('a streamed chat', async () => {
    const stream = await client().chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })
    let heard = ''
    for await (const chunk of stream) heard += chunk.choices[0]?.delta.content ?? ''
    expect(heard).toBe(text)
    await servedBySecond('gpt-4o-mini', true)
  })
})

test('openai: a response of the Responses API, streamed', async () => {
  const client = new OpenAI({ apiKey: house.token, baseURL: `${house.url}/openai`, maxRetries: 0 })
  const stream = await client.responses.create({ model: 'gpt-4o-mini', input: 'Say hello.', stream: true })
  let heard = ''
  for await (const event of stream) if (event.type === 'response.output_text.delta') heard += event.delta
  expect(heard).toBe(text)
  await servedBySecond('gpt-4o-mini', true)
})

const claude = () => new Anthropic({ apiKey: house.token, baseURL: `${house.url}/claude`, maxRetries: 0 })
const gemini = () => new GoogleGenAI({ apiKey: house.token, httpOptions: { baseUrl: `${house.url}/gemini` } })

describe('anthropic', () => {
  const ask = { model: 'claude-sonnet-4-6', max_tokens: 64, messages: [{ role: 'user' as const, content: 'Say hello.' }] }

  test('a message', async () => {
    const answer = await claude().messages.create(ask)
    expect(answer.content[0]).toMatchObject({ type: 'text', text })
    await servedBySecond('claude-sonnet-4-6', false)
  })

  test('a streamed message', async () => {
    const answer = await claude().messages.stream(ask).finalMessage()
    expect(answer.content[0]).toMatchObject({ type: 'text', text })
    await servedBySecond('claude-sonnet-4-6', true)
  })

  test('with an auth token in place of the key, as Claude Code does it', async () => {
    const bearer = new Anthropic({ apiKey: null, authToken: house.token, baseURL: `${house.url}/claude`, maxRetries: 0 })
    expect((await bearer.messages.create(ask)).content[0]).toMatchObject({ text })
    await servedBySecond('claude-sonnet-4-6', false)
  })
})

describe('gemini', () => {
  const ask = { model: 'gemini-2.5-flash', contents: 'Say hello.' }

  test('content', async () => {
    expect((await gemini().models.generateContent(ask)).text).toBe(text)
    await servedBySecond('gemini-2.5-flash', false)
  })

  test('streamed content', async () => {
    let heard = ''
    for await (const chunk of await gemini().models.generateContentStream(ask)) heard += chunk.text ?? ''
    expect(heard).toBe(text)
    await servedBySecond('gemini-2.5-flash', true)
  })
})

describe('errors that Keywheel makes are understood', () => {
  test('openai: a wrong token is an authentication error', async () => {
    const client = new OpenAI({ apiKey: 'kw_wrong', baseURL: `${house.url}/openai`, maxRetries: 0 })
    await expect(client.models.list()).rejects.toBeInstanceOf(AuthenticationError)
  })

  test('anthropic: a wrong token is an authentication error', async () => {
    const client = new Anthropic({ apiKey: 'kw_wrong', baseURL: `${house.url}/claude`, maxRetries: 0 })
    await expect(client.models.list()).rejects.toBeInstanceOf(AnthropicAuthenticationError)
  })

  test('gemini: a pool that is not there is not found', async () => {
    const client = new GoogleGenAI({ apiKey: house.token, httpOptions: { baseUrl: `${house.url}/nothing` } })
    await expect(client.models.generateContent({ model: 'x', contents: 'x' })).rejects.toMatchObject({ status: 404 })
  })

  test('openai: every key limited is a rate limit error with the time to wait', async () => {
    upstream.script(`${serving}-openai`, { kind: 'rate-short', retryAfterS: 90 })
    const client = new OpenAI({ apiKey: house.token, baseURL: `${house.url}/openai`, maxRetries: 0 })
    for (let i = 0; i < 2; i++) {
      const error = await client.models.list().then(
        () => null,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(RateLimitError)
      expect(Number((error as RateLimitError).headers?.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(upstream.requests).toHaveLength(2)
  })
})
