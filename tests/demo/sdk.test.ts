/** The official SDKs take the scripted upstream for the real thing. */
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'

const said = 'Hello from the scripted upstream.'
let upstream: ScriptedUpstream
beforeAll(async () => {
  upstream = await startScriptedUpstream()
})
afterAll(() => upstream.close())

const openai = () => new OpenAI({ apiKey: 'sk-openai-1', baseURL: `${upstream.url}/v1`, maxRetries: 0 })
const anthropic = () => new Anthropic({ apiKey: 'sk-ant-1', baseURL: upstream.url, maxRetries: 0 })
const gemini = () => new GoogleGenAI({ apiKey: 'AIza-1', httpOptions: { baseUrl: upstream.url, retryOptions: { attempts: 1 } } })

describe('openai', () => {
  const messages = [{ role: 'user' as const, content: 'Say hello' }]

  it('answers a chat, plain', async () => {
    const answer = await openai().chat.completions.create({ model: 'gpt-4o', messages })
    expect(answer.choices[0]?.message.content).toBe(said)
    expect(answer.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 })
    expect(upstream.requests.at(-1)).toMatchObject({ key: 'sk-openai-1', complete: true, aborted: false })
  })

  it('streams a chat, with usage when asked', async () => {
    const stream = await openai().chat.completions.create({
      model: 'gpt-4o',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let total = 0
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      total = chunk.usage?.total_tokens ?? total
    }
    expect([text, total]).toEqual([said, 8])
  })

  it('answers and streams a response', async () => {
    const answer = await openai().responses.create({ model: 'gpt-4o', input: 'Say hello' })
    expect(answer.output_text).toBe(said)
    const stream = openai().responses.stream({ model: 'gpt-4o', input: 'Say hello' })
    const final = await stream.finalResponse()
    expect(final.output_text).toBe(said)
    expect(final.usage?.output_tokens).toBe(5)
  })

  it('embeds and lists models', async () => {
    const embedding = await openai().embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'] })
    expect(embedding.data.map((entry) => entry.embedding.length)).toEqual([8, 8])
    const models = await openai().models.list()
    expect(models.data.map((model) => model.id)).toContain('gpt-4o')
  })

  it.each([
    ['rate-short', 429],
    ['rate-daily', 429],
    ['no-credit', 429],
    ['key-invalid', 401],
    ['model-missing', 404],
    ['bad-request', 400],
    ['overloaded', 503],
    ['server-error', 500],
  ] as const)('fails as %s with %d', async (kind, status) => {
    upstream.script('sk-openai-1', [{ kind }, { kind: 'ok' }])
    await expect(openai().chat.completions.create({ model: 'gpt-4o', messages })).rejects.toMatchObject({ status })
  })
})

describe('anthropic', () => {
  const ask = { model: 'claude-haiku-4-5', max_tokens: 64, messages: [{ role: 'user' as const, content: 'Say hello' }] }

  it('answers a message, plain', async () => {
    const answer = await anthropic().messages.create(ask)
    expect(answer.content).toMatchObject([{ type: 'text', text: said }])
    expect(answer.usage).toMatchObject({ input_tokens: 3, output_tokens: 5 })
  })

  it('streams a message', async () => {
    const final = await anthropic().messages.stream(ask).finalMessage()
    expect(final.content).toMatchObject([{ type: 'text', text: said }])
    expect(final.usage.output_tokens).toBe(5)
  })

  it('counts tokens and lists models', async () => {
    const { model, messages } = ask
    expect(await anthropic().messages.countTokens({ model, messages })).toEqual({ input_tokens: 3 })
    const models = await anthropic().models.list()
    expect(models.data[0]?.id).toBe('claude-sonnet-4-5')
  })

  it.each([
    ['rate-short', 429],
    ['no-credit', 400],
    ['key-invalid', 401],
    ['overloaded', 529],
    ['server-error', 500],
  ] as const)('fails as %s with %d', async (kind, status) => {
    upstream.script('sk-ant-1', [{ kind }, { kind: 'ok' }])
    await expect(anthropic().messages.create(ask)).rejects.toMatchObject({ status })
  })

  it('reports an error inside a stream', async () => {
    upstream.script('sk-ant-1', [{ kind: 'error-as-first-event' }, { kind: 'ok' }])
    await expect(anthropic().messages.stream(ask).finalMessage()).rejects.toThrow('Overloaded')
  })
})

describe('gemini', () => {
  const ask = { model: 'gemini-2.5-flash', contents: 'Say hello' }

  it('answers, plain', async () => {
    const answer = await gemini().models.generateContent(ask)
    expect(answer.text).toBe(said)
    expect(answer.usageMetadata).toMatchObject({ promptTokenCount: 3, candidatesTokenCount: 5, totalTokenCount: 8 })
    expect(upstream.requests.at(-1)?.key).toBe('AIza-1')
  })

  it('streams', async () => {
    let text = ''
    for await (const chunk of await gemini().models.generateContentStream(ask)) text += chunk.text ?? ''
    expect(text).toBe(said)
  })

  it('lists models', async () => {
    const models = await gemini().models.list()
    expect(models.page[0]?.name).toBe('models/gemini-2.5-flash')
  })

  it.each([
    ['rate-short', 429],
    ['rate-daily', 429],
    ['no-credit', 402],
    ['key-invalid', 400],
    ['overloaded', 503],
  ] as const)('fails as %s with %d', async (kind, status) => {
    upstream.script('AIza-1', [{ kind }, { kind: 'ok' }])
    await expect(gemini().models.generateContent(ask)).rejects.toMatchObject({ status })
  })
})
