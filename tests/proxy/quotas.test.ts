/** Credits of clients: what calls take of them, what comes back, and what the client is told. */
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type CreditBook, creditBook } from './credit-book.ts'
import { type CallInit, type House, type HousePool, openHouse } from './house.ts'
import { startStagedUpstream } from './staged-upstream.ts'
import { startRawUpstream } from './wire.ts'

const keyA = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
let upstream: ScriptedUpstream
let house: House
let book: CreditBook

afterEach(async () => {
  await house.close()
  await upstream.close()
})

interface Given extends Partial<HousePool> {
  rules?: object[]
  options?: Parameters<typeof openHouse>[1]
}

async function open(credits: number, { rules = [], options = {}, ...pool }: Given = {}) {
  upstream = await startScriptedUpstream()
  book = creditBook(credits, { rules })
  const config = { models: ['gpt-4o'], queueTimeout: 0, ...pool.config }
  const main = { slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [keyA], ...pool, config }
  house = await openHouse([main], { quotas: book.quotas, ...options })
}
const call = (path: string, init: CallInit = {}) =>
  fetch(house.url + path, { ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })
const post = (path: string, body: object, init: CallInit = {}) =>
  call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), ...init })
const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
const chat = (body: object = {}, init: CallInit = {}) => post('/main/chat/completions', { ...ask, ...body }, init)
const rates = ({ headers }: Response) => ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`))

describe('many calls at once', () => {
  test.each([
    [10, []],
    [7, [{ perCall: 0.7 }]],
  ])('%d credits and 64 calls: none is served beyond them', async (credits, rules) => {
    await open(credits, { rules, config: { concurrency: 64 } })
    const answers = await Promise.all(Array.from({ length: 64 }, () => chat()))
    await Promise.all(answers.map((answer) => answer.text()))
    const served = answers.filter(({ status }) => status === 200)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(54)
    expect(served).toHaveLength(10)
    expect(upstream.requests).toHaveLength(10)
    expect(book.used()).toEqual([credits])
    const rows = await house.recorded(64)
    expect(rows.reduce((sum, row) => sum + (row.credits ?? 0), 0)).toBeCloseTo(credits, 6)
    expect(rows.filter(({ errorCode }) => errorCode === 'QUOTA_SPENT').every((row) => row.credits === 0)).toBe(true)
  })

  test('what is given back serves the next, and all together still no more than there is', async () => {
    upstream = await startScriptedUpstream()
    book = creditBook(8)
    // Half of the calls are answered, half find nobody there; who comes later has what those gave back.
    const gone = await startRawUpstream(() => undefined)
    await gone.close()
    house = await openHouse(
      [
        { slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [keyA] },
        { slug: 'dead', baseUrl: gone.url, keys: [keyA], config: { maxAttempts: 1, queueTimeout: 0 } },
      ],
      { quotas: book.quotas },
    )
    let served = 0
    const worker = async (path: string) => {
      for (let i = 0; i < 8; i++) {
        const answer = await post(path, ask)
        await answer.text()
        if (answer.status === 200) served++
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, n) => worker(n % 2 ? '/main/chat/completions' : '/dead/chat/completions')))
    const rows = await house.recorded(64)
    expect(served).toBe(upstream.requests.length)
    expect(served).toBeLessThanOrEqual(8)
    expect(book.used()).toEqual([served])
    expect(rows.reduce((sum, row) => sum + (row.credits ?? 0), 0)).toBe(served)
  })
})

describe('a call that reached nobody gives all of it back', () => {
  test('no key was free', async () => {
    await open(3, { keys: [] })
    expect((await chat()).status).toBe(503)
    expect((await house.recorded(1))[0]).toMatchObject({ credits: 0, attempts: [] })
    expect(book.used()).toEqual([0])
  })

  test('its budget was spent', async () => {
    const spending = { reserve: () => ({ kind: 'spent', of: 'pool', until: null }) as const }
    await open(3, { options: { spending } })
    const answer = await chat()
    expect([answer.status, answer.headers.get('x-ratelimit-limit')]).toEqual([429, null])
    expect(book.used()).toEqual([0])
  })

  test('its keys are locked away', async () => {
    await open(3, { options: { secretFor: () => '', vaultOpen: () => false } })
    expect((await chat()).status).toBe(503)
    expect(book.used()).toEqual([0])
  })

  test('the upstream could not be reached', async () => {
    const gone = await startRawUpstream(() => undefined)
    await gone.close()
    await open(3, { baseUrl: gone.url })
    expect((await chat()).status).toBe(502)
    expect((await house.recorded(1))[0]).toMatchObject({ credits: 0 })
    expect(book.used()).toEqual([0])
  })

  test('the client went while it waited for a key', async () => {
    await open(3, { config: { keyConcurrency: 1, queueTimeout: 30 } })
    upstream.script('*', { kind: 'slow-first-byte', ms: 1500 })
    const first = chat()
    await expect.poll(() => upstream.requests.length).toBe(1)
    const leaving = new AbortController()
    const second = chat({}, { signal: leaving.signal })
    await expect.poll(() => book.used()).toEqual([2])
    leaving.abort()
    await expect(second).rejects.toThrow('aborted')
    await expect.poll(() => book.used()).toEqual([1])
    await (await first).text()
  })

  test('a request that never was a call takes nothing', async () => {
    await open(3)
    expect((await post('/v1/chat/completions', { messages: [] })).status).toBe(400)
    expect((await post('/v1/chat/completions', { ...ask, model: 'nothing-like-it' })).status).toBe(404)
    expect((await call('/v1/models')).status).toBe(200)
    expect(book.used()).toEqual([0])
  })
})

describe('a call that reached an upstream keeps what it costs', () => {
  const byUse = [{ perCall: 1, perThousandTokens: 1000 }]

  test('by the tokens that the answer tells, less or more than was thought', async () => {
    await open(10_000, { rules: byUse })
    upstream.script(keyA, [
      { kind: 'ok', usage: { input: 10, output: 20 } },
      { kind: 'ok', usage: { input: 10, output: 5000 } },
    ])
    for (const total of [1 + 30, 1 + 30 + 1 + 5010]) {
      await (await chat()).text()
      await expect.poll(() => book.used()).toEqual([total])
    }
    expect((await house.recorded(2)).map(({ credits }) => credits)).toEqual([31, 5011])
  })

  test('tokens from and for the cache count, each once', async () => {
    await open(10_000, { rules: [{ perCall: 0, perThousandTokens: 1000 }] })
    upstream.script(keyA, { kind: 'ok', usage: { input: 100, cacheRead: 40, output: 7, reasoning: 3 } })
    await (await chat()).text()
    await expect.poll(() => book.used()).toEqual([107])
  })

  test('by the money that the answer cost', async () => {
    // The house's prices: 10 nanos per token of output.
    await open(10_000, { rules: [{ perCall: 0, perUsd: 1e6 }] })
    upstream.script(keyA, { kind: 'ok', usage: { input: 10, output: 250 } })
    await (await chat({ stream: true })).text()
    await expect.poll(() => book.used()).toEqual([2.5])
    expect((await house.recorded(1))[0]).toMatchObject({ credits: 2.5, costNanos: 2500 })
  })

  test('one that costs more than is left is counted, and the next one meets it', async () => {
    await open(1000, { rules: byUse })
    upstream.script(keyA, { kind: 'ok', usage: { input: 10, output: 5000 } })
    expect((await chat()).status).toBe(200)
    await expect.poll(() => book.used()).toEqual([5011])
    const refused = await chat()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(upstream.requests).toHaveLength(1)
  })

  test('a refusal of the upstream costs the call alone', async () => {
    await open(10_000, { rules: byUse })
    upstream.script('*', { kind: 'bad-request' })
    expect((await chat()).status).toBe(400)
    expect((await house.recorded(1))[0]).toMatchObject({ credits: 1 })
    upstream.script('*', { kind: 'key-invalid' })
    await (await chat()).text()
    expect((await house.recorded(2))[1]).toMatchObject({ credits: 1, attempts: [{ status: 401 }] })
    expect(book.used()).toEqual([2])
  })

  test('where nobody knows what was used, the estimate stands', async () => {
    await open(10_000, { rules: byUse, config: { maxAttempts: 1 } })
    upstream.script('*', { kind: 'reset' })
    expect((await chat({ max_tokens: 300 })).status).toBe(502)
    const [row] = await house.recorded(1)
    expect(row?.estimatedTokens).toBeGreaterThan(300)
    expect(row?.credits).toBe(1 + (row?.estimatedTokens ?? 0))
    expect(book.used()).toEqual([row?.credits])
  })

  test('a client that leaves before the answer has called all the same', async () => {
    await open(10)
    upstream.script('*', { kind: 'no-answer' })
    const leaving = new AbortController()
    const answer = chat({}, { signal: leaving.signal })
    await expect.poll(() => upstream.requests.length).toBe(1)
    leaving.abort()
    await expect(answer).rejects.toThrow('aborted')
    expect((await house.recorded(1))[0]).toMatchObject({ credits: 1, outcome: 'aborted' })
    expect(book.used()).toEqual([1])
  })

  test('several attempts are one call', async () => {
    await open(10, { keys: [keyA, 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'] })
    upstream.script(keyA, { kind: 'rate-short', retryAfterS: 60 })
    upstream.script('*', { kind: 'ok' })
    await (await chat()).text()
    const [row] = await house.recorded(1)
    expect(row?.attempts).toHaveLength(2)
    expect(row?.credits).toBe(1)
  })
})

describe('what is asked for says what it costs', () => {
  const rules = [
    { model: 'gpt-4o', perCall: 3 },
    { model: 'fast', perCall: 2 },
    { pool: 'main', perCall: 5 },
  ]

  test('by pool, model and route', async () => {
    await open(100, {
      rules,
      config: { models: ['gpt-4o', 'gpt-4o-mini'] },
      options: { routes: [{ model: 'fast', targets: [{ pool: 'main', model: 'gpt-4o-mini' }] }] },
    })
    for (const [path, model] of [
      ['/main/chat/completions', 'gpt-4o'],
      ['/main/chat/completions', 'gpt-4o-mini'],
      ['/v1/chat/completions', 'fast'],
      ['/v1/messages', 'gpt-4o'],
    ] as const) {
      const answer = await post(path, { ...ask, model, max_tokens: 5 })
      expect(answer.status).toBe(200)
      await answer.text()
    }
    await (await call('/main/models')).text()
    expect((await house.recorded(5)).map(({ credits }) => credits)).toEqual([3, 5, 2, 3, 5])
    expect(book.used()).toEqual([18])
  })

  test('prompts too', async () => {
    const version = {
      version: 1,
      model: 'gpt-4o',
      messages: [{ role: 'user' as const, text: 'Say {{word}}.' }],
      variables: [{ name: 'word', description: '', default: null }],
      parameters: {},
      createdAt: 0,
    }
    await open(4, { rules, options: { prompts: { greet: { kind: 'published', slug: 'greet', version } } } })
    const first = await post('/prompts/greet', { variables: { word: 'yes' } })
    expect([first.status, rates(first)[1]]).toEqual([200, '1'])
    await first.text()
    const second = await post('/prompts/greet', { variables: { word: 'yes' } })
    expect([second.status, rates(second)[1]]).toEqual([429, '1'])
    expect(await second.json()).toMatchObject({ error: { code: 'QUOTA_SPENT', message: expect.stringContaining('needs 3') } })
  })

  test('what is kept costs the call alone, also where no more than that is left', async () => {
    await open(1501, { rules: [{ perCall: 0.5, perThousandTokens: 1000 }], config: { cacheTtl: 60 } })
    upstream.script(keyA, { kind: 'ok', usage: { input: 500, output: 1000 } })
    await (await chat()).text()
    await expect.poll(() => book.used()).toEqual([1500.5])
    const kept = await chat()
    expect([kept.status, kept.headers.get('x-keywheel-cache'), rates(kept)[1]]).toEqual([200, 'hit', '0'])
    await kept.text()
    expect((await house.recorded(2))[1]).toMatchObject({ cache: 'hit', credits: 0.5 })
    const spent = await chat()
    expect(spent.status).toBe(429)
    expect((await house.recorded(3))[2]).toMatchObject({ errorCode: 'QUOTA_SPENT', credits: 0, cache: null })
    expect(upstream.requests).toHaveLength(1)
  })

  test('a maximum of tokens beyond the whole quota is taken for what calls usually use', async () => {
    await open(2000, { rules: [{ perCall: 0, perThousandTokens: 1000 }] })
    const answer = await chat({ max_tokens: 100_000 })
    expect(answer.status).toBe(200)
    await answer.text()
    expect(book.used()[0]).toBeLessThan(2000)
  })
})

describe('the client is told', () => {
  test('what is left, with every answer, and never what is left of a key', async () => {
    const staged = await startStagedUpstream('http', (reply, { path }) =>
      reply.whole(
        path.endsWith('/bad') ? 400 : 200,
        {
          'content-type': 'application/json',
          'x-ratelimit-limit': '5000',
          'X-RateLimit-Remaining': '4999',
          'x-ratelimit-reset': '1',
          'x-ratelimit-remaining-requests': '77',
        },
        '{}',
      ),
    )
    onTestFinished(() => staged.close())
    await open(3, { baseUrl: `http://127.0.0.1:${staged.port}/v1` })
    const good = await call('/main/models')
    const bad = await call('/main/bad')
    expect([rates(good).slice(0, 2), rates(bad).slice(0, 2)]).toEqual([
      ['3', '2'],
      ['3', '1'],
    ])
    const seconds = Number(rates(good)[2]) - Date.now() / 1000
    expect(seconds).toBeGreaterThan(3500)
    expect(seconds).toBeLessThanOrEqual(3601)
    expect(good.headers.get('x-ratelimit-remaining-requests')).toBe('77')
    // Another client has no quotas: it sees the upstream's own.
    const free = await fetch(`${house.url}/main/models`, { headers: { authorization: `Bearer ${house.tokenFor(null)}` } })
    expect(rates(free)).toEqual(['5000', '4999', '1'])
    expect((await house.recorded(3)).map(({ credits }) => credits)).toEqual([1, 1, null])
  })

  test('fractions as they are', async () => {
    await open(1, { rules: [{ perCall: 0.1 }] })
    const answer = await chat({ stream: true })
    expect(rates(answer).slice(0, 2)).toEqual(['1', '0.9'])
    await answer.text()
  })

  test('of the quota with the least left, and of the one that refuses', async () => {
    upstream = await startScriptedUpstream()
    book = creditBook(2, { more: [{ duration: 'MINUTE', credits: 5 }] })
    house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [keyA] }], { quotas: book.quotas })
    expect(rates(await chat()).slice(0, 2)).toEqual(['2', '1'])
    await chat()
    const refused = await chat()
    expect([refused.status, ...rates(refused).slice(0, 2)]).toEqual([429, '2', '0'])
    const [reset, wait] = [Number(rates(refused)[2]), Number(refused.headers.get('retry-after'))]
    expect(Math.abs(reset - Date.now() / 1000 - wait)).toBeLessThan(3)
    expect(wait).toBeGreaterThan(3500)
    // Longer than any SDK waits by itself.
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(await refused.json()).toMatchObject({
      error: { type: 'rate_limit_error', code: 'QUOTA_SPENT', message: expect.stringContaining('2 credits per hour has 0 left') },
    })
  })

  test('that no wait helps where a call costs more than a whole quota', async () => {
    await open(3, { rules: [{ perCall: 4 }] })
    const refused = await chat()
    expect([refused.status, ...rates(refused)]).toEqual([429, '3', '3', null])
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(refused.headers.get('x-should-retry')).toBe('false')
  })

  test('nothing of quotas where all are unlimited, and yet it is counted', async () => {
    await open(-1)
    const answer = await chat()
    expect(rates(answer)).toEqual([null, null, null])
    await answer.text()
    expect((await house.recorded(1))[0]).toMatchObject({ credits: 1 })
    expect(book.used()).toEqual([1])
  })

  test('the limit of the keys where that refuses, and once', async () => {
    const limits = { '': [{ unit: 'requests' as const, window: { slideMs: 60_000 }, amount: 1 }] }
    await open(10, { key: { limits } })
    await (await chat()).text()
    const refused = await chat()
    expect([refused.status, ...rates(refused).slice(0, 2)]).toEqual([429, '1', '0'])
    expect(await refused.json()).toMatchObject({ error: { code: 'NO_READY_KEY' } })
    expect(book.used()).toEqual([1])
  })
})
