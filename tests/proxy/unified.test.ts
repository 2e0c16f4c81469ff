/** The unified API over real sockets: the official SDKs at one address, each format of upstream behind it. */
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type CallInit, type House, type HousePool, openHouse } from './house.ts'
import { exchangeRaw, statusOf, whole } from './wire.ts'

const keyOf = (name: string) => `sk-test-${name}-aaaaaaaaaaaaaaaaaaaaaaaa`
const text = 'Hello from the scripted upstream.'
let upstream: ScriptedUpstream
let house: House

const pools = (): HousePool[] => [
  { slug: 'openai', provider: 'openai', baseUrl: `${upstream.url}/v1`, keys: [keyOf('openai')], config: { models: ['gpt-4o'] } },
  {
    slug: 'claude',
    provider: 'anthropic',
    baseUrl: `${upstream.url}/v1`,
    keys: [keyOf('claude')],
    config: { models: ['claude-opus-4-8'] },
  },
  {
    slug: 'google',
    provider: 'gemini',
    baseUrl: upstream.url,
    keys: [keyOf('google')],
    config: { models: ['gemini-2.5-flash'] },
  },
]
beforeEach(async () => {
  upstream = await startScriptedUpstream()
})
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const open = async (extra: Parameters<typeof openHouse>[1] = {}, more: HousePool[] = []) => {
  house = await openHouse([...pools(), ...more], extra)
}
const call = (path: string, init: CallInit = {}) =>
  fetch(house.url + path, { ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const messages = [{ role: 'user' as const, content: 'Say hello.' }]

const clients: Record<string, (model: string) => Promise<string>> = {
  async chat(model) {
    const client = new OpenAI({ apiKey: house.token, baseURL: `${house.url}/v1`, maxRetries: 0 })
    return (await client.chat.completions.create({ model, messages })).choices[0]?.message.content ?? ''
  },
  async 'chat, streamed'(model) {
    const client = new OpenAI({ apiKey: house.token, baseURL: `${house.url}/v1`, maxRetries: 0 })
    let heard = ''
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
      // Usage was not asked for, so no chunk has nothing else.
      expect(chunk.choices).toHaveLength(1)
      heard += chunk.choices[0]?.delta.content ?? ''
    }
    return heard
  },
  async 'responses, streamed'(model) {
    const client = new OpenAI({ apiKey: house.token, baseURL: `${house.url}/v1`, maxRetries: 0 })
    return (await client.responses.stream({ model, input: 'Say hello.' }).finalResponse()).output_text
  },
  async messages(model) {
    const client = new Anthropic({ apiKey: house.token, baseURL: house.url, maxRetries: 0 })
    const { content } = await client.messages.create({ model, max_tokens: 100, messages })
    return content[0]?.type === 'text' ? content[0].text : ''
  },
  async 'messages, streamed'(model) {
    const client = new Anthropic({ apiKey: house.token, baseURL: house.url, maxRetries: 0 })
    return await client.messages.stream({ model, max_tokens: 100, messages }).finalText()
  },
  async gemini(model) {
    const client = new GoogleGenAI({ apiKey: house.token, httpOptions: { baseUrl: house.url } })
    return (await client.models.generateContent({ model, contents: 'Say hello.' })).text ?? ''
  },
  async 'gemini, streamed'(model) {
    const client = new GoogleGenAI({ apiKey: house.token, httpOptions: { baseUrl: house.url } })
    let heard = ''
    for await (const chunk of await client.models.generateContentStream({ model, contents: 'Say hello.' }))
      heard += chunk.text ?? ''
    return heard
  },
}
const upstreams = [
  ['gpt-4o', 'openai', 'chat'],
  ['claude-opus-4-8', 'claude', 'messages'],
  ['gemini-2.5-flash', 'google', 'gemini'],
] as const

describe.each(Object.keys(clients))('a client of %s', (client) => {
  test.each(upstreams)('is answered by %s', async (model, pool, format) => {
    await open()
    expect(await clients[client]?.(model)).toBe(text)
    const [row] = await house.recorded(1)
    const clientFormat = client.split(',')[0]
    // The OpenAI upstream speaks Responses as well.
    const upstreamFormat = clientFormat === 'responses' && format === 'chat' ? 'responses' : format
    expect(row).toMatchObject({ outcome: 'ok', status: 200, pool, modelAsked: model, clientFormat, upstreamFormat, route: null })
    expect(row?.streamed).toBe(client.includes('streamed'))
    expect(row?.attempts).toMatchObject([{ outcome: 'ok', billed: 'yes' }])
    const [request] = upstream.requests
    expect(request?.key).toBe(keyOf(pool))
    expect(JSON.stringify(upstream.requests)).not.toContain(house.token)
    // Tokens as the upstream told them.
    expect(row?.inputTokens).toBeGreaterThan(0)
    expect(row?.outputTokens).toBe(5)
    expect(row?.costNanos).toBe(50)
    expect(row?.priceVersion).toBe('test')
    for (const key of ['key-1', 'key-2', 'key-3']) expect(house.inFlight(key)).toBe(0)
  })
})

describe('the same format in and out', () => {
  const odd = '{ "messages":[{"role":"user","content":"hi"}],"x_unknown" : 12345678901234567890 ,\n"model":"gpt-4o"}'

  test('is byte for byte what the client sent', async () => {
    await open()
    const answer = await post('/v1/chat/completions', odd)
    expect(answer.status).toBe(200)
    expect(upstream.requests[0]?.body).toBe(odd)
    expect(upstream.requests[0]?.url).toBe('/v1/chat/completions')
    expect(answer.headers.get('x-keywheel-pool')).toBe('openai')
    expect(answer.headers.get('x-keywheel-dropped')).toBeNull()
  })

  test('with another name for the model, only that is another', async () => {
    await open({ routes: [{ model: 'fast', targets: [{ pool: 'openai', model: 'gpt-4o-mini' }] }] })
    const answer = await post('/v1/chat/completions', odd.replace('gpt-4o', 'fast'))
    expect(answer.status).toBe(200)
    expect(upstream.requests[0]?.body).toBe(odd.replace('gpt-4o', 'gpt-4o-mini'))
    const [row] = await house.recorded(1)
    expect(row).toMatchObject({ route: 'fast', modelAsked: 'fast', pool: 'openai', attempts: [{ model: 'gpt-4o-mini' }] })
  })

  test('pool/model names the pool', async () => {
    await open()
    await post('/v1/chat/completions', odd.replace('gpt-4o', 'openai/any-model'))
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toMatchObject({ model: 'any-model' })
  })
})

describe('what one format says and another does not', () => {
  test('hints are dropped and listed; headers of the client’s SDK stay here', async () => {
    await open()
    const answer = await post(
      '/v1/chat/completions',
      { model: 'claude-opus-4-8', messages, store: false },
      { 'x-stainless-lang': 'js', 'openai-organization': 'org-mine', 'x-own': 'kept' },
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-keywheel-dropped')).toBe('store')
    const { headers } = upstream.requests[0] ?? { headers: {} }
    expect(headers).toMatchObject({ 'anthropic-version': '2023-06-01', 'x-own': 'kept', 'content-type': 'application/json' })
    for (const name of ['x-stainless-lang', 'openai-organization', 'authorization']) expect(headers).not.toHaveProperty(name)
    expect((await house.recorded(1))[0]).toMatchObject({ dropped: ['store'] })
  })

  test('what changes the meaning is refused with the field named, in the client’s format, and nothing is sent', async () => {
    await open()
    const answer = await post('/v1/chat/completions', { model: 'claude-opus-4-8', messages, n: 3 })
    expect(answer.status).toBe(400)
    const { error } = (await answer.json()) as { error: { message: string; code: string } }
    expect(error.code).toBe('UNTRANSLATABLE')
    expect(error.message).toMatch(/^n: /)
    expect(upstream.requests).toHaveLength(0)
  })

  test('another place of the route that can say it is asked instead', async () => {
    await open({
      routes: [{ model: 'any', targets: [{ pool: 'claude', model: 'c' }], then: [{ pool: 'openai', model: 'gpt-4o' }] }],
    })
    expect((await post('/v1/chat/completions', { model: 'any', messages, n: 3 })).status).toBe(200)
    expect((await house.recorded(1))[0]).toMatchObject({ pool: 'openai', upstreamFormat: 'chat' })
    expect((await post('/v1/chat/completions', { model: 'any', messages })).status).toBe(200)
    expect((await house.recorded(2))[1]).toMatchObject({ pool: 'claude', upstreamFormat: 'messages' })
  })
})

describe('an upstream’s error', () => {
  test('comes in the client’s format with its status', async () => {
    await open()
    upstream.script('*', { kind: 'bad-request' })
    const answer = await post('/v1/messages', { model: 'gpt-4o', max_tokens: 10, messages })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
    const google = await post('/v1beta/models/gpt-4o:generateContent', { contents: [{ parts: [{ text: 'hi' }] }] })
    expect(google.status).toBe(400)
    expect(await google.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } })
  })

  test.each(['error-in-200', 'error-as-first-event'] as const)('%s goes to the next key', async (kind) => {
    const second: HousePool = {
      slug: 'second',
      provider: 'anthropic',
      baseUrl: `${upstream.url}/v1`,
      keys: [keyOf('bad'), keyOf('good')],
    }
    await open({}, [{ ...second, config: { models: ['claude-two'] } }])
    upstream.script(keyOf('bad'), { kind, fault: 'rate-short' })
    upstream.script(keyOf('good'), { kind: 'ok' })
    const stream = kind === 'error-as-first-event'
    const answer = await post('/v1/chat/completions', { model: 'claude-two', messages, stream })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain(stream ? 'Hello' : text)
    const [row] = await house.recorded(1)
    expect(row?.attempts).toMatchObject([
      { outcome: 'rate-short', billed: 'no' },
      { outcome: 'ok', billed: 'yes' },
    ])
  })

  test('in a 200 that no other key can mend gets the status it should have had', async () => {
    await open()
    upstream.script('*', { kind: 'error-in-200', fault: 'rate-short' })
    for (const model of ['claude-opus-4-8', 'gpt-4o']) {
      const answer = await post('/v1/chat/completions', { model, messages })
      expect(answer.status).toBe(429)
      expect(await answer.json()).toHaveProperty('error.message')
    }
  })
})

describe('a stream that breaks off', () => {
  const asks: [string, string, unknown, RegExp][] = [
    ['chat', '/v1/chat/completions', { messages, stream: true }, /data: \{"error":\{[^\n]*UPSTREAM_BROKE_OFF[^\n]*\n\n$/],
    ['responses', '/v1/responses', { input: 'hi', stream: true }, /event: (?:error|response\.failed)\ndata: [^\n]*\n\n$/],
    ['messages', '/v1/messages', { messages, max_tokens: 9, stream: true }, /event: error\ndata: \{"type":"error"[^\n]*\n\n$/],
  ]
  const models = ['gpt-4o', 'claude-opus-4-8', 'gemini-2.5-flash']
  test.each(asks.flatMap((ask) => models.map((model) => [model, ...ask] as const)))(
    'from %s to a client of %s: an error in the client’s format, then the cut',
    async (model, _format, path, body, ending) => {
      await open()
      upstream.script('*', { kind: 'cut-stream', chunks: 5 })
      const answer = await post(path, { ...(body as object), model })
      let heard = ''
      const reading = async () => {
        for await (const chunk of answer.body ?? []) heard += Buffer.from(chunk as Uint8Array).toString()
      }
      await expect(reading()).rejects.toThrow('terminated')
      expect(heard).toMatch(ending)
      expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'network', errorCode: 'UPSTREAM_BROKE_OFF' })
    },
  )
})

describe('places of a route', () => {
  const routes = [{ model: 'best', targets: [{ pool: 'claude', model: 'c' }], then: [{ pool: 'google', model: 'g' }] }]

  test('are tried in their order, over providers and formats', async () => {
    await open({ routes })
    upstream.script(keyOf('claude'), { kind: 'no-credit' })
    const answer = await post('/v1/chat/completions', { model: 'best', messages })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-keywheel-pool')).toBe('google')
    const [row] = await house.recorded(1)
    expect(row).toMatchObject({ route: 'best', pool: 'google', upstreamFormat: 'gemini' })
    expect(row?.attempts).toMatchObject([
      { pool: 'claude', model: 'c', outcome: 'no-credit' },
      { model: 'g', outcome: 'ok' },
    ])
  })

  test('that are busy are passed over while another one is free', async () => {
    await open(
      { routes: [{ model: 'busy', targets: [{ pool: 'single', model: 'c' }], then: [{ pool: 'google', model: 'g' }] }] },
      [
        {
          slug: 'single',
          provider: 'anthropic',
          baseUrl: `${upstream.url}/v1`,
          keys: [keyOf('single')],
          config: { keyConcurrency: 1 },
        },
      ],
    )
    upstream.script(keyOf('single'), { kind: 'slow-first-byte', ms: 400 })
    const first = post('/v1/chat/completions', { model: 'busy', messages })
    await expect.poll(() => upstream.requests.length).toBe(1)
    const second = await post('/v1/chat/completions', { model: 'busy', messages })
    expect(second.headers.get('x-keywheel-pool')).toBe('google')
    expect((await first).headers.get('x-keywheel-pool')).toBe('single')
  })

  test('all busy: the first that becomes free serves, and no other key is left taken', async () => {
    const one = (slug: string): HousePool => ({
      slug,
      provider: 'openai',
      baseUrl: `${upstream.url}/v1`,
      keys: [keyOf(slug)],
      config: { keyConcurrency: 1, queueTimeout: 10 },
    })
    await open({ routes: [{ model: 'two', targets: [{ pool: 'slow' }], then: [{ pool: 'quick' }] }] }, [
      one('slow'),
      one('quick'),
    ])
    upstream.script(keyOf('slow'), { kind: 'slow-first-byte', ms: 1500 })
    upstream.script(keyOf('quick'), { kind: 'slow-first-byte', ms: 200 })
    const ask = () => post('/v1/chat/completions', { model: 'two', messages })
    const first = [ask(), ask()]
    await expect.poll(() => upstream.requests.length).toBe(2)
    const third = await ask()
    expect(third.headers.get('x-keywheel-pool')).toBe('quick')
    await Promise.all(first)
    for (const key of ['key-4', 'key-5']) await expect.poll(() => house.inFlight(key)).toBe(0)
  })

  test('take the route’s own time to the first byte', async () => {
    await open({ routes: [{ model: 'hurry', timeout: 1, targets: [{ pool: 'openai', model: 'gpt-4o' }] }] })
    upstream.script('*', { kind: 'no-answer' })
    const answer = await post('/v1/messages', { model: 'hurry', max_tokens: 9, messages })
    expect(answer.status).toBe(504)
    expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'timeout_error' } })
    expect((await house.recorded(1))[0]?.attempts).toMatchObject([{ outcome: 'network', billed: 'maybe' }])
  })
})

test('what it does not have is asked of a pool, and it says so', async () => {
  await open()
  const answer = await post('/v1/images/generations', { model: 'gpt-4o', prompt: 'x' })
  expect(answer.status).toBe(404)
  expect(await answer.text()).toContain('/<pool>/v1/images/generations')
})

describe('a model that is not to be had', () => {
  test.each([
    ['/v1/chat/completions', { messages }, { error: { code: 'MODEL_NOT_FOUND' } }],
    ['/v1/messages', { messages, max_tokens: 1 }, { type: 'error', error: { type: 'not_found_error' } }],
  ])('%s: 404 with the nearest names, in the client’s format', async (path, body, shape) => {
    await open()
    const answer = await post(path, { ...body, model: 'gpt-4p' })
    expect(answer.status).toBe(404)
    const said = (await answer.json()) as { error: { message: string } }
    expect(said).toMatchObject(shape)
    expect(said.error.message).toContain('gpt-4o')
    expect(house.rows).toEqual([])
  })

  test('is the same whether it is unknown or not this client’s', async () => {
    await open()
    const token = house.tokenFor(null, 'interactive', ['claude-*'])
    const ask = (model: string) => post('/v1/chat/completions', { model, messages }, { authorization: `Bearer ${token}` })
    expect((await ask('claude-opus-4-8')).status).toBe(200)
    const [hidden, unknown] = [await ask('gpt-4o'), await ask('no-such')]
    expect([hidden.status, unknown.status]).toEqual([404, 404])
    expect((await hidden.text()).replace('gpt-4o', '?')).toBe((await unknown.text()).replace('no-such', '?'))
    // By the pool's own name it is the same.
    const raw = await post('/openai/chat/completions', { model: 'gpt-4o', messages }, { authorization: `Bearer ${token}` })
    expect(raw.status).toBe(404)
    const mute = await call('/openai/files', {
      method: 'POST',
      body: 'x',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    })
    expect(mute.status).toBe(403)
  })

  test('in a pool that is not this client’s', async () => {
    await open()
    const authorization = `Bearer ${house.tokenFor(['claude'])}`
    expect((await post('/v1/chat/completions', { model: 'gpt-4o', messages }, { authorization })).status).toBe(404)
    expect((await post('/v1/chat/completions', { model: 'openai/gpt-4o', messages }, { authorization })).status).toBe(404)
  })
})

describe('the list of models', () => {
  test('has what this client could have now, and routes, each once', async () => {
    await open(
      {
        routes: [
          { model: 'fast', targets: [{ pool: 'openai' }] },
          { model: 'x*', targets: [{ pool: 'openai' }] },
        ],
      },
      [
        { slug: 'empty', provider: 'openai', baseUrl: `${upstream.url}/v1`, keys: [], config: { models: ['nobody-serves-it'] } },
        {
          slug: 'other',
          provider: 'openai',
          baseUrl: `${upstream.url}/v1`,
          keys: [keyOf('other')],
          config: { models: ['gpt-4o'] },
        },
      ],
    )
    const openai = new OpenAI({ apiKey: house.token, baseURL: `${house.url}/v1`, maxRetries: 0 })
    const names: string[] = []
    for await (const model of await openai.models.list()) names.push(model.id)
    expect(names).toEqual(['fast', 'gpt-4o', 'claude-opus-4-8', 'gemini-2.5-flash', 'openai/gpt-4o', 'other/gpt-4o'])
    expect((await openai.models.retrieve('openai/gpt-4o')).id).toBe('openai/gpt-4o')
    await expect(openai.models.retrieve('nobody-serves-it')).rejects.toThrow('404')
    const anthropic = new Anthropic({ apiKey: house.tokenFor(['claude']), baseURL: house.url, maxRetries: 0 })
    const claude: string[] = []
    for await (const model of anthropic.models.list()) claude.push(model.id)
    expect(claude).toEqual(['claude-opus-4-8'])
    const google = new GoogleGenAI({
      apiKey: house.tokenFor(null, 'interactive', ['gemini-*']),
      httpOptions: { baseUrl: house.url },
    })
    const gemini: (string | undefined)[] = []
    for await (const model of await google.models.list()) gemini.push(model.name)
    expect(gemini).toEqual(['models/gemini-2.5-flash'])
    expect(house.rows).toEqual([])
  })
})

describe('a client of Gemini that does not ask for events', () => {
  test.each(upstreams)('gets one JSON array from %s', async (model) => {
    await open()
    const answer = await post(`/v1beta/models/${model}:streamGenerateContent`, {
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    })
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    const chunks = (await answer.json()) as { candidates?: { content?: { parts?: { text?: string }[] } }[] }[]
    expect(
      chunks
        .flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
        .map((part) => part.text)
        .join(''),
    ).toBe(text)
    expect((await house.recorded(1))[0]).toMatchObject({ streamed: true, outcome: 'ok', outputTokens: 5 })
  })
})

describe('counting tokens', () => {
  const question = { model: 'claude-opus-4-8', messages }

  test('is asked of the upstream in its own format', async () => {
    await open()
    const answer = await post('/v1/messages/count_tokens', question)
    expect(upstream.requests[0]?.url).toBe('/v1/messages/count_tokens')
    expect(await answer.json()).toHaveProperty('input_tokens')
  })

  test('is estimated where nobody can be asked, and says so', async () => {
    await open()
    const answer = await post('/v1/messages/count_tokens', { ...question, model: 'gpt-4o' })
    expect([answer.status, answer.headers.get('x-keywheel-estimated')]).toEqual([200, 'true'])
    expect(((await answer.json()) as { input_tokens: number }).input_tokens).toBeGreaterThan(0)
    expect(upstream.requests).toHaveLength(0)
  })
})

test('embeddings go to the upstream that has them; where none has, the client is told', async () => {
  await open()
  const client = new OpenAI({ apiKey: house.token, baseURL: `${house.url}/v1`, maxRetries: 0 })
  const { data } = await client.embeddings.create({ model: 'openai/text-embedding-3-small', input: ['a', 'b'] })
  expect(data).toHaveLength(2)
  const none = await post('/v1/embeddings', { model: 'claude-opus-4-8', input: 'a' })
  expect(none.status).toBe(400)
  expect(await none.json()).toMatchObject({ error: { code: 'NOT_SERVED' } })
})

describe('a request that is none', () => {
  const shapes: [string, (body: unknown) => void][] = [
    ['/v1/chat/completions', (body) => expect(body).toHaveProperty('error.type', 'invalid_request_error')],
    ['/v1/responses', (body) => expect(body).toHaveProperty('error.type', 'invalid_request_error')],
    ['/v1/messages', (body) => expect(body).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })],
    ['/v1beta/models/gpt-4o:generateContent', (body) => expect(body).toHaveProperty('error.status', 'INVALID_ARGUMENT')],
  ]
  test.each(shapes)('%s: is refused in the client’s format, and the connection goes on', async (path, shape) => {
    await open()
    for (const body of ['', '{"model":"gpt-4o","messages":[', '[]', '"text"', 'null', 'not json']) {
      const answer = await post(path, body)
      expect([body, answer.status]).toEqual([body, 400])
      shape(await answer.json())
    }
    const form = await post(path, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(form.status).toBe(415)
    shape(await form.json())
    const packed = await post(path, 'x', { 'content-encoding': 'gzip' })
    expect(packed.status).toBe(415)
    // Not one byte of a body that is too long has to be sent to hear so.
    const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n`
    const long = `${head}Content-Type: application/json\r\nContent-Length: ${64 * 1024 * 1024 + 1}\r\n\r\n`
    expect(statusOf(await exchangeRaw(house.port, long, whole))).toBe(413)
    expect(upstream.requests).toHaveLength(0)
    expect((await fetch(`${house.url}/healthz`)).status).toBe(200)
  })

  test.each(['/v1/../etc/passwd', '/v1/%2e%2e/x', '/v1beta/models/..%2f..%2fx'])(
    '%s is refused, and the connection goes on',
    async (target) => {
      await open()
      const head = `Host: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n`
      const two = `GET ${target} HTTP/1.1\r\n${head}\r\nGET /v1/models HTTP/1.1\r\n${head}Connection: close\r\n\r\n`
      const heard = await exchangeRaw(house.port, two)
      expect([...heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['400', '200'])
      expect(upstream.requests).toHaveLength(0)
    },
  )

  test.each([
    ['GET', 'http://example.com/v1/models', 400],
    ['CONNECT', 'example.com:443', 405],
    ['POST', '/v1/chat/completions', 400, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['POST', '/v1/chat/completions', 400, 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['POST', '/v1/chat/completions', 431, `X-Long: ${'x'.repeat(40_000)}\r\n`],
  ])('%s %s is refused with %i, and the connection ends', async (method, target, status, headers = '') => {
    await open()
    const head = `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n${headers}\r\n`
    // Whatever follows is not taken for another request.
    const heard = await exchangeRaw(house.port, `${head}GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\n\r\n`)
    expect(statusOf(heard)).toBe(status)
    expect(heard.split('HTTP/1.1 ').length - 1).toBe(1)
    expect(house.rows).toEqual([])
  })

  test('without a model: 400 that names it', async () => {
    await open()
    const answer = await post('/v1/chat/completions', { messages })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'MODEL_MISSING', message: expect.stringMatching(/^model:/) } })
  })

  test('while the vault is locked: 503, unless a demo pool can serve', async () => {
    await open({ vaultOpen: () => false }, [
      { slug: 'demo', provider: 'demo', baseUrl: `${upstream.url}/v1`, keys: ['demo-1'], config: { models: ['demo-model'] } },
    ])
    const locked = await post('/v1/chat/completions', { model: 'gpt-4o', messages })
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await post('/v1/chat/completions', { model: 'demo-model', messages })).status).toBe(200)
  })
})
