/** Where a call goes when its model has no ready key, seen by the upstreams and by the client. */
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type CallInit, fallingBack, type House, type HousePool, openHouse } from './house.ts'
import { rawAnswer, startRawUpstream } from './wire.ts'

const keyA = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const keyB = 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
const keyC = 'sk-test-cccccccccccccccccccccccccccccccc'

let upstream: ScriptedUpstream
let house: House

/** Pools `main`, `other` and `third`; `path` is that of the base address, `/v1` unless told. */
async function open(pools: (Partial<HousePool> & { path?: string })[]) {
  upstream = await startScriptedUpstream()
  const slugs = ['main', 'other', 'third']
  house = await openHouse(
    pools.map(({ path = '/v1', ...pool }, index) => ({
      slug: slugs[index] ?? '',
      baseUrl: upstream.url + path,
      keys: [keyA],
      ...pool,
    })),
  )
}
afterEach(async () => {
  await house.close()
  await upstream.close()
})

const call = (path: string, init: CallInit = {}) =>
  fetch(house.url + path, { ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })
const chat = (model: string, headers: Record<string, string> = {}, body: object = {}) =>
  call('/main/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], ...body }),
  })
const asked = () => upstream.requests.map(({ key, body }) => [key, (JSON.parse(body) as { model: string }).model])

describe('within a pool', () => {
  const config = { queueTimeout: 0, fallback: [fallingBack('gpt-4o', 'gpt-4o-mini')] }

  test('a day that is spent on one model really moves on, on the same key', async () => {
    await open([{ config }])
    upstream.script(keyA, [{ kind: 'rate-daily' }, { kind: 'ok' }])
    const answer = await chat('gpt-4o', {}, { temperature: 0.5 })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-keywheel-model')).toBe('gpt-4o-mini')
    expect(answer.headers.get('x-keywheel-pool')).toBeNull()
    expect(answer.headers.get('x-keywheel-attempts')).toBe('2')
    expect(asked()).toEqual([
      [keyA, 'gpt-4o'],
      [keyA, 'gpt-4o-mini'],
    ])
    // Nothing but the model was changed.
    const bodies = upstream.requests.map(({ body }) => JSON.parse(body) as object)
    expect(bodies[1]).toEqual({ ...bodies[0], model: 'gpt-4o-mini' })
    const [row] = await house.recorded(1)
    expect(row).toMatchObject({ pool: 'main', modelAsked: 'gpt-4o', modelServed: 'gpt-4o-mini', outcome: 'ok' })
    expect(row?.attempts.map(({ outcome, model }) => [outcome, model])).toEqual([
      ['rate-daily', undefined],
      ['ok', 'gpt-4o-mini'],
    ])
    // It is known now: the next call does not ask in vain, and the other model is asked for by its own name.
    await chat('gpt-4o')
    await chat('gpt-4o-mini')
    expect(asked().slice(2)).toEqual([
      [keyA, 'gpt-4o-mini'],
      [keyA, 'gpt-4o-mini'],
    ])
    const rows = await house.recorded(3)
    expect(rows[1]?.attempts).toMatchObject([{ outcome: 'ok', model: 'gpt-4o-mini' }])
    expect(rows[2]?.attempts[0]).not.toHaveProperty('model')
  })

  test('other keys are asked for the same model first', async () => {
    await open([{ config, keys: [keyA, keyB] }])
    upstream.script(keyA, [{ kind: 'rate-daily' }, { kind: 'ok' }])
    upstream.script(keyB, [{ kind: 'rate-daily' }, { kind: 'ok' }])
    expect((await chat('gpt-4o')).status).toBe(200)
    expect(asked()).toEqual([
      [keyA, 'gpt-4o'],
      [keyB, 'gpt-4o'],
      [keyA, 'gpt-4o-mini'],
    ])
  })

  test.each([
    [0, 'gpt-4o-mini'],
    [5, 'gpt-4o'],
  ])('a call that may wait %d s for its model first is then served by %s', async (fallbackAfter, served) => {
    await open([{ config: { ...config, queueTimeout: 10, fallbackAfter } }])
    upstream.script(keyA, [{ kind: 'rate-short', retryAfterS: 1 }, { kind: 'ok' }])
    // The first has met the refusal itself, and no key is asked twice for the same.
    expect((await chat('gpt-4o')).headers.get('x-keywheel-model')).toBe('gpt-4o-mini')
    expect((await chat('gpt-4o')).headers.get('x-keywheel-model')).toBe(served)
  })

  test('calls at once all move on, and the spent model is asked no more than they were', async () => {
    await open([{ config }])
    upstream.script(keyA, [{ kind: 'rate-daily' }, { kind: 'ok' }])
    const answers = await Promise.all(Array.from({ length: 10 }, () => chat('gpt-4o')))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    const rows = await house.recorded(10)
    expect(rows.filter(({ modelServed }) => modelServed === 'gpt-4o-mini').length).toBeGreaterThan(0)
    expect(house.inFlight('key-1')).toBe(0)
  })

  test('a whole chain is gone down, and the last refusal is the client’s', async () => {
    await open([{ config: { queueTimeout: 0, fallback: [fallingBack('a', 'b', 'c')] } }])
    upstream.script(keyA, { kind: 'rate-daily' })
    const answer = await chat('a')
    expect(answer.status).toBe(429)
    expect(answer.headers.get('x-keywheel-model')).toBe('c')
    expect(asked().map(([, model]) => model)).toEqual(['a', 'b', 'c'])
    // Nothing is asked any more: all of it is known to be spent.
    const refused = await chat('a')
    expect([refused.status, refused.headers.get('x-keywheel-model')]).toEqual([429, null])
    expect(upstream.requests).toHaveLength(3)
    expect((await house.recorded(2))[1]).toMatchObject({ outcome: 'no-key', modelServed: null })
  })

  test('a model that does not exist is the request’s own fault, and no reason', async () => {
    await open([{ config }])
    upstream.script(keyA, { kind: 'model-missing' })
    expect((await chat('gpt-4o')).status).toBe(404)
    expect(asked()).toEqual([[keyA, 'gpt-4o']])
  })

  test('of a streamed call', async () => {
    await open([{ config }])
    upstream.script(keyA, [{ kind: 'rate-daily' }, { kind: 'ok' }])
    const answer = await chat('gpt-4o', {}, { stream: true, stream_options: { include_usage: true } })
    expect(await answer.text()).toContain('[DONE]')
    expect(answer.headers.get('x-keywheel-model')).toBe('gpt-4o-mini')
    expect((await house.recorded(1))[0]).toMatchObject({ streamed: true, modelServed: 'gpt-4o-mini', outcome: 'ok' })
  })

  test('a body that nobody can rewrite stays with its model', async () => {
    await open([{ config }])
    upstream.script(keyA, { kind: 'rate-daily' })
    const packed = gzipSync(JSON.stringify({ model: 'gpt-4o', messages: [] }))
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    expect((await call('/main/chat/completions', { method: 'POST', headers, body: packed })).status).toBe(429)
    expect(upstream.requests).toHaveLength(1)
    expect(upstream.requests[0]?.bytes.equals(packed)).toBe(true)
  })

  test('bytes are the client’s own as long as nothing falls back', async () => {
    await open([{ config }])
    const body = '{ "model" : "gpt-4o",\n "seed": 12345678901234567890, "messages":[{"role":"user","content":"\\u0068i"}] }'
    const headers = { 'content-type': 'application/json' }
    expect((await call('/main/chat/completions', { method: 'POST', headers, body })).status).toBe(200)
    expect(upstream.requests[0]?.body).toBe(body)
  })
})

describe('to another pool', () => {
  const toOther = { queueTimeout: 0, fallback: [fallingBack('gpt-4o', 'other/gpt-4o-mini')] }

  test('with its key, address and manner of authorisation; the answer says so', async () => {
    await open([{ config: toOther }, { keys: [keyB], auth: { in: 'header', name: 'api-key', format: '{key}' } }])
    upstream.script(keyA, { kind: 'rate-daily' })
    const answer = await chat('gpt-4o', { 'openai-organization': 'org-mine' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-keywheel-pool')).toBe('other')
    expect(answer.headers.get('x-keywheel-model')).toBe('gpt-4o-mini')
    expect(answer.headers.get('x-keywheel-key')).toBe('Key 2')
    const [first, second] = upstream.requests
    expect(first?.headers['openai-organization']).toBe('org-mine')
    expect(second?.headers).toMatchObject({ 'api-key': keyB, 'content-length': String(second?.bytes.length) })
    expect(second?.headers).not.toHaveProperty('authorization')
    expect(second?.headers).not.toHaveProperty('openai-organization')
    const secrets = [JSON.stringify(first?.headers), JSON.stringify(second?.headers)]
    expect([keyA, keyB, house.token].map((secret) => secrets.map((text) => text.includes(secret)))).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ])
    const [row] = await house.recorded(1)
    expect(row).toMatchObject({ pool: 'main', keyId: 'key-2', modelServed: 'gpt-4o-mini' })
    expect(row?.attempts[1]).toMatchObject({ keyId: 'key-2', pool: 'other', model: 'gpt-4o-mini', outcome: 'ok' })
  })

  test.each<[string, NonNullable<HousePool['auth']>, string, Record<string, string>]>([
    ['header', { in: 'header', name: 'X-Own-Key', format: '{key}' }, '', { 'x-own-key': keyC }],
    ['query parameter', { in: 'query', name: 'token', format: '{key}' }, `?token=${keyC}&a=1`, {}],
  ])('without what the client put into the %s where the asked pool has its key', async (_, auth, query, headers) => {
    await open([{ config: toOther, keys: [], auth }, { keys: [keyB] }])
    const answer = await call(`/main/chat/completions${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-4o', messages: [] }),
    })
    expect([answer.status, answer.headers.get('x-keywheel-pool')]).toEqual([200, 'other'])
    const [sent] = upstream.requests
    expect(sent?.url).toBe(`/v1/chat/completions${query === '' ? '' : '?a=1'}`)
    expect(JSON.stringify(sent?.headers)).not.toContain(keyC)
  })

  test('at once, when it is known that the first has nothing', async () => {
    await open([{ config: toOther, keys: [] }, { keys: [keyB] }])
    const answer = await chat('gpt-4o')
    expect([answer.status, answer.headers.get('x-keywheel-pool')]).toEqual([200, 'other'])
    expect((await house.recorded(1))[0]?.attempts).toHaveLength(1)
  })

  test('whose base address has another version or none', async () => {
    await open([{ config: toOther }, { keys: [keyB], path: '' }])
    upstream.script(keyA, { kind: 'rate-daily' })
    expect((await chat('gpt-4o')).status).toBe(200)
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/v1/chat/completions', '/v1/chat/completions'])
  })

  test('is not done for a client that may not use it', async () => {
    await open([{ config: toOther }, { keys: [keyB] }])
    upstream.script(keyA, { kind: 'rate-daily' })
    const token = house.tokenFor(['main'])
    expect((await chat('gpt-4o', { authorization: `Bearer ${token}` })).status).toBe(429)
    expect((await chat('gpt-4o', { authorization: `Bearer ${token}` })).status).toBe(429)
    expect(asked()).toEqual([[keyA, 'gpt-4o']])
    // The same pool for one that may use both.
    const both = house.tokenFor(['main', 'other'])
    expect((await chat('gpt-4o', { authorization: `Bearer ${both}` })).status).toBe(200)
    expect(asked()[1]).toEqual([keyB, 'gpt-4o-mini'])
  })

  test('is not done when it speaks another API', async () => {
    await open([{ config: toOther }, { provider: 'anthropic', keys: [keyB] }])
    upstream.script(keyA, { kind: 'rate-daily' })
    expect((await chat('gpt-4o')).status).toBe(429)
    expect(upstream.requests).toHaveLength(1)
  })

  test('whose keys are bound to another address: nothing is sent there', async () => {
    await open([{ config: toOther }, { keys: [keyB], audience: ['https://api.openai.com'] }])
    upstream.script(keyA, { kind: 'rate-daily' })
    expect((await chat('gpt-4o')).status).toBe(403)
    expect(asked()).toEqual([[keyA, 'gpt-4o']])
    expect(house.inFlight('key-2')).toBe(0)
  })

  test('and from there no further than its chain says', async () => {
    const chain = { queueTimeout: 0, fallback: [fallingBack('*', 'other/b', 'third/c')] }
    await open([{ config: chain }, { keys: [keyB] }, { keys: [keyC] }])
    upstream.script(keyA, { kind: 'no-credit' })
    upstream.script(keyB, { kind: 'key-invalid' })
    expect((await chat('a')).status).toBe(200)
    expect(asked()).toEqual([
      [keyA, 'a'],
      [keyB, 'b'],
      [keyC, 'c'],
    ])
    const [row] = await house.recorded(1)
    expect(row?.attempts.map(({ pool, model }) => [pool, model])).toEqual([
      [undefined, undefined],
      ['other', 'b'],
      ['third', 'c'],
    ])
  })
})

describe('gemini', () => {
  const config = { queueTimeout: 0, fallback: [fallingBack('gemini-2.5-pro', 'gemini-2.5-flash')] }
  const body = '{ "contents": [{"parts":[{"text":"hi"}]}] }'
  const generate = (model: string) =>
    call(`/main/v1beta/models/${model}:generateContent?alt=json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })

  test('the model in the path is another one, the body stays', async () => {
    await open([{ provider: 'gemini', path: '', config }])
    upstream.script(keyA, [{ kind: 'rate-daily' }, { kind: 'ok' }])
    const answer = await generate('gemini-2.5-pro')
    expect([answer.status, answer.headers.get('x-keywheel-model')]).toEqual([200, 'gemini-2.5-flash'])
    expect(upstream.requests.map(({ url }) => url)).toEqual([
      '/v1beta/models/gemini-2.5-pro:generateContent?alt=json',
      '/v1beta/models/gemini-2.5-flash:generateContent?alt=json',
    ])
    expect(upstream.requests.map((request) => request.body)).toEqual([body, body])
  })

  test('a limit of 0 means that the model is not to be had on this account: it is not asked for again', async () => {
    const raw = await startRawUpstream((socket, heard) => {
      const pro = heard.includes('pro')
      socket.end(pro ? rawAnswer('429 Too Many Requests', json, noPro) : rawAnswer('200 OK', json, '{}'))
    })
    await open([{ provider: 'gemini', baseUrl: raw.url, config: { queueTimeout: 0 } }])
    expect((await generate('gemini-2.5-pro')).status).toBe(429)
    expect((await generate('gemini-2.5-pro')).status).toBe(429)
    expect(raw.heard).toHaveLength(1)
    expect((await generate('gemini-2.5-flash')).status).toBe(200)
    expect((await house.recorded(3)).map(({ outcome }) => outcome)).toEqual(['model-unavailable', 'no-key', 'ok'])
    await raw.close()
  })

  const json = 'content-type: application/json\r\nconnection: close\r\n'
  const noPro = JSON.stringify({
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: gemini-2.5-pro',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [
            { quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaDimensions: { model: 'gemini-2.5-pro' } },
          ],
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '15s' },
      ],
    },
  })
})
