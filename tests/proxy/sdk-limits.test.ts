/** The official SDKs meet limits and fallbacks, with nothing changed but the base address and the key. */
import Anthropic, { RateLimitError as AnthropicRateLimitError } from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI, { APIError, RateLimitError } from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Limit } from '../../src-main/pool/types.ts'
import { fallingBack, type House, type HousePool, openHouse } from './house.ts'

const text = 'Hello from the scripted upstream.'
let upstream: ScriptedUpstream
let house: House

const limited = (limit: Limit): Pick<HousePool, 'key'> => ({ key: { limits: { '': [limit] } } })
const perMinute = (unit: Limit['unit'], amount: number): Limit => ({ unit, window: { slideMs: 60_000 }, amount })

beforeEach(async () => {
  upstream = await startScriptedUpstream()
  const config = { queueTimeout: 0, fallback: [fallingBack('best', 'second')] }
  house = await openHouse([
    { slug: 'openai', baseUrl: `${upstream.url}/v1`, keys: ['sk-openai-aaaaaaaaaaaaaaaa'], config },
    { slug: 'claude', provider: 'anthropic', baseUrl: `${upstream.url}/v1`, keys: ['sk-ant-aaaaaaaaaaaaaaaaaa'], config },
    { slug: 'gemini', provider: 'gemini', baseUrl: upstream.url, keys: ['AIza-aaaaaaaaaaaaaaaaaaaa'], config },
    { slug: 'small', baseUrl: `${upstream.url}/v1`, keys: ['sk-small-aaaaaaaaaaaaaaaa'], ...limited(perMinute('input', 50)) },
    {
      slug: 'spent',
      baseUrl: `${upstream.url}/v1`,
      keys: ['sk-spent-aaaaaaaaaaaaaaaa'],
      ...limited({ unit: 'nanos', window: 'forever', amount: 10 }),
    },
  ])
})
afterEach(async () => {
  await house.close()
  await upstream.close()
})

const openai = (pool = 'openai', maxRetries = 0) =>
  new OpenAI({ apiKey: house.token, baseURL: `${house.url}/${pool}/v1`, maxRetries })
const claude = () => new Anthropic({ apiKey: house.token, baseURL: `${house.url}/claude`, maxRetries: 0 })
const gemini = () => new GoogleGenAI({ apiKey: house.token, httpOptions: { baseUrl: `${house.url}/gemini` } })
const messages = [{ role: 'user' as const, content: 'Say hello.' }]

describe('a day that is spent on one model is served by another', () => {
  beforeEach(() => upstream.script('*', [{ kind: 'rate-daily' }, { kind: 'ok' }]))

  const sdks: [string, () => Promise<string | null | undefined>][] = [
    ['openai', async () => (await openai().chat.completions.create({ model: 'best', messages })).choices[0]?.message.content],
    ['openai responses', async () => (await openai().responses.create({ model: 'best', input: 'Say hello.' })).output_text],
    [
      'openai, streamed',
      async () => {
        let heard = ''
        for await (const chunk of await openai().chat.completions.create({ model: 'best', messages, stream: true }))
          heard += chunk.choices[0]?.delta.content ?? ''
        return heard
      },
    ],
    [
      'anthropic',
      async () => {
        const [part] = (await claude().messages.create({ model: 'best', max_tokens: 64, messages })).content
        return part?.type === 'text' ? part.text : null
      },
    ],
    ['anthropic, streamed', async () => claude().messages.stream({ model: 'best', max_tokens: 64, messages }).finalText()],
    ['gemini', async () => (await gemini().models.generateContent({ model: 'best', contents: 'Say hello.' })).text],
    [
      'gemini, streamed',
      async () => {
        let heard = ''
        for await (const chunk of await gemini().models.generateContentStream({ model: 'best', contents: 'Say hello.' }))
          heard += chunk.text ?? ''
        return heard
      },
    ],
  ]
  test.each(sdks)('%s', async (_, say) => {
    expect(await say()).toBe(text)
    const [row] = await house.recorded(1)
    expect(row).toMatchObject({ modelAsked: 'best', modelServed: 'second', status: 200, outcome: 'ok' })
    expect(row?.attempts).toHaveLength(2)
  })
})

const failure = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    () => null,
    (reason: unknown) => reason,
  )

describe('limits that were met here are understood', () => {
  test('openai and anthropic: a rate limit error, with the time to wait', async () => {
    upstream.script('*', { kind: 'limited', requests: 1 })
    await openai().chat.completions.create({ model: 'm', messages })
    const error = await failure(openai().chat.completions.create({ model: 'm', messages }))
    expect(error).toBeInstanceOf(RateLimitError)
    expect(Number((error as RateLimitError).headers?.get('retry-after'))).toBeGreaterThan(0)
    await claude().messages.create({ model: 'm', max_tokens: 5, messages })
    expect(await failure(claude().messages.create({ model: 'm', max_tokens: 5, messages }))).toBeInstanceOf(
      AnthropicRateLimitError,
    )
    expect(upstream.requests).toHaveLength(2)
  })

  test('openai: a call that is too large is not sent again', async () => {
    const long = [{ role: 'user' as const, content: 'word '.repeat(400) }]
    const error = await failure(openai('small', 2).chat.completions.create({ model: 'm', messages: long }))
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status: 413, code: 'REQUEST_TOO_LARGE' })
    expect(await house.recorded(1)).toHaveLength(1)
    expect(upstream.requests).toHaveLength(0)
  })

  test('openai: a budget that is spent is not asked again', async () => {
    // The first answer costs more than there is.
    await openai('spent').chat.completions.create({ model: 'm', messages })
    const error = await failure(openai('spent', 2).chat.completions.create({ model: 'm', messages }))
    expect(error).toMatchObject({ status: 429, code: 'LIMIT_SPENT' })
    expect(await house.recorded(2)).toHaveLength(2)
    expect(upstream.requests).toHaveLength(1)
  })
})
