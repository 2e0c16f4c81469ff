/** What stands around a call of the gateway: kept answers, budgets, saved prompts, what may have been charged for. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { PromptFound, Spending } from '../../src-main/proxy/types.ts'
import { type CallInit, type House, type HousePool, openHouse } from './house.ts'
import { startRawUpstream } from './wire.ts'

const keyA = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const keyB = 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
let upstream: ScriptedUpstream
let house: House

beforeEach(async () => {
  upstream = await startScriptedUpstream()
})
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const open = async (pool: Partial<HousePool> = {}, options: Parameters<typeof openHouse>[1] = {}) => {
  const config = { models: ['gpt-4o'], ...pool.config }
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [keyA], ...pool, config }], options)
}
const call = (path: string, init: CallInit = {}) =>
  fetch(house.url + path, { ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const question = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
const cacheOf = (answer: Response) => answer.headers.get('x-keywheel-cache')

describe('answers that are kept', () => {
  test.each(['/main/chat/completions', '/v1/chat/completions', '/v1/messages'])(
    '%s: the same request is answered without a call',
    async (path) => {
      await open({ config: { cacheTtl: 60 } })
      const body = { ...question, max_tokens: 50 }
      const first = await post(path, body)
      const said = await first.text()
      await house.recorded(1)
      // Another order of the same fields is the same request.
      const second = await post(path, Object.fromEntries(Object.entries(body).toReversed()))
      expect([cacheOf(first), cacheOf(second)]).toEqual(['miss', 'hit'])
      expect(await second.text()).toBe(said)
      expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
      expect(upstream.requests).toHaveLength(1)
      const rows = await house.recorded(2)
      expect(rows[1]).toMatchObject({
        cache: 'hit',
        outcome: 'ok',
        status: 200,
        attempts: [],
        costNanos: null,
        outputTokens: null,
        pool: 'main',
      })
      expect([...house.kept.values()][0]?.ttlMs).toBe(60_000)
    },
  )

  test('a stream is kept whole, and comes back as it went', async () => {
    await open({ config: { cacheTtl: 60 } })
    const first = await (await post('/v1/chat/completions', { ...question, stream: true })).text()
    await house.recorded(1)
    const second = await post('/v1/chat/completions', { ...question, stream: true })
    expect(cacheOf(second)).toBe('hit')
    expect(await second.text()).toBe(first)
    // Not streamed, it is another answer.
    expect(cacheOf(await post('/v1/chat/completions', question))).toBe('miss')
  })

  test('never one that failed, broke off or was left', async () => {
    await open({ config: { cacheTtl: 60 } })
    upstream.script(keyA, [{ kind: 'bad-request' }, { kind: 'error-in-200' }, { kind: 'cut-stream', chunks: 4 }])
    await (await post('/v1/chat/completions', question)).text()
    await (await post('/v1/chat/completions', question)).text()
    await expect((await post('/v1/chat/completions', { ...question, stream: true })).text()).rejects.toThrow('terminated')
    await house.recorded(3)
    upstream.script(keyA, { kind: 'ok', text: 'word '.repeat(500), chunkDelayMs: 20 })
    const leave = new AbortController()
    const left = await call('/v1/chat/completions', {
      method: 'POST',
      signal: leave.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...question, stream: true }),
    })
    await left.body?.getReader().read()
    leave.abort()
    await house.recorded(4)
    expect(house.kept.size).toBe(0)
  })

  test('never one client’s for another, unless the pool says so', async () => {
    await open({ config: { cacheTtl: 60 } })
    const guest = { authorization: `Bearer ${house.tokenFor(null)}` }
    await (await post('/v1/chat/completions', question)).text()
    expect(cacheOf(await post('/v1/chat/completions', question, guest))).toBe('miss')
    await house.close()
    await open({ config: { cacheTtl: 60, cacheShared: true } })
    await (await post('/v1/chat/completions', question)).text()
    await house.recorded(1)
    expect(cacheOf(await post('/v1/chat/completions', question, { authorization: `Bearer ${house.tokenFor(null)}` }))).toBe('hit')
  })

  test('no-store neither gives nor keeps; no-cache only keeps; a route’s own time counts', async () => {
    await open({}, { routes: [{ model: 'kept', cacheTtl: 5, targets: [{ pool: 'main', model: 'gpt-4o' }] }] })
    const ask = (wish: string, model = 'kept') =>
      post('/v1/chat/completions', { ...question, model }, wish === '' ? {} : { 'cache-control': wish })
    expect(cacheOf(await ask('no-store'))).toBeNull()
    expect(house.kept.size).toBe(0)
    expect(cacheOf(await ask('no-cache'))).toBe('miss')
    await house.recorded(2)
    expect(cacheOf(await ask(''))).toBe('hit')
    expect(cacheOf(await ask('no-cache'))).toBe('miss')
    // The pool itself keeps nothing.
    expect(cacheOf(await ask('', 'gpt-4o'))).toBeNull()
  })
})

describe('budgets', () => {
  const purse = (answers: ReturnType<Spending['reserve']>[]) => {
    const log: string[] = []
    const spending: Spending = {
      reserve(pool, client, nanos) {
        log.push(`${pool} ${client} ${nanos > 0}`)
        return answers.shift() ?? { kind: 'reserved', settle: (spent) => void log.push(`settled ${spent}`) }
      },
    }
    return { log, spending }
  }

  test('are asked before a call and told what it cost', async () => {
    const { log, spending } = purse([])
    await open({}, { spending })
    await (await post('/main/chat/completions', question)).text()
    await house.recorded(1)
    upstream.script(keyA, { kind: 'bad-request' })
    await (await post('/main/chat/completions', question)).text()
    await house.recorded(2)
    // 5 tokens at 10; a refused call costs nothing.
    expect(log).toEqual(['main client-1 true', 'settled 50', 'main client-1 true', 'settled 0'])
  })

  test('of a call that no answer told: what was set aside counts', async () => {
    const { log, spending } = purse([])
    await open({ config: { timeout: 1 } }, { spending })
    upstream.script(keyA, { kind: 'no-answer' })
    expect((await post('/main/chat/completions', question)).status).toBe(504)
    await house.recorded(1)
    expect(log.at(-1)).toBe('settled null')
  })

  test('that are used up: 429 that no SDK repeats, and nothing is sent', async () => {
    const { spending } = purse([{ kind: 'spent', of: 'client', until: Date.now() + 60_000 }])
    await open({}, { spending })
    const answer = await post('/v1/chat/completions', question)
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([429, 'false'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(await answer.json()).toMatchObject({ error: { code: 'BUDGET_SPENT', type: 'insufficient_quota' } })
    expect(upstream.requests).toHaveLength(0)
    expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'no-key', errorCode: 'BUDGET_SPENT' })
  })

  test('of one pool leave the other places of a route', async () => {
    const { log, spending } = purse([{ kind: 'spent', of: 'pool', until: null }])
    house = await openHouse(
      ['poor', 'rich'].map((slug) => ({ slug, baseUrl: `${upstream.url}/v1`, keys: [`${keyA}${slug}`] })),
      { spending, routes: [{ model: 'm', targets: [{ pool: 'poor' }], then: [{ pool: 'rich', model: null }] }] },
    )
    const answer = await post('/v1/chat/completions', { ...question, model: 'm' })
    expect([answer.status, answer.headers.get('x-keywheel-pool')]).toEqual([200, 'rich'])
    await house.recorded(1)
    expect(log).toEqual(['poor client-1 true', 'rich client-1 true', 'settled 50'])
  })
})

describe('a saved prompt', () => {
  const version = {
    version: 3,
    model: 'gpt-4o',
    messages: [
      { role: 'system' as const, text: 'You speak {{language}}.' },
      { role: 'user' as const, text: 'Say {{word}}.' },
    ],
    variables: [
      { name: 'language', description: '', default: 'English' },
      { name: 'word', description: '', default: null },
    ],
    parameters: { temperature: 0.5, maxTokens: 20 },
    createdAt: 0,
  }
  const prompts: Record<string, PromptFound> = {
    greet: { kind: 'published', slug: 'greet', version },
    old: { kind: 'retired', successor: 'greet' },
  }

  test('is an endpoint: filled in, and answered as a chat', async () => {
    await open({}, { prompts })
    const answer = await post('/prompts/greet', { variables: { word: 'hello' } })
    expect(await answer.json()).toHaveProperty('choices.0.message.content', 'Hello from the scripted upstream.')
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toMatchObject({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'You speak English.' },
        { role: 'user', content: 'Say hello.' },
      ],
      temperature: 0.5,
    })
    expect((await house.recorded(1))[0]).toMatchObject({
      route: 'prompts/greet',
      path: '/prompts/greet',
      clientFormat: 'chat',
      modelAsked: 'gpt-4o',
    })
  })

  test('as text alone, or as a stream', async () => {
    await open({}, { prompts })
    const plain = await post('/prompts/greet', { variables: { word: 'x' } }, { accept: 'text/plain' })
    expect([plain.headers.get('content-type'), await plain.text()]).toEqual([
      'text/plain; charset=utf-8',
      'Hello from the scripted upstream.',
    ])
    const stream = await post('/prompts/greet', { variables: { word: 'x' }, stream: true })
    expect(await stream.text()).toContain('[DONE]')
    const both = await post('/prompts/greet', { variables: { word: 'x' }, stream: true }, { accept: 'text/plain' })
    expect(both.status).toBe(400)
  })

  test('over a model of another format', async () => {
    house = await openHouse(
      [{ slug: 'claude', provider: 'anthropic', baseUrl: `${upstream.url}/v1`, keys: [keyA], config: { models: ['c'] } }],
      {
        prompts,
      },
    )
    const answer = await post('/prompts/greet', { variables: { word: 'x' }, model: 'c' }, { accept: 'text/plain' })
    expect(await answer.text()).toBe('Hello from the scripted upstream.')
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toMatchObject({ model: 'c', max_tokens: 20 })
  })

  test('that is filled in wrongly, retired or unknown says so', async () => {
    await open({}, { prompts })
    const missing = await post('/prompts/greet', {})
    expect(missing.status).toBe(400)
    expect(await missing.json()).toMatchObject({ error: { message: expect.stringMatching(/^variables\.word: /) } })
    const extra = await post('/prompts/greet', { variables: { word: 'x', nope: 1 } })
    expect(await extra.json()).toMatchObject({ error: { message: expect.stringMatching(/^variables\.nope: /) } })
    const retired = await post('/prompts/old', {})
    expect(retired.status).toBe(410)
    expect(await retired.text()).toContain('/prompts/greet')
    expect((await post('/prompts/none', {})).status).toBe(404)
    expect((await call('/prompts/greet')).status).toBe(404)
    expect(upstream.requests).toHaveLength(0)
  })

  test('is the owner’s choice of a model; the caller’s own choice is held to what it may ask for', async () => {
    await open({}, { prompts })
    const headers = { authorization: `Bearer ${house.tokenFor(null, 'interactive', ['other'])}` }
    expect((await post('/prompts/greet', { variables: { word: 'x' } }, headers)).status).toBe(200)
    expect((await post('/prompts/greet', { variables: { word: 'x' }, model: 'gpt-4o' }, headers)).status).toBe(404)
  })
})

describe('what may have been charged for', () => {
  const billed = async () => (await house.recorded(1))[0]?.attempts.map((attempt) => attempt.billed)

  test('nothing that did not arrive, and nothing that was refused', async () => {
    await open({ baseUrl: 'http://127.0.0.1:9', keys: [keyA] })
    await post('/main/chat/completions', question)
    expect(await billed()).toEqual(['no', 'no'])
    await house.close()
    await open({ keys: [keyA, keyB] })
    upstream.script(keyA, { kind: 'rate-short', retryAfterS: 60 })
    await (await post('/main/chat/completions', question)).text()
    expect(await billed()).toEqual(['no', 'yes'])
  })

  test('perhaps what was sent and had no answer; certainly an answer that was cut', async () => {
    await open()
    upstream.script(keyA, { kind: 'reset' })
    await post('/main/chat/completions', question)
    expect(await billed()).toEqual(['maybe'])
    await house.close()
    await open()
    upstream.script(keyA, { kind: 'cut-stream', chunks: 4 })
    await expect((await post('/main/chat/completions', { ...question, stream: true })).text()).rejects.toThrow('terminated')
    expect(await billed()).toEqual(['yes'])
  })

  test.each([
    ['never', 'POST', 1],
    ['never', 'GET', 1],
    ['idempotent', 'POST', 1],
    ['idempotent', 'GET', 2],
    ['always', 'POST', 2],
    ['always', 'GET', 2],
  ] as const)('in doubt, %s lets a %s be sent %i times, with the same Idempotency-Key', async (retryUncertain, method, times) => {
    const heard: (string | undefined)[] = []
    const server: Server = createServer((request) => {
      heard.push(request.headers['idempotency-key'] as string | undefined)
      request
        .on('end', () => request.socket.end('HTTP/1.1 500 Oops\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'))
        .resume()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    await open({
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      keys: [keyA, keyB],
      config: { retryUncertain },
    })
    const body = method === 'POST' ? { body: JSON.stringify(question) } : {}
    await call('/main/chat/completions', {
      method,
      headers: { 'content-type': 'application/json', 'idempotency-key': 'one-and-the-same' },
      ...body,
    })
    expect(heard).toEqual(Array.from({ length: times }, () => 'one-and-the-same'))
    server.close()
  })
})

describe('time', () => {
  test('of a whole answer is limited where the pool says so', async () => {
    await open({ config: { totalTimeout: 1 } })
    upstream.script(keyA, { kind: 'ok', text: 'word '.repeat(500), chunkDelayMs: 20 })
    const answer = await post('/main/chat/completions', { ...question, stream: true })
    await expect(answer.text()).rejects.toThrow('terminated')
    expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'network', attempts: [{ message: 'UPSTREAM_TOTAL_TIMEOUT' }] })
  })

  test('of silence in a stream: an error in the client’s format, and the cut', async () => {
    const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'hi' } }] })}\n\n`
    const raw = await startRawUpstream((socket) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${event.length.toString(16)}\r\n${event}\r\n`,
      ),
    )
    await open({ baseUrl: raw.url, config: { idleTimeout: 1 } })
    const answer = await post('/main/chat/completions', { ...question, stream: true })
    let heard = ''
    const reading = async () => {
      for await (const chunk of answer.body ?? []) heard += Buffer.from(chunk as Uint8Array).toString()
    }
    await expect(reading()).rejects.toThrow('terminated')
    expect(heard).toMatch(/fell silent[^\n]*\n\n$/)
    await raw.close()
  })
})

describe('usage of a stream', () => {
  const stream = { ...question, stream: true }

  test('is asked for, read, and taken out again for a client that did not ask', async () => {
    await open()
    const answer = await post('/main/chat/completions', stream)
    expect(await answer.text()).not.toContain('"choices":[],')
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toMatchObject({ stream_options: { include_usage: true } })
    expect((await house.recorded(1))[0]).toMatchObject({ outputTokens: 5, costNanos: 50 })
  })

  test('stays for one that did', async () => {
    await open()
    const answer = await post('/main/chat/completions', { ...stream, stream_options: { include_usage: true } })
    expect(await answer.text()).toContain('"choices":[],')
  })

  test('is not asked of a server of which nothing is known, but on the unified API', async () => {
    await open({ provider: 'openai-compatible' })
    await (await post('/main/chat/completions', stream)).text()
    expect(upstream.requests[0]?.body).toBe(JSON.stringify(stream))
    await (await post('/v1/chat/completions', stream)).text()
    expect((await house.recorded(2)).map((row) => row.outputTokens)).toEqual([null, 5])
  })
})

describe('usage of a stream of Mistral, which refuses to be asked', () => {
  test('is not asked for', async () => {
    await open({ provider: 'mistral' })
    const stream = { ...question, stream: true }
    await (await post('/v1/chat/completions', stream)).text()
    expect(upstream.requests[0]?.body).toBe(JSON.stringify(stream))
  })

  test('is not asked for by a client either', async () => {
    await open({ provider: 'mistral', config: { models: ['mistral-large-latest'] } })
    const asked = { ...question, model: 'mistral-large-latest', stream: true, stream_options: { include_usage: true } }
    await (await post('/v1/chat/completions', asked)).text()
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toEqual({
      ...question,
      model: 'mistral-large-latest',
      stream: true,
    })
  })
})

test('figures are for those with a token', async () => {
  await open()
  expect((await fetch(`${house.url}/metrics`)).status).toBe(401)
  const answer = await call('/metrics')
  expect([answer.status, await answer.text()]).toEqual([200, 'keywheel_up 1\n'])
  // They name every pool.
  const guest = { authorization: `Bearer ${house.tokenFor(['main'])}` }
  expect((await call('/metrics', { headers: guest })).status).toBe(404)
  expect(house.rows).toEqual([])
})
