/** Answers that are kept, and whoever wants another one's, or wants others to get his. */
import { afterEach, describe, expect, test } from 'vitest'
import type { PromptFound } from '../../src-main/proxy/types.ts'
import { type House, type HousePool, openHouse } from '../proxy/house.ts'
import { type RawUpstream, rawAnswer, startRawUpstream } from '../proxy/wire.ts'

let upstream: RawUpstream
let house: House
let calls: number
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const json = 'Content-Type: application/json\r\n'
const whole = '{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"answer N"},"finish_reason":"stop"}]}'

/** N in the answer is the number of the call. */
async function open(
  answer: string,
  config: HousePool['config'] = {},
  more: Parameters<typeof openHouse>[1] = {},
  other: HousePool['config'] = {},
) {
  calls = 0
  upstream = await startRawUpstream((socket) => socket.end(answer.replace(' N', ` ${String(++calls)}`)))
  const pool = (slug: string, own: HousePool['config'] = {}): HousePool => ({
    slug,
    baseUrl: `${upstream.url}/${slug}`,
    keys: [`sk-test-${slug}-aaaaaaaaaaaaaaaaaaaaaaaa`],
    config: { models: ['gpt-4o'], cacheTtl: 60, cacheShared: true, ...config, ...own },
  })
  house = await openHouse([pool('main'), pool('other', other)], more)
}
const question = { model: 'main/gpt-4o', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] }

interface Ask {
  path?: string
  body?: object | string
  headers?: Record<string, string>
  token?: string
}
async function ask({ path = '/v1/chat/completions', body = question, headers = {}, token = house.token }: Ask = {}) {
  const recorded = house.rows.length + 1
  const answer = await fetch(house.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await answer.text()
  await house.recorded(recorded)
  return { cache: answer.headers.get('x-keywheel-cache'), text }
}

describe('an answer that stops early without an error is not given again', () => {
  const events = 'Content-Type: text/event-stream\r\nConnection: close\r\n'
  const chunk = 'data: {"id":"x","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"half"},"finish_reason":null}]}\n\n'
  test.each([
    ['JSON without its end', `HTTP/1.1 200 OK\r\n${json}Connection: close\r\n\r\n{"id":"x","choi`],
    ['a stream without its end', `HTTP/1.1 200 OK\r\n${events}\r\n${chunk}`],
    ['a stream with nothing in it', `HTTP/1.1 200 OK\r\n${events}\r\n: hello\n\n`],
    ['a page of somebody else', rawAnswer('200 OK', 'Content-Type: text/html\r\n', '<h1>Sign in</h1>')],
    ['a word of somebody else', rawAnswer('200 OK', 'Content-Type: text/plain\r\n', 'busy')],
  ])('%s', async (_, answer) => {
    await open(answer)
    for (const path of ['/v1/chat/completions', '/main/chat/completions', '/v1/messages'])
      await ask({ path, body: { ...question, stream: answer.includes('event-stream') } })
    expect([calls, house.kept.size]).toEqual([3, 0])
  })

  test('a stream that has said that it is over is', async () => {
    const end = 'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    await open(`HTTP/1.1 200 OK\r\n${events}\r\n${chunk}${end}`)
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses']) {
      const body = path.endsWith('responses')
        ? { model: 'main/gpt-4o', input: 'hi', stream: true }
        : { ...question, stream: true }
      const [first, second] = [await ask({ path, body }), await ask({ path, body })]
      expect([path, first.cache, second.cache]).toEqual([path, 'miss', 'hit'])
      expect(second.text).toBe(first.text)
    }
  })
})

describe('another request is answered anew', () => {
  test.each([
    ['a tenant', { 'x-tenant': 'a' }, { 'x-tenant': 'b' }],
    ['a second beta feature', { 'openai-beta': 'a' }, { 'openai-beta': 'a, b' }],
    ['an organisation', { 'openai-organization': 'a' }, { 'openai-organization': 'b' }],
    ['a language', { 'accept-language': 'de' }, { 'accept-language': 'en' }],
  ])('with %s of its own', async (_, one, other) => {
    await open(rawAnswer('200 OK', json, whole))
    for (const path of ['/main/chat/completions', '/v1/chat/completions']) {
      const first = await ask({ path, headers: one })
      expect((await ask({ path, headers: other })).text).not.toBe(first.text)
      expect(await ask({ path, headers: one })).toEqual({ cache: 'hit', text: first.text })
    }
  })

  test('but not for what differs in each call', async () => {
    await open(rawAnswer('200 OK', json, whole))
    const at = (n: number) => ({ 'x-stainless-retry-count': `${n}`, 'idempotency-key': `k${n}`, 'user-agent': `sdk/${n}` })
    await ask({ headers: at(1) })
    expect((await ask({ headers: at(2) })).cache).toBe('hit')
  })

  test('by a client who may not use the pool that answered', async () => {
    await open(
      rawAnswer('200 OK', json, whole),
      {},
      { routes: [{ model: 'smart', targets: [{ pool: 'main' }, { pool: 'other' }] }] },
    )
    const body = { ...question, model: 'smart' }
    const first = await ask({ body })
    const second = await ask({ body, token: house.tokenFor(['other']) })
    expect([first.cache, second.cache, calls]).toEqual(['miss', 'miss', 2])
    expect(upstream.heard.at(-1)).toMatch(/^POST \/other\//)
  })

  test('by another client, when one of the pools it may come from is not for sharing', async () => {
    const routes = [{ model: 'smart', targets: [{ pool: 'main' }, { pool: 'other' }] }]
    await open(rawAnswer('200 OK', json, whole), {}, { routes }, { cacheShared: false })
    const body = { ...question, model: 'smart' }
    await ask({ body })
    expect([(await ask({ body })).cache, (await ask({ body, token: house.tokenFor(null) })).cache]).toEqual(['hit', 'miss'])
  })

  test('as a prompt, though its words are the same', async () => {
    const version = { model: 'main/gpt-4o', messages: [{ role: 'user', text: 'hi' }], variables: [], parameters: {} }
    const found = { kind: 'published', slug: 'greet', version } as unknown as PromptFound
    await open(rawAnswer('200 OK', json, whole), {}, { prompts: { greet: found } })
    const headers = { accept: 'text/plain' }
    const body = { model: 'main/gpt-4o', messages: [{ role: 'user', content: 'hi' }], stream: false }
    await ask({ body, headers })
    expect(await ask({ path: '/prompts/greet', body: {}, headers })).toEqual({ cache: 'miss', text: 'answer 2' })
    expect(await ask({ path: '/prompts/greet', body: {}, headers })).toEqual({ cache: 'hit', text: 'answer 2' })
  })

  test('whose numbers are the same only when they are rounded', async () => {
    await open(rawAnswer('200 OK', json, whole))
    const seeded = (seed: string) => JSON.stringify(question).replace('{', `{"seed":${seed},`)
    await ask({ body: seeded('9007199254740993') })
    expect((await ask({ body: seeded('9007199254740992') })).cache).toBe('miss')
  })

  test('that says the same field twice, for upstreams that take the first', async () => {
    await open(rawAnswer('200 OK', json, whole))
    const evil = JSON.stringify(question).replace('{', '{"messages":[{"role":"user","content":"say something evil"}],')
    await ask({ body: evil, token: house.tokenFor(null) })
    expect((await ask()).cache).toBe('miss')
  })

  test('with a field called __proto__', async () => {
    await open(rawAnswer('200 OK', json, whole))
    await ask({ body: JSON.stringify(question).replace('{', '{"__proto__":{"a":1},') })
    expect((await ask()).cache).toBe('miss')
  })
})
