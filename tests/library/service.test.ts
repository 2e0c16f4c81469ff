/** The library at an apipool-server: calls that the server makes, keys that it hands out, calls that it is told of. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { startScriptedUpstream } from '../../src-main/demo/index.ts'
import {
  ApiKey,
  agetKeys,
  alogin,
  asyncConnect,
  type ConnectWithStatsOptions,
  connect,
  connectWithStats,
  DynamicKeyManager,
  getConfig,
  getKeys,
  Login,
  login,
  type Problem,
  type ServiceClient,
  ServiceError,
} from '../../src-main/library/index.ts'
import { type ApipoolServer, serverKey, startApipoolServer } from '../support/apipool-server.ts'
import { VirtualClock } from '../support/clock.ts'
import { failure } from './rig.ts'

async function scene() {
  const upstream = await startScriptedUpstream()
  onTestFinished(() => upstream.close())
  const server = await startApipoolServer()
  const pool = server.addPool('p', { keys: [serverKey(1), serverKey(2)], baseUrl: `${upstream.url}/echo` })
  const ann = await login(server.url, 'ann', server.password)
  return { upstream, server, pool, ann }
}

const asked = (server: ApipoolServer, part: string) => server.asked.filter(({ path }) => path.includes(part))

describe('login, getKeys, getConfig', () => {
  test('give what the server has', async () => {
    const { server, pool, ann } = await scene()
    pool.pool_config = { timeout: 5, rate_limit: 9, custom: { a: 1 }, unheard: true }
    pool.rotation_strategy = 'least_used'
    expect(ann).toBeInstanceOf(Login)
    expect([ann.accessToken.startsWith('access-'), ann.refreshToken.startsWith('refresh-'), ann.expiresIn]).toEqual([
      true,
      true,
      3600,
    ])
    expect(await getKeys(server.url, 'p', ann)).toEqual([serverKey(1).raw_key, serverKey(2).raw_key])
    expect(await getKeys(`${server.url}/`, 'p', ann.accessToken)).toHaveLength(2)
    const config = await getConfig(server.url, 'p', ann)
    expect(config).toMatchObject({
      timeout: 5,
      rateLimit: 9,
      rotationStrategy: 'least_used',
      clientType: 'generic',
      custom: { a: 1 },
    })
    expect(config.extra).toEqual({ unheard: true })
  })

  test('a login shows no token by itself, and is for its own server', async () => {
    const { server, ann } = await scene()
    const other = await startApipoolServer()
    expect(JSON.stringify({ ann })).toBe(JSON.stringify({ ann: { serviceUrl: server.url } }))
    expect(await failure(getKeys(other.url, 'p', ann))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'authToken' })
    expect(other.asked).toEqual([])
  })

  test.each<[string, (server: ApipoolServer) => void, string]>([
    ['HTML', (server) => server.misbehave('/keys/raw', 'html'), 'NOT_A_SERVICE'],
    ['a 404', (server) => server.pools.clear(), 'SERVICE_REFUSED'],
    ['no right', (server) => server.misbehave('/keys/raw', { status: 403, body: { detail: 'no' } }), 'SERVICE_REFUSED'],
    ['a cut', (server) => server.misbehave('/keys/raw', 'cut'), 'SERVICE_UNREACHABLE'],
  ])('%s is a coded error', async (_, change, code) => {
    const { server, ann } = await scene()
    change(server)
    const error = await failure(getKeys(server.url, 'p', ann))
    expect([error instanceof ServiceError, (error as ServiceError).code]).toEqual([true, code])
  })

  test('a wrong password, an address that is none, no token', async () => {
    const { server } = await scene()
    expect(await failure(login(server.url, 'ann', 'wrong'))).toMatchObject({ code: 'SERVICE_UNAUTHORISED', status: 401 })
    expect(await failure(login('nowhere', 'ann', 'x'))).toMatchObject({ code: 'NOT_A_SERVICE' })
    expect(await failure(getKeys(server.url, 'p', ''))).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(await failure(getKeys(server.url, 'p', 'access-stale'))).toMatchObject({ code: 'SERVICE_UNAUTHORISED' })
  })
})

describe('connect', () => {
  test('asks nothing before a call, and then the documented body', async () => {
    const { server, ann } = await scene()
    const before = server.asked.length
    const manager = connect(server.url, 'p', ann)
    onTestFinished(() => manager.close())
    expect([server.asked.length, [...manager.activeKeys.keys()]]).toEqual([before, ['service-proxy:p']])
    const answer = await manager.dummyclient.get('/hello', { params: { a: 1 } })
    expect(answer).toMatchObject({ _type: 'httpx.Response', status_code: 200, data: { path: '/echo/hello', query: { a: '1' } } })
    await manager.dummyclient.post('/things', { json: { b: [2] } })
    await manager.call('coins.price.get', ['x', { y: 1 }]).catch(() => undefined)
    expect(asked(server, '/invoke').map(({ body }) => body)).toEqual([
      { attr_path: ['get'], args: ['/hello'], kwargs: { params: { a: 1 } } },
      { attr_path: ['post'], args: ['/things'], kwargs: { json: { b: [2] } } },
      { attr_path: ['coins', 'price', 'get'], args: ['x'], kwargs: { y: 1 } },
    ])
  })

  test('one failed call does not end the manager; nor does a hundred', async () => {
    const { server, ann } = await scene()
    const manager = connect(server.url, 'p', ann)
    onTestFinished(() => manager.close())
    server.misbehave('/invoke', { json: { success: false, data: null, error: 'ReadTimeout: too slow' } }, 100)
    for (let n = 0; n < 100; n += 1) {
      expect(await failure(manager.dummyclient.get('/x'))).toMatchObject({
        code: 'SERVICE_CALL_FAILED',
        message: 'Proxy call failed: ReadTimeout: too slow',
      })
    }
    server.misbehave('/invoke', { status: 500 }, 1)
    expect(await failure(manager.dummyclient.get('/x'))).toMatchObject({ code: 'SERVICE_REFUSED', status: 500 })
    expect(await manager.dummyclient.get('/x')).toMatchObject({ status_code: 200 })
    expect(manager.poolSize).toBe(1)
  })

  test('its asynchronous twins are the same functions', async () => {
    const { server } = await scene()
    const ann = await alogin(server.url, 'ann', server.password)
    expect(await agetKeys(server.url, 'p', ann)).toHaveLength(2)
    const manager = asyncConnect(server.url, 'p', ann)
    onTestFinished(() => manager.close())
    expect(await manager.adummyclient.get('/x')).toMatchObject({ status_code: 200 })
  })

  test('null, false and nothing are answers like others', async () => {
    const { server, ann } = await scene()
    const manager = connect(server.url, 'p', ann)
    onTestFinished(() => manager.close())
    for (const data of [null, false, '', 0]) {
      server.behave()
      server.misbehave('/invoke', { json: { success: true, data, error: null } })
      expect(await manager.call('get', ['/x'])).toBe(data)
    }
    expect(asked(server, '/invoke')).toHaveLength(4)
  })

  test('a token that has ended is renewed where a login was given, and said where not', async () => {
    const { server, ann } = await scene()
    const [renewing, bare] = [connect(server.url, 'p', ann), connect(server.url, 'p', ann.accessToken)]
    for (const one of [renewing, bare]) onTestFinished(() => one.close())
    server.expire()
    const former = ann.accessToken
    expect(await renewing.dummyclient.get('/x')).toMatchObject({ status_code: 200 })
    expect(ann.accessToken).not.toBe(former)
    expect(await failure(bare.dummyclient.get('/x'))).toMatchObject({ code: 'SERVICE_UNAUTHORISED' })
    // Two managers share the one refresh token that counts.
    const second = connect(server.url, 'p', ann)
    onTestFinished(() => second.close())
    server.expire()
    await Promise.all([renewing.dummyclient.get('/x'), second.dummyclient.get('/x')])
    expect([asked(server, '/auth/refresh').length, asked(server, '/auth/login').length]).toEqual([2, 1])
    // What was written down of a login works too.
    const { accessToken, refreshToken } = ann
    const kept = connect(server.url, 'p', { accessToken, refreshToken })
    onTestFinished(() => kept.close())
    server.expire()
    expect(await kept.dummyclient.get('/x')).toMatchObject({ status_code: 200 })
  })

  test('checkUsable asks for the status', async () => {
    const { server, pool, ann } = await scene()
    const manager = connect(server.url, 'p', ann)
    onTestFinished(() => manager.close())
    expect(await manager.checkUsable()).toMatchObject({ total: 1, usable: [{}] })
    pool.keys = []
    expect((await manager.checkUsable()).unusable).toHaveLength(1)
    pool.keys = [serverKey(1)]
    await manager.checkUsable()
    expect(manager.poolSize).toBe(1)
  })

  test("the server's own 429 makes the manager wait as told", async () => {
    const { server, ann } = await scene()
    const manager = connect(server.url, 'p', ann)
    onTestFinished(() => manager.close())
    server.misbehave('/invoke', { status: 429, body: { detail: 'slow down' }, headers: { 'retry-after': '30' } }, 1)
    expect(await failure(manager.dummyclient.get('/x'))).toMatchObject({ status: 429, retryAfter: 30 })
    expect(await failure(manager.dummyclient.get('/x'))).toMatchObject({ code: 'POOL_EXHAUSTED', reason: 'cooling' })
  })
})

describe('connectWithStats', () => {
  function managerOf(server: ApipoolServer, ann: Login, options: ConnectWithStatsOptions<ServiceClient> = {}) {
    const clock = new VirtualClock()
    const problems: Problem[] = []
    const manager = connectWithStats(server.url, 'p', ann, { clock, onProblem: (problem) => problems.push(problem), ...options })
    onTestFinished(() => manager.close())
    return { manager, clock, problems }
  }

  test("calls go out with the pool's keys, by its settings, and follow both", async () => {
    const { upstream, server, pool, ann } = await scene()
    pool.rotation_strategy = 'round_robin'
    const { manager } = managerOf(server, ann, { baseUrl: `${upstream.url}/echo` })
    expect(manager).toBeInstanceOf(DynamicKeyManager)
    const answer = await manager.dummyclient.get('/things', { params: { a: 1 } })
    expect(answer).toMatchObject({ status_code: 200, data: { path: '/echo/things', query: { a: '1' } } })
    await manager.dummyclient.post('/things', { json: { b: 2 } })
    expect(upstream.requests.map(({ key }) => String(key)).toSorted()).toEqual(
      [serverKey(1).raw_key, serverKey(2).raw_key].toSorted(),
    )
    expect(upstream.requests.at(-1)).toMatchObject({ method: 'POST', body: '{"b":2}' })
    expect(manager.config.rotationStrategy).toBe('round_robin')

    pool.keys = [serverKey(1, 'sk-renewed-aaaaaaaaaaaa'), serverKey(3)]
    pool.pool_config = { timeout: 7 }
    expect(await manager.refresh()).toMatchObject({ added: ['key 3/ä'], replaced: ['key 1/ä'], removed: ['key 2/ä'] })
    expect(manager.config.timeout).toBe(7)
    await manager.dummyclient.get('/x')
    await manager.dummyclient.get('/x')
    const last = upstream.requests.slice(-2).map(({ key }) => String(key))
    expect(last.toSorted()).toEqual(['sk-renewed-aaaaaaaaaaaa', serverKey(3).raw_key].toSorted())
    expect(asked(server, '/invoke')).toEqual([])
  })

  test('a key that is limited cools down and another one is taken', async () => {
    const { upstream, server, ann } = await scene()
    upstream.script(serverKey(1).raw_key, { kind: 'rate-short', retryAfterS: 60 })
    const { manager } = managerOf(server, ann, { baseUrl: `${upstream.url}/v1`, config: { retryOnFailure: true, maxRetries: 1 } })
    const config = { retry_on_failure: true, max_retries: 1 }
    const pool = server.pools.get('p')
    if (pool) pool.pool_config = config
    for (let n = 0; n < 6; n += 1) {
      const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
      expect(await manager.dummyclient.post('/chat/completions', { json: body })).toMatchObject({ status_code: 200 })
    }
    expect(upstream.requests.filter(({ key }) => key === serverKey(1).raw_key).length).toBeLessThanOrEqual(1)
  })

  test('a bad answer empties nothing', async () => {
    const { server, ann } = await scene()
    const { manager, problems } = managerOf(server, ann)
    await manager.start()
    for (const how of ['html', 'half', 'cut'] as const) {
      server.behave()
      server.misbehave('/keys/raw', how)
      await manager.refresh()
    }
    server.behave()
    server.misbehave('/keys/raw', { json: { client_type: 'x', keys: [], total: 0 } })
    await manager.refresh()
    expect([manager.poolSize, problems.map(({ code }) => code)]).toEqual([
      2,
      ['FETCH_FAILED', 'FETCH_FAILED', 'FETCH_FAILED', 'FETCH_EMPTY'],
    ])
    expect(JSON.stringify(problems)).not.toContain('sk-remote')
  })

  test('calls are told to the server by name, once, and at the end', async () => {
    const { upstream, server, ann } = await scene()
    const { manager, clock } = managerOf(server, ann, { baseUrl: `${upstream.url}/echo` })
    for (let n = 0; n < 3; n += 1) await manager.dummyclient.get('/x')
    clock.advance(30_000)
    await expect.poll(() => server.reports.length).toBe(3)
    expect(server.reports.every(({ key_identifier }) => /^key [12]\/ä$/.test(String(key_identifier)))).toBe(true)
    expect(server.reports[0]).toMatchObject({ status: 'success', method: 'get', latency: expect.any(Number) as number })
    expect(JSON.stringify(asked(server, '/stats/report'))).not.toContain('sk-remote')
    // What was told is still counted here.
    expect(await manager.stats.usageCountInRecentNSeconds(3600)).toBe(3)
    await manager.dummyclient.get('/x')
    await manager.close()
    expect(server.reports).toHaveLength(4)
    expect(asked(server, '/stats/report')[0]?.body).toMatchObject({
      pool_identifier: 'p',
      client_id: expect.stringMatching(/:\d+$/) as string,
    })
  })

  test('what could not be told is told later, alike; more than 500 go in parts', async () => {
    const { upstream, server, ann } = await scene()
    const { manager, clock, problems } = managerOf(server, ann, { baseUrl: `${upstream.url}/echo` })
    for (let round = 0; round < 52; round += 1) await Promise.all(Array.from({ length: 10 }, () => manager.dummyclient.get('/x')))
    server.misbehave('/stats/report', 'lost', 1)
    clock.advance(30_000)
    await expect.poll(() => problems.map(({ code }) => code)).toEqual(['REPORT_FAILED'])
    await expect
      .poll(() => {
        clock.advance(30_000)
        return asked(server, '/stats/report').length
      })
      .toBe(3)
    const [lost, again, rest] = asked(server, '/stats/report').map(({ body }) => body as { events: unknown[] })
    expect(again).toEqual(lost)
    expect([again?.events.length, rest?.events.length]).toEqual([500, 20])
  })

  test('keys of the program’s own are told by the name that the server has for them, never by their secret', async () => {
    const { server, ann } = await scene()
    class Own extends ApiKey<{ ping(): string }> {
      readonly primaryKey: string
      constructor(secret: string) {
        super()
        this.primaryKey = secret
      }
      createClient() {
        return { ping: () => 'pong' }
      }
      testUsability() {
        return true
      }
    }
    const manager = connectWithStats(server.url, 'p', ann, { apiKeyFactory: ({ rawKey }) => new Own(rawKey) })
    expect(await manager.dummyclient.ping()).toBe('pong')
    await manager.close()
    expect(server.reports).toMatchObject([{ key_identifier: expect.stringMatching(/^key \d\/ä$/) as string, method: 'ping' }])
    expect(JSON.stringify(asked(server, '/stats/report'))).not.toContain('sk-remote')
  })

  test('without an address, relative calls say what is missing', async () => {
    const { server, ann } = await scene()
    const { manager } = managerOf(server, ann)
    expect(await failure(manager.dummyclient.get('/x'))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'baseUrl' })
    expect(() => connectWithStats(server.url, 'p', ann, { statsReportInterval: 0 })).toThrow('statsReportInterval')
  })
})
