/** The client of apipool-servers against one: what it asks, what it makes of the answers, and what it does not believe. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../src-main/pool/clock.ts'
import { createGuardedFetch } from '../../../src-main/proxy/forward/guarded-fetch.ts'
import { ApipoolClient, ApipoolError, baseOf, reportTime, Session, type Wire } from '../../../src-main/remote/client/index.ts'
import { type ApipoolServer, type Misbehaviour, serverKey, startApipoolServer } from '../../support/apipool-server.ts'
import { VirtualClock } from '../../support/clock.ts'

const wireTo = (server: { url: string }, more: Partial<Wire> = {}): Wire => ({
  base: baseOf(server.url),
  fetch: globalThis.fetch,
  clock: systemClock(),
  ...more,
})

function clientOf(server: ApipoolServer, more: Partial<Wire> = {}) {
  const session = new Session(wireTo(server, more), { username: 'ann', password: server.password })
  return { session, client: new ApipoolClient(session) }
}

async function failure(work: Promise<unknown>): Promise<ApipoolError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (error instanceof ApipoolError) return error
  throw error
}

const logins = (server: ApipoolServer) => server.asked.filter(({ path }) => path === '/api/v1/auth/login').length
const refreshes = (server: ApipoolServer) => server.asked.filter(({ path }) => path === '/api/v1/auth/refresh').length

describe('what it asks', () => {
  test('logs in once and reads keys, config, pools and status, whatever characters the identifier has', async () => {
    const server = await startApipoolServer()
    const name = "my pool/%2e?#'ü"
    server.addPool(name, { keys: [serverKey(1), { identifier: 'k2', raw_key: 'sk-2' }], pool_config: { timeout: 5, extra: [1] } })
    const { client } = clientOf(server)
    const [keys, config, pools, status] = await Promise.all([
      client.keys(name),
      client.config(name),
      client.pools(),
      client.status(name),
    ])
    expect(keys).toEqual({
      clientType: 'generic',
      keys: [
        { identifier: 'key 1/ä', rawKey: serverKey(1).raw_key, alias: 'Key 1', tags: ['shared'] },
        { identifier: 'k2', rawKey: 'sk-2', alias: null, tags: [] },
      ],
      total: 2,
    })
    expect(config).toEqual({
      clientType: 'generic',
      reachLimitException: null,
      rotationStrategy: 'round_robin',
      poolConfig: { timeout: 5, extra: [1] },
    })
    expect(pools).toEqual([{ identifier: name, name, description: '', clientType: 'generic', keys: 2 }])
    expect(status).toEqual({ success: true, available: 2, total: 2 })
    expect(logins(server)).toBe(1)
    const { authorization, ...login } = server.asked[0] ?? {}
    expect([authorization, login]).toEqual([
      null,
      { method: 'POST', path: '/api/v1/auth/login', body: { username: 'ann', password: server.password } },
    ])
    expect(server.asked.slice(1).every((one) => one.authorization?.startsWith('Bearer access-'))).toBe(true)
  })

  test('a path prefix is kept and one trailing slash is taken away', async () => {
    const server = await startApipoolServer('/tools/pool')
    server.addPool('p1')
    const session = new Session(wireTo({ url: `${server.url}/` }), { username: 'ann', password: server.password })
    await new ApipoolClient(session).status('p1')
    expect(server.asked.map(({ path }) => path)).toEqual(['/api/v1/auth/login', '/api/v1/proxy/p1/status'])
  })

  test('an identifier that would be a step in the path is not asked for', async () => {
    const server = await startApipoolServer()
    const { client } = clientOf(server)
    for (const name of ['.', '..', '']) expect(await failure(client.config(name))).toMatchObject({ code: 'refused' })
    expect(server.asked).toEqual([])
  })

  test('pools come in pages of 100', async () => {
    const server = await startApipoolServer()
    for (let n = 0; n < 205; n += 1) server.addPool(`pool-${n}`)
    const pools = await clientOf(server).client.pools()
    expect(new Set(pools.map(({ identifier }) => identifier)).size).toBe(205)
    expect(server.asked.filter(({ path }) => path.startsWith('/api/v1/pools?')).map(({ path }) => path)).toEqual([
      '/api/v1/pools?page=1&page_size=100',
      '/api/v1/pools?page=2&page_size=100',
      '/api/v1/pools?page=3&page_size=100',
    ])
  })

  test('an invocation and a report are the documented bodies', async () => {
    const server = await startApipoolServer()
    server.addPool('p1', { keys: [serverKey(1)] })
    const { client } = clientOf(server)
    const result = await client.invoke('p1', { attrPath: ['get'], args: ['/hello'], kwargs: { params: { a: 1 } } })
    expect(result).toMatchObject({ success: false, error: expect.stringContaining('ConnectError') as string })
    const event = {
      key: 'k1',
      status: 'reach limit',
      latency: 0.25,
      method: 'get',
      finishedAt: '2026-11-21T03:09:24.383534',
    } as const
    expect(await client.report('p1', 'host:1', [event])).toEqual({ accepted: 1, duplicates: 0 })
    expect(server.asked.slice(1).map(({ body }) => body)).toEqual([
      { attr_path: ['get'], args: ['/hello'], kwargs: { params: { a: 1 } } },
      {
        pool_identifier: 'p1',
        client_id: 'host:1',
        events: [
          {
            key_identifier: 'k1',
            status: 'reach limit',
            latency: 0.25,
            method: 'get',
            finished_at: '2026-11-21T03:09:24.383534',
          },
        ],
      },
    ])
  })

  test('times of reports are local, without a zone', () => {
    const at = new Date(2026, 0, 5, 7, 8, 9, 12)
    expect(reportTime(at.getTime(), 345)).toBe('2026-01-05T07:08:09.012345')
  })
})

describe('tokens', () => {
  test('are renewed before they end, by a clock that nobody sets; the rotated refresh token is kept', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    const clock = new VirtualClock()
    const { client } = clientOf(server, { clock })
    await client.status('p1')
    clock.advance(3_539_000)
    await client.status('p1')
    expect([logins(server), refreshes(server)]).toEqual([1, 0])
    clock.advance(1000)
    await client.status('p1')
    expect([logins(server), refreshes(server)]).toEqual([1, 1])
    clock.advance(3_540_000)
    await client.status('p1')
    expect([logins(server), refreshes(server)]).toEqual([1, 2])
  })

  test('short ones are renewed in the last tenth of their life', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    server.expiresIn = 10
    const clock = new VirtualClock()
    const { client } = clientOf(server, { clock })
    await client.status('p1')
    clock.advance(8900)
    await client.status('p1')
    expect(refreshes(server)).toBe(0)
    clock.advance(100)
    await client.status('p1')
    expect(refreshes(server)).toBe(1)
  })

  test('one that the server does not believe any more is renewed once, by one call for all that met it', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    const { client } = clientOf(server)
    await client.status('p1')
    server.expire()
    await Promise.all(Array.from({ length: 8 }, () => client.status('p1')))
    expect([logins(server), refreshes(server)]).toEqual([1, 1])
  })

  test('when the refresh token is worth nothing, it logs in once', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    const { client } = clientOf(server)
    await client.status('p1')
    server.expire('both')
    await Promise.all([client.status('p1'), client.status('p1')])
    expect([logins(server), refreshes(server)]).toEqual([2, 1])
  })

  test('a server that refuses every token is asked no more than twice', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    server.misbehave('/status', { status: 401, body: { detail: 'Invalid access token' } })
    expect(await failure(clientOf(server).client.status('p1'))).toMatchObject({ code: 'unauthorised', status: 401 })
    expect(server.asked.filter(({ path }) => path.endsWith('/status')).length).toBe(2)
  })

  test('a server that is away while a token is renewed costs no login', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    const clock = new VirtualClock()
    const { client } = clientOf(server, { clock })
    await client.status('p1')
    server.misbehave('/auth/refresh', { status: 503 }, 1)
    clock.advance(3_590_000)
    expect(await failure(client.status('p1'))).toMatchObject({ code: 'unreachable', status: 503 })
    expect(await client.status('p1')).toMatchObject({ total: 0 })
    expect([logins(server), refreshes(server)]).toEqual([1, 2])
  })

  test('a token alone works until it ends, and then says so', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    const { session } = clientOf(server)
    const { accessToken } = await session.login()
    const bare = new ApipoolClient(new Session(wireTo(server), null, { accessToken, refreshToken: '', expiresIn: null }))
    expect(await bare.status('p1')).toMatchObject({ total: 0 })
    server.expire()
    expect(await failure(bare.status('p1'))).toMatchObject({ code: 'unauthorised' })
  })

  test('a wrong password is named, and a user that was switched off too', async () => {
    const server = await startApipoolServer()
    const wrong = new Session(wireTo(server), { username: 'ann', password: 'not-it' })
    const error = await failure(wrong.login())
    expect([error.code, error.message]).toEqual(['unauthorised', 'Incorrect username or password'])
    server.misbehave('/auth/login', { status: 403, body: { detail: 'User account is disabled' } })
    expect(await failure(wrong.login())).toMatchObject({ code: 'unauthorised', status: 403 })
  })
})

describe('what it does not believe', () => {
  const cases: [string, Misbehaviour, string][] = [
    ['HTML', 'html', 'not-apipool'],
    ['half a JSON', 'half', 'not-apipool'],
    ['an answer that breaks off', 'cut', 'unreachable'],
    ['a redirect', 'redirect', 'not-apipool'],
    ['a list that is none', { json: { client_type: 'x', keys: null, total: 0 } }, 'not-apipool'],
    [
      'a key without its secret',
      { json: { keys: [{ identifier: 'a', raw_key: 'x' }, { identifier: 'b' }], total: 2 } },
      'not-apipool',
    ],
    ['an array', { json: [] }, 'not-apipool'],
    ['a bare 500', { status: 500 }, 'refused'],
    ['a gateway in front of it', { status: 502 }, 'unreachable'],
    ['a 404 of another server', { status: 404 }, 'not-apipool'],
    ['no right to it', { status: 403, body: { detail: 'No right to raw keys' } }, 'refused'],
  ]
  test.each(cases)('%s', async (_, how, code) => {
    const server = await startApipoolServer()
    server.addPool('p1', { keys: [serverKey(1)] })
    server.misbehave('/keys/raw', how)
    const error = await failure(clientOf(server).client.keys('p1'))
    expect(error.code).toBe(code)
    expect(error.message).not.toContain(serverKey(1).raw_key)
    expect(error.message).not.toContain('{')
  })

  test('an answer without end is not read to its end', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    server.misbehave('/config', 'huge')
    const error = await failure(clientOf(server).client.config('p1'))
    expect([error.code, error.message]).toEqual(['refused', 'The answer is larger than 1 MiB.'])
  })

  test('one that never comes ends with its time, and a caller may leave before', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    server.misbehave('/status', 'hang')
    const clock = new VirtualClock()
    const { client } = clientOf(server, { clock })
    const asked = failure(client.status('p1'))
    while (!server.asked.some(({ path }) => path.endsWith('/status'))) await sleep(5)
    clock.advance(30_000)
    expect(await asked).toMatchObject({ code: 'unreachable', message: 'The server did not answer within 30 s.' })
    const leaving = new AbortController()
    const left = client.status('p1', { signal: leaving.signal }).catch((reason: unknown) => reason)
    leaving.abort('left')
    expect(await left).toBe('left')
  })

  test('a server that is gone, and back', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    const { client } = clientOf(server)
    await client.status('p1')
    await server.cut()
    expect(await failure(client.status('p1'))).toMatchObject({ code: 'unreachable', status: null })
    await server.listen()
    expect(await client.status('p1')).toMatchObject({ total: 0 })
  })

  test('what it quotes of a token is not shown, nor what would disturb a terminal', async () => {
    const server = await startApipoolServer()
    server.addPool('p1')
    const { client, session } = clientOf(server)
    const { accessToken } = await session.login()
    server.misbehave('/status', { status: 400, body: { detail: `bad \u001b[31m${accessToken}\n\u202Ethere` } })
    const { message } = await failure(client.status('p1'))
    expect(message).toBe('The server says: bad [31m… there')
  })

  test.each([
    [401, 'no user ann with "my  horse"', 'no user ann with "…"'],
    [422, [{ loc: ['body', 'password'], msg: 'not my  horse' }], 'The server says: body.password: not …'],
  ])('nor a password that it says again (%i)', async (status, detail, message) => {
    const server = await startApipoolServer()
    const session = new Session(wireTo(server), { username: 'ann', password: 'my  horse' })
    server.misbehave('/auth/login', { status, body: { detail } })
    expect((await failure(session.login())).message).toBe(message)
  })

  test('addresses that are none', () => {
    for (const text of ['', 'pool.example.com', 'ftp://x', 'http://u:p@x', 'http://x/?a=1', 'http://x/#a']) {
      expect(() => baseOf(text)).toThrow(ApipoolError)
    }
    expect(baseOf('https://x.example.com/a/')).toBe('https://x.example.com/a')
  })

  test('by the guarded fetch: metadata addresses, http to the world and our own port are not asked', async () => {
    const server = await startApipoolServer()
    const guarded = createGuardedFetch({ ownPort: () => server.port })
    const messages: string[] = []
    for (const url of ['http://169.254.169.254', 'http://192.0.2.1', server.url]) {
      const session = new Session(wireTo({ url }, { fetch: guarded.fetch }), { username: 'ann', password: 'x' })
      const error = await failure(session.login())
      messages.push(`${error.code} ${error.message}`)
    }
    await guarded.close()
    expect(messages).toEqual([
      'unreachable The server could not be reached (UPSTREAM_FORBIDDEN; give an https:// address).',
      'unreachable The server could not be reached (UPSTREAM_FORBIDDEN; give an https:// address).',
      'unreachable The server could not be reached (UPSTREAM_LOOP; this is the Keywheel itself).',
    ])
    expect(server.asked).toEqual([])
  })
})
