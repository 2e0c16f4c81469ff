/** Limits that are announced, set or met: what the upstream sees of them, and what the client is told. */
import { afterEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { KeySpec, Limit } from '../../src-main/pool/types.ts'
import { type CallInit, fallingBack, type House, type HousePool, openHouse } from './house.ts'

const keyA = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const keyB = 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
const keyC = 'sk-test-cccccccccccccccccccccccccccccccc'

let upstream: ScriptedUpstream
let house: House

async function open({ config, path = '/v1', ...pool }: Partial<HousePool> & { path?: string } = {}) {
  upstream = await startScriptedUpstream()
  house = await openHouse([
    { slug: 'main', baseUrl: upstream.url + path, keys: [keyA], ...pool, config: { queueTimeout: 0, ...config } },
  ])
}
afterEach(async () => {
  await house.close()
  await upstream.close()
})

const call = (path: string, init: CallInit = {}) =>
  fetch(house.url + path, { ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const ask = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] }
const chat = (body: object = {}, headers: Record<string, string> = {}) =>
  post('/main/chat/completions', { ...ask, ...body }, headers)
const usedKeys = () => upstream.requests.map(({ key }) => key)
const perMinute = (unit: Limit['unit'], amount: number): Limit => ({ unit, window: { slideMs: 60_000 }, amount })

/** The statuses of so many calls, one after the other. */
async function statuses(count: number, send: () => Promise<Response>): Promise<number[]> {
  const seen: number[] = []
  for (let i = 0; i < count; i++) {
    const answer = await send()
    await answer.text()
    seen.push(answer.status)
  }
  return seen
}

describe('limits that answers announce are kept before a 429 comes', () => {
  test.each([false, true])('in the manner of OpenAI, streamed: %s', async (stream) => {
    await open()
    upstream.script('*', { kind: 'limited', requests: 3 })
    expect(await statuses(3, () => chat({ stream }))).toEqual([200, 200, 200])
    const refused = await chat({ stream })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-ratelimit-limit')).toBe('3')
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(await refused.json()).toMatchObject({
      error: { code: 'NO_READY_KEY', message: expect.stringContaining('3 requests a minute') },
    })
    // It was this side that refused.
    expect(upstream.requests).toHaveLength(3)
  })

  test('in the manner of Anthropic', async () => {
    await open({ provider: 'anthropic' })
    upstream.script('*', { kind: 'limited', requests: 3 })
    const message = () => post('/main/v1/messages', { ...ask, model: 'claude-sonnet-4-6', max_tokens: 64 })
    expect(await statuses(5, message)).toEqual([200, 200, 200, 429, 429])
    expect(upstream.requests).toHaveLength(3)
    const rows = await house.recorded(5)
    expect(rows[4]).toMatchObject({ outcome: 'no-key', errorCode: 'NO_READY_KEY', attempts: [] })
  })

  test('in the manner of Groq, whose requests are those of a day', async () => {
    await open({ provider: 'groq' })
    const headers = {
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2h59m',
      'x-ratelimit-limit-tokens': '6000',
      'x-ratelimit-remaining-tokens': '5990',
      'x-ratelimit-reset-tokens': '100ms',
    }
    upstream.script('*', { kind: 'ok', headers })
    expect(await statuses(1, () => chat())).toEqual([200])
    const refused = await chat()
    expect([refused.status, refused.headers.get('x-ratelimit-limit')]).toEqual([429, '1000'])
    expect(upstream.requests).toHaveLength(1)
  })

  test('but a reset in a year is asked about again after the longest hint that is believed', async () => {
    await open({ config: { hintMax: 20 } })
    const headers = {
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '8000h',
    }
    upstream.script('*', { kind: 'ok', headers })
    expect(await statuses(1, () => chat())).toEqual([200])
    const refused = await chat()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(20)
  })

  test('and the other keys go on', async () => {
    await open({ keys: [keyA, keyB] })
    upstream.script('*', { kind: 'limited', requests: 2 })
    expect(await statuses(5, () => chat())).toEqual([200, 200, 200, 200, 429])
    expect(usedKeys()).toEqual([keyA, keyA, keyB, keyB])
  })

  test('by many calls at once, after the first answer', async () => {
    await open({ keys: [keyA, keyB] })
    upstream.script('*', { kind: 'limited', requests: 10 })
    await statuses(1, () => chat())
    upstream.script(keyB, { kind: 'limited', requests: 0 })
    const answers = await Promise.all(Array.from({ length: 9 }, () => chat()))
    expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200))
    expect(usedKeys()).toEqual(Array(10).fill(keyA))
  })

  test('by a crowd: all that the accounts have is used, and not one call more is sent', async () => {
    const keys = [keyA, keyB, keyC]
    await open({ keys, strategy: 'round_robin' })
    upstream.script('*', { kind: 'limited', requests: 20 })
    await statuses(3, () => chat())
    const answers = await Promise.all(Array.from({ length: 100 }, () => chat()))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(57)
    expect(upstream.requests).toHaveLength(60)
    const rows = await house.recorded(103)
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['ok', 'no-key']))
  })

  test('for the model that they are of, not for others', async () => {
    await open()
    upstream.script('*', { kind: 'limited', requests: 1, perModel: true })
    expect(await statuses(2, () => chat())).toEqual([200, 429])
    expect(await statuses(2, () => chat({ model: 'gpt-4o' }))).toEqual([200, 429])
    expect(upstream.requests).toHaveLength(2)
  })

  test('a call that waits is served when there is room again', async () => {
    await open({ keys: [keyA], config: { queueTimeout: 10 } })
    upstream.script('*', {
      kind: 'ok',
      headers: {
        'x-ratelimit-limit-requests': '5',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1s',
      },
    })
    expect(await statuses(2, () => chat())).toEqual([200, 200])
    const rows = await house.recorded(2)
    expect(rows[1]?.msQueued).toBeGreaterThan(100)
  })
})

describe('tokens', () => {
  const limits = { '': [perMinute('total', 1000)] }

  test.each([false, true])('are reserved before and settled after, streamed: %s', async (stream) => {
    await open({ key: { limits } })
    upstream.script('*', [
      { kind: 'slow-first-byte', ms: 300 },
      { kind: 'ok', usage: { input: 40, output: 60 } },
    ])
    const body = { max_tokens: 600, stream, stream_options: { include_usage: true } }
    const first = chat(body)
    await expect.poll(() => upstream.requests.length).toBe(1)
    const [meter] = house.meters('key-1').filter(({ unit }) => unit === 'total')
    expect(meter?.reserved).toBeGreaterThan(600)
    // Twice 600 is more than there is.
    const refused = await chat(body)
    expect([refused.status, refused.headers.get('x-ratelimit-limit')]).toEqual([429, '1000'])
    await (await first).text()
    await house.recorded(2)
    await (await chat(body)).text()
    const rows = await house.recorded(3)
    const served = rows.filter(({ outcome }) => outcome === 'ok')
    const used = served.reduce((sum, row) => sum + (row.inputTokens ?? 0) + (row.outputTokens ?? 0), 0)
    expect(house.meters('key-1').find(({ unit }) => unit === 'total')).toMatchObject({ used, reserved: 0 })
    expect(served[1]).toMatchObject({ inputTokens: 40, outputTokens: 60, streamed: stream, lane: 'interactive' })
    expect(served[1]?.estimatedTokens).toBeGreaterThan(600)
  })

  test('of a call that no answer told stay at the estimate; of a refused one they come back', async () => {
    await open({ keys: [keyA], key: { limits: { '': [perMinute('total', 10_000)] } } })
    const total = () => house.meters('key-1').find(({ unit }) => unit === 'total')
    upstream.script('*', [{ kind: 'bad-request' }, { kind: 'ok' }])
    await (await chat({ max_tokens: 600 })).text()
    await house.recorded(1)
    expect(total()).toMatchObject({ used: 0, reserved: 0 })
    // A stream that is cut before it says its usage.
    upstream.script('*', { kind: 'cut-stream', chunks: 3 })
    await expect((await chat({ max_tokens: 600, stream: true })).text()).rejects.toThrow('terminated')
    const rows = await house.recorded(2)
    expect(rows[1]?.outputTokens).toBeNull()
    expect(total()?.used).toBe(rows[1]?.estimatedTokens)
  })

  test('more than a limit has at all are refused as too large, and not by a 429 that SDKs would repeat', async () => {
    await open({ key: { limits: { '': [perMinute('input', 50)] } } })
    const answer = await chat({ messages: [{ role: 'user', content: 'word '.repeat(400) }] })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({
      error: { code: 'REQUEST_TOO_LARGE', message: expect.stringContaining('50 input tokens a minute') },
    })
    expect(upstream.requests).toHaveLength(0)
    expect((await chat()).status).toBe(200)
  })

  test('a generous maximum alone does not make a call too large', async () => {
    await open({ key: { limits } })
    upstream.script('*', { kind: 'ok', usage: { input: 10, output: 20 } })
    const answer = await chat({ max_tokens: 32_000 })
    expect(answer.status).toBe(200)
    await answer.text()
    const [row] = await house.recorded(1)
    expect(row?.estimatedTokens).toBeLessThan(1000)
    expect(house.meters('key-1').find(({ unit }) => unit === 'total')).toMatchObject({ used: 30, reserved: 0 })
  })
})

describe('money', () => {
  // The house's prices: 10 nano-dollars per output token.
  const budget = (amount: number): Pick<KeySpec, 'limits'> => ({ limits: { '': [{ unit: 'nanos', window: 'forever', amount }] } })

  test('is spent up to the budget, and then no wait helps', async () => {
    await open({ key: budget(500) })
    upstream.script('*', { kind: 'ok', usage: { input: 10, output: 30 } })
    const answer = await chat({ max_tokens: 30 })
    await answer.text()
    expect((await house.recorded(1))[0]).toMatchObject({ status: 200, costNanos: 300 })
    expect(house.meters('key-1').find(({ unit }) => unit === 'nanos')).toMatchObject({ used: 300, reserved: 0 })
    const refused = await chat({ max_tokens: 30 })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(await refused.json()).toMatchObject({ error: { code: 'LIMIT_SPENT' } })
    expect(upstream.requests).toHaveLength(1)
  })

  test('a guess at the answer refuses nobody', async () => {
    await open({ key: budget(500) })
    expect((await chat()).status).toBe(200)
  })
})

test('a limit of 0 forbids, and says so', async () => {
  await open({ key: { limits: { 'gpt-4o': [perMinute('requests', 0)] } } })
  const answer = await chat({ model: 'gpt-4o' })
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ error: { code: 'LIMIT_IS_ZERO' } })
  expect(upstream.requests).toHaveLength(0)
  expect((await chat()).status).toBe(200)
})

describe('lanes', () => {
  const key = { limits: { '': [perMinute('requests', 10)] } }
  const config = { interactiveReserve: 0.5 }

  test('a background client leaves the reserve to the others', async () => {
    await open({ key, config })
    const token = house.tokenFor(null, 'background')
    const background = () => chat({}, { authorization: `Bearer ${token}` })
    const first = await statuses(10, background)
    const served = first.filter((status) => status === 200).length
    expect(served).toBeGreaterThan(0)
    expect(served).toBeLessThanOrEqual(5)
    expect(await statuses(11 - served, () => chat())).toEqual([...Array(10 - served).fill(200), 429])
    const rows = await house.recorded(21 - served)
    expect(rows.map(({ lane }) => lane)).toEqual([...Array(10).fill('background'), ...Array(11 - served).fill('interactive')])
  })

  test('a call may name its own, and that stays here', async () => {
    await open({ key, config })
    const answer = await call('/main/echo', { headers: { 'x-keywheel-lane': 'background', 'x-keywheel-session': 's' } })
    expect(answer.status).toBe(404)
    expect(Object.keys(upstream.requests[0]?.headers ?? {}).filter((name) => name.startsWith('x-keywheel'))).toEqual([])
    const token = house.tokenFor(null, 'background')
    await chat({}, { authorization: `Bearer ${token}`, 'x-keywheel-lane': 'interactive' })
    expect((await house.recorded(2)).map(({ lane }) => lane)).toEqual(['background', 'interactive'])
  })

  test('one that does not exist is refused by name, in the shape of the API, and recorded', async () => {
    await open({ provider: 'anthropic' })
    const headers = { 'x-keywheel-lane': 'urgent', 'x-api-key': house.token }
    const answer = await post('/main/v1/messages', { ...ask, max_tokens: 5 }, headers)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining('x-keywheel-lane') },
    })
    expect(upstream.requests).toHaveLength(0)
    expect((await house.recorded(1))[0]).toMatchObject({ status: 400, errorCode: 'BAD_LANE', lane: 'interactive', keyId: null })
  })
})

describe('sessions', () => {
  const keys = [keyA, keyB, keyC]

  test.each([
    ['a header', (name: string) => chat({}, { 'x-keywheel-session': name })],
    ['the user in the body', (name: string) => chat({ user: name })],
    ['the first message', (name: string) => chat({ messages: [{ role: 'user', content: `I am ${name}, hello` }] })],
  ])('by %s stay on one key', async (_, send) => {
    await open({ keys, strategy: 'sticky' })
    const byName = new Map<string, Set<string | null>>()
    for (let turn = 0; turn < 3; turn++) {
      for (const name of ['ann', 'bob', 'cho']) {
        await (await send(name)).text()
        const used = byName.get(name) ?? new Set()
        byName.set(name, used.add(usedKeys().at(-1) ?? null))
      }
    }
    expect([...byName.values()].map((used) => used.size)).toEqual([1, 1, 1])
    expect(new Set(usedKeys()).size).toBeGreaterThan(1)
    const rows = await house.recorded(9)
    expect(rows.slice(3).map(({ chosenBy }) => chosenBy)).toEqual(Array(6).fill('session'))
  })

  test('a later turn of a conversation is the same session', async () => {
    await open({ keys, strategy: 'sticky' })
    const messages: object[] = [{ role: 'user', content: 'What is a wheel?' }]
    for (let turn = 0; turn < 4; turn++) {
      await (await chat({ messages })).text()
      messages.push({ role: 'assistant', content: 'Round.' }, { role: 'user', content: `And ${turn}?` })
    }
    expect(new Set(usedKeys()).size).toBe(1)
  })

  test('moves to another key when its own is out, and stays there', async () => {
    await open({ keys, strategy: 'sticky' })
    const send = async () => (await chat({}, { 'x-keywheel-session': 'x' })).text()
    await send()
    const [own = ''] = usedKeys() as string[]
    upstream.script(own, { kind: 'rate-short', retryAfterS: 60 })
    for (let i = 0; i < 3; i++) await send()
    const [, again, other, ...rest] = usedKeys()
    expect(again).toBe(own)
    expect(other).not.toBe(own)
    expect(rest).toEqual([other, other])
  })
})

describe('accounts', () => {
  test.each(['openai', 'anthropic'] as const)('%s: two keys that turn out to be of one share its limits', async (provider) => {
    await open({ provider, keys: [keyA, keyB], strategy: 'round_robin' })
    upstream.script('*', { kind: 'limited', requests: 4, account: 'org-shared' })
    const send = provider === 'openai' ? () => chat() : () => post('/main/v1/messages', { ...ask, max_tokens: 5 })
    expect(await statuses(6, send)).toEqual([200, 200, 200, 200, 429, 429])
    expect(new Set(usedKeys())).toEqual(new Set([keyA, keyB]))
    expect(upstream.requests).toHaveLength(4)
    expect(house.accounts).toEqual([`key-1 ${provider}:org-shared`, `key-2 ${provider}:org-shared`])
  })

  test('a note that cannot be taken costs nobody an answer', async () => {
    upstream = await startScriptedUpstream()
    const onAccount = () => {
      throw new TypeError('the catalogue is gone')
    }
    house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [keyA] }], { onAccount })
    upstream.script('*', { kind: 'ok', account: 'org-1' })
    expect((await chat()).status).toBe(200)
    expect(house.logged).toHaveLength(1)
    expect(house.logged[0]).toContain('TypeError')
  })
})

describe('an upstream that fails for everybody', () => {
  test('is left alone for a while, and no key is blamed', async () => {
    await open({ keys: [keyA, keyB], config: { breakerFailures: 3, breakerCooldown: 60 } })
    upstream.script('*', { kind: 'server-error' })
    expect(await statuses(3, () => chat())).toEqual([500, 500, 500])
    const refused = await chat()
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ error: { code: 'UPSTREAM_DOWN' } })
    expect(upstream.requests).toHaveLength(3)
    expect([house.health('key-1'), house.health('key-2')]).toEqual(['ready', 'ready'])
    // Another model of it may well be all right.
    upstream.script('*', { kind: 'ok' })
    expect((await chat({ model: 'gpt-4o' })).status).toBe(200)
  })

  test('falls back to another model meanwhile', async () => {
    const config = { breakerFailures: 2, breakerCooldown: 60, fallback: [fallingBack('gpt-4o', 'gpt-4o-mini')] }
    await open({ config })
    upstream.script('*', [{ kind: 'server-error' }, { kind: 'server-error' }, { kind: 'ok' }])
    expect(await statuses(2, () => chat({ model: 'gpt-4o' }))).toEqual([500, 500])
    const answer = await chat({ model: 'gpt-4o' })
    expect([answer.status, answer.headers.get('x-keywheel-model')]).toEqual([200, 'gpt-4o-mini'])
  })
})

test('a call without a model is leased on the account as a whole', async () => {
  await open({ key: { limits: { '': [perMinute('requests', 2)], 'gpt-4o-mini': [perMinute('requests', 0)] } } })
  expect(await statuses(3, () => call('/main/models'))).toEqual([200, 200, 429])
  const rows = await house.recorded(3)
  expect(rows[0]).toMatchObject({ modelAsked: null, modelServed: null, estimatedTokens: null })
})
