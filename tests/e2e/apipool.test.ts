/**
 * Other people's programs and other servers, over the whole application: a program that knows the apipool protocol only from its
 * description, a second Keywheel that is the client of the first one, and a program that asks for a token.
 */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Approval, Client, Key, KeyPage, Pool, Remote, RequestPage, User } from '../../src-preload/contract/index.ts'
import type { Host, HostOptions } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { type Program, program, shapes } from './apipool-client.ts'

const password = 'correct horse 1'
const secretOf = (name: string) => `sk-e2e-aaaaaaaaaaaaaaaaaaaaaaaa-${name}`
const question = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
const v1 = '/api/v1'

async function done<Body>(host: Host, expected: number, method: string, path: string, input?: unknown): Promise<Body> {
  const { status, body } = await host.rest(method, path, input)
  if (status !== expected) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`)
  return body as Body
}

/** A pool with keys that are called `<slug>-1`, `<slug>-2`, …; their secrets end with that name. */
async function addPool(host: Host, slug: string, upstream: ScriptedUpstream, keys: number): Promise<void> {
  const pool = { slug, provider: 'openai', baseUrl: `${upstream.url}/v1`, config: { models: ['gpt-4o'] } }
  await done(host, 201, 'POST', '/pools', pool)
  for (let n = 1; n <= keys; n += 1) await addKey(host, slug, `${slug}-${n}`)
}

const addKey = (host: Host, pool: string, name: string) =>
  done<Key>(host, 201, 'POST', '/keys', { secret: secretOf(name), identifier: name, label: `Key ${name}`, pools: [pool] })

const addUser = (host: Host, username: string, rights: object = {}) =>
  done<User>(host, 201, 'POST', '/users', { username, password, ...rights })

const openServer = (host: Host) => done(host, 200, 'PATCH', '/settings', { apipoolServer: true, apipoolReveal: true })

/** On the same port of the same folder, with a clock that is `ahead` ms ahead. */
function startAgain(host: Host, ahead = 0): Promise<Host> {
  const options: HostOptions = { dataDir: host.dataDir, args: ['--proxy-port', new URL(host.proxy ?? '').port] }
  if (ahead === 0) return startUnlockedHost(options)
  const clock = `const real = Date.now; Date.now = () => real() + ${ahead}`
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}`, KEYWHEEL_ALLOW_DEBUG: '1' }
  return startUnlockedHost({ ...options, env })
}

describe('a program written from the protocol’s description', () => {
  let host: Host
  let upstream: ScriptedUpstream
  let ann: Program
  /** What the next requests of the upstream meet. */
  const faults: Behaviour[] = []
  const asked = () => upstream.requests.map(({ method, url, key }) => `${method} ${url} ${key}`)
  const invoke = (attr_path: string[], args: unknown[], kwargs: object = {}) => ({ attr_path, args, kwargs })

  beforeAll(async () => {
    upstream = await startScriptedUpstream({ rule: () => faults.shift() ?? { kind: 'ok' } })
    host = await startUnlockedHost()
    await addPool(host, 'team', upstream, 3)
    await addPool(host, 'secret-plans', upstream, 1)
  })
  afterAll(async () => {
    ann.close()
    await host.stop()
    await upstream.close()
  })

  it('finds nothing there until a person switches it on', async () => {
    ann = program(`${host.proxy}/`)
    // Not one of this protocol's answers yet.
    const before = await fetch(`${host.proxy}${v1}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'ann', password }),
    })
    expect(before.status).toBe(404)
    await openServer(host)
    await addUser(host, 'ann', { pools: ['team'], mayReveal: true })
    await addUser(host, 'bob', { pools: ['team'] })
  })

  it('logs in, and not with a wrong password', async () => {
    expect(await ann.refused(401, 'POST', `${v1}/auth/login`, { username: 'ann', password: 'wrong horse 1' })).toBe(
      'Incorrect username or password',
    )
    expect(await ann.refused(401, 'POST', `${v1}/auth/login`, { username: 'nobody', password })).toBe(
      'Incorrect username or password',
    )
    const invalid = await ann.send('POST', `${v1}/auth/login`, { username: 'ann' })
    expect(invalid.status).toBe(422)
    expect(shapes.unprocessable.parse(invalid.json).detail).toMatchObject([{ type: 'missing', loc: ['body', 'password'] }])
    await ann.login('ann', password)
    expect(await ann.ask(shapes.user, 'GET', `${v1}/auth/me`)).toMatchObject({ username: 'ann', role: 'user', is_active: true })
  })

  it('reads raw keys and configuration', async () => {
    const { keys, ...raw } = await ann.ask(shapes.raw, 'GET', `${v1}/keys/raw?pool_identifier=team`)
    expect(raw).toEqual({ client_type: 'generic', total: 3 })
    // The newest first.
    expect(keys).toEqual(
      [3, 2, 1].map((n) => ({
        identifier: `team-${n}`,
        raw_key: secretOf(`team-${n}`),
        alias: `Key team-${n}`,
        tags: null,
      })),
    )
    expect(await ann.ask(shapes.config, 'GET', `${v1}/pools/team/config`)).toEqual({
      pool_identifier: 'team',
      client_type: 'generic',
      reach_limit_exception: null,
      rotation_strategy: 'round_robin',
      pool_config: null,
    })
    const pools = await ann.ask(shapes.pools, 'GET', `${v1}/pools`)
    expect(pools).toMatchObject({ total: 1, page: 1, page_size: 20, items: [{ identifier: 'team', member_count: 3 }] })
    expect((await ann.ask(shapes.pool, 'GET', `${v1}/pools/team`)).members).toHaveLength(3)
    const page = await ann.ask(shapes.keys, 'GET', `${v1}/keys?page=2&page_size=2`)
    expect(page).toMatchObject({ total: 3, page: 2, page_size: 2, items: [{ identifier: 'team-1' }] })
  })

  it('calls GET and POST through the pool, past a key that the upstream refuses', async () => {
    faults.push({ kind: 'rate-short', retryAfterS: 60 })
    const got = await ann.ask(
      shapes.answered,
      'POST',
      `${v1}/proxy/team/invoke`,
      invoke(['get'], ['/models'], { params: { a: 1 } }),
    )
    expect(got).toMatchObject({ data: { status_code: 200, data: { object: 'list' } }, pool_available: 2, pool_total: 3 })
    faults.push({ kind: 'rate-short', retryAfterS: 60 })
    const posted = await ann.ask(
      shapes.answered,
      'POST',
      `${v1}/proxy/team/invoke`,
      invoke(['post'], ['/chat/completions'], { json: question }),
    )
    expect(posted).toMatchObject({ data: { status_code: 200, data: { choices: [{}] } }, pool_available: 1, pool_total: 3 })
    // Whoever was refused rests.
    expect(asked()).toEqual(
      [
        'GET /v1/models?a=1 team-1',
        'GET /v1/models?a=1 team-2',
        'POST /v1/chat/completions team-3',
        'POST /v1/chat/completions team-2',
      ].map((line) => line.replace('team-', secretOf('team-'))),
    )
    for (const { body } of upstream.requests.slice(2)) expect(JSON.parse(body)).toEqual(question)
    for (const { headers } of upstream.requests) expect(JSON.stringify(headers)).not.toContain(ann.tokens?.access)
    const status = await ann.ask(shapes.status, 'GET', `${v1}/proxy/team/status`)
    expect(status).toMatchObject({ success: true, data: { available_keys: 1, total_keys: 3 } })
    const chained = { method_chain: 'get', args: ['/models'], kwargs: {} }
    expect(await ann.ask(shapes.answered, 'POST', `${v1}/proxy/team/call`, chained)).toMatchObject({ pool_available: 1 })
  })

  it('is told when no key is left, by an answer and not by silence', async () => {
    await done(host, 200, 'PATCH', '/pools/team', { config: { queueTimeout: 0 } })
    faults.push({ kind: 'rate-short', retryAfterS: 60 })
    // The model's limit, which is what the second key met as well.
    const chat = invoke(['post'], ['/chat/completions'], { json: question })
    // The last word is the upstream's own; after it there is nobody left to ask.
    const last = await ann.ask(shapes.answered, 'POST', `${v1}/proxy/team/invoke`, chat)
    expect(last).toMatchObject({ data: { status_code: 429, data: { error: {} } }, pool_available: 0, pool_total: 3 })
    const none = await ann.ask(shapes.failed, 'POST', `${v1}/proxy/team/invoke`, chat)
    expect(none).toMatchObject({ error: expect.stringMatching(/^PoolExhaustedError: /), pool_available: 0, pool_total: 3 })
    expect(await ann.ask(shapes.status, 'GET', `${v1}/proxy/team/status`)).toMatchObject({ success: false })
    const { items } = await done<KeyPage>(host, 200, 'GET', '/keys?pool=team')
    for (const { id } of items) await done(host, 200, 'POST', `/keys/${id}/resume`)
  })

  it.each([
    [['__class__', '__init__', '__globals__'], [], {}, 'AttributeError'],
    [['headers', 'get'], ['authorization'], {}, 'AttributeError'],
    [['get', '__self__', 'headers'], [], {}, 'AttributeError'],
    [['get'], ['http://127.0.0.1:9/steal'], {}, 'UnsupportedProtocol'],
    [['get'], ['//127.0.0.1:9/steal'], {}, 'UnsupportedProtocol'],
    [['request'], ['GET', 'https://elsewhere.example.com/'], {}, 'UnsupportedProtocol'],
    [['get'], ['/../admin'], {}, 'ValueError'],
    [['get'], ['/%2e%2e/admin'], {}, 'ValueError'],
    [['get'], ['/models'], { headers: { Authorization: 'Bearer mine' } }, 'ValueError'],
    [['request'], ['CONNECT', '/models'], {}, 'ValueError'],
  ])('cannot leave the pool’s own address: %j %j %j', async (path, args, kwargs, error) => {
    const before = asked()
    const answer = await ann.ask(shapes.failed, 'POST', `${v1}/proxy/team/invoke`, invoke(path, args, kwargs))
    expect(answer.error).toMatch(new RegExp(`^${error}: `))
    expect(answer.error).not.toContain('sk-e2e')
    expect(asked()).toEqual(before)
  })

  it('sees a pool that is not its own as one that is not there', async () => {
    const before = asked()
    const say = async (pool: string) => [
      await ann.refused(404, 'POST', `${v1}/proxy/${pool}/invoke`, invoke(['get'], ['/models'])),
      await ann.refused(404, 'GET', `${v1}/proxy/${pool}/status`),
      await ann.refused(404, 'GET', `${v1}/keys/raw?pool_identifier=${pool}`),
      await ann.refused(404, 'GET', `${v1}/pools/${pool}/config`),
      await ann.refused(404, 'GET', `${v1}/stats/${pool}/usage`),
      await ann.refused(404, 'GET', `${v1}/stats/${pool}/logs`),
    ]
    const foreign = await say('secret-plans')
    expect(foreign).toEqual((await say('no-such-pool')).map((text) => text.replaceAll('no-such-pool', 'secret-plans')))
    expect(foreign[0]).toBe("Pool 'secret-plans' not found")
    expect(asked()).toEqual(before)
    const event = { key_identifier: 'x', status: 'success', latency: 1, method: null, finished_at: localTime() }
    const report = { pool_identifier: 'secret-plans', client_id: 'pc:1', events: [event] }
    await ann.refused(404, 'POST', `${v1}/stats/report`, report)
    expect(await ann.refused(404, 'GET', `${v1}/keys/secret-plans-1`)).toBe("API Key 'secret-plans-1' not found")
    expect(await ann.refused(404, 'GET', `${v1}/no/such/address`)).toBe('Not Found')
  })

  it('reports what it did by itself, and sees all of it', async () => {
    const event = (key_identifier: string, status: string, n: number) => ({
      key_identifier,
      status,
      latency: 0.25,
      method: 'chat.completions.create',
      finished_at: `${localTime()}.${String(n).padStart(6, '0')}`,
    })
    // apipool's own client calls keys by their secrets; `reach limit` has a blank in it.
    const events = [event('team-1', 'success', 1), event(secretOf('team-2'), 'reach limit', 2), event('team-3', 'failed', 3)]
    const report = { pool_identifier: 'team', client_id: 'pc:4711', events }
    expect(await ann.ask(shapes.reported, 'POST', `${v1}/stats/report`, report)).toEqual({ accepted: 3, duplicates: 0 })
    const again = await ann.ask(shapes.reported, 'POST', `${v1}/stats/report`, report)
    expect(again.duplicates).toBe(3)

    // Served: two calls after a refusal each, a chained one; refused at last: one. And the three told of.
    const expected = { total_calls: 9, success: 4, failed: 1, reach_limit: 4 }
    const usage = await ann.ask(shapes.usage, 'GET', `${v1}/stats/team/usage?seconds=3600&group_by=key`)
    expect(usage).toMatchObject({ pool_identifier: 'team', period_seconds: 3600, summary: expected })
    expect(Object.keys(usage.by_key ?? {}).toSorted()).toEqual(['team-1', 'team-2', 'team-3'])
    const plain = await ann.ask(shapes.usage, 'GET', `${v1}/stats/team/usage`)
    expect(plain).toMatchObject({ period_seconds: 3600, summary: expected, by_key: null })

    const { interval, data } = await ann.ask(shapes.timeline, 'GET', `${v1}/stats/team/timeline?seconds=3600&interval=minute`)
    expect([interval, [60, 61].includes(data.length)]).toEqual(['minute', true])
    const steps = data.slice(1).map(({ timestamp }, index) => Date.parse(timestamp) - Date.parse(data[index]?.timestamp ?? ''))
    expect(new Set(steps)).toEqual(new Set([60_000]))
    expect(data.reduce((sum, { summary }) => sum + summary.total_calls, 0)).toBe(9)

    const rates = await ann.ask(shapes.rates, 'GET', `${v1}/stats/team/success-rate?seconds=3600`)
    expect(rates.summary).toMatchObject({ total_calls: 9, success_count: 4, success_rate: 44.44 })
    const calls = rates.by_key.map(({ total_calls }) => total_calls)
    expect(calls).toEqual(calls.toSorted((a, b) => b - a))

    const page = await ann.ask(shapes.logs, 'GET', `${v1}/stats/team/logs?seconds=3600&page=2&page_size=5`)
    expect([page.total, page.page, page.page_size, page.items.length]).toEqual([9, 2, 5, 4])
    const logs = await ann.ask(shapes.logs, 'GET', `${v1}/stats/team/logs?seconds=3600&page_size=100`)
    const told = logs.items.filter(({ method }) => method === 'chat.completions.create')
    expect(told.map(({ key_identifier, status, latency }) => [key_identifier, status, latency].join(' ')).toSorted()).toEqual([
      'team-1 success 0.25',
      'team-2 reach_limit 0.25',
      'team-3 failed 0.25',
    ])
    const limited = await ann.ask(shapes.logs, 'GET', `${v1}/stats/team/logs?seconds=3600&status=reach_limit`)
    expect([limited.total, new Set(limited.items.map(({ status }) => status))]).toEqual([4, new Set(['reach_limit'])])
    for (const answer of [usage, data, rates, logs]) expect(JSON.stringify(answer)).not.toContain('sk-e2e')
    const tooMany = await ann.send('GET', `${v1}/stats/team/logs?page_size=101`)
    expect([tooMany.status, shapes.unprocessable.parse(tooMany.json).detail[0]?.loc]).toEqual([422, ['query', 'page_size']])
  })

  it('is given no raw keys without the right to them, and not where nobody is', async () => {
    const bob = program(host.proxy ?? '')
    await bob.login('bob', password)
    const refusals = [
      await bob.refused(403, 'GET', `${v1}/keys/raw?pool_identifier=team`),
      await bob.refused(403, 'GET', `${v1}/keys/team-1/raw`),
    ]
    expect(refusals.join()).not.toContain('sk-e2e')
    expect(await bob.ask(shapes.answered, 'POST', `${v1}/proxy/team/invoke`, invoke(['get'], ['/models']))).toMatchObject({
      data: { status_code: 200 },
    })
    await done(host, 200, 'PATCH', '/settings', { apipoolReveal: false })
    await ann.refused(403, 'GET', `${v1}/keys/raw?pool_identifier=team`)
    await done(host, 200, 'PATCH', '/settings', { apipoolReveal: true })
    bob.close()
  })

  it('needs a token of this server that is not over', async () => {
    const me = `${v1}/auth/me`
    const { access, refresh } = ann.tokens!
    const [head, claims] = access.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
    const forged = createHmac('sha256', 'a secret of another').update(`${head}.${claims}`).digest('base64url')
    for (const token of [refresh, `${head}.${claims}.${forged}`, `${none}.${claims}.`, 'x', '']) {
      await ann.refused(401, 'GET', me, undefined, token)
    }
    const nobody = program(host.proxy ?? '')
    expect(await nobody.refused(401, 'GET', me)).toBe('Missing or invalid Authorization header')
    nobody.close()

    await host.stop()
    host = await startAgain(host, 59 * 60_000)
    await ann.ask(shapes.user, 'GET', me)
    await host.stop()
    host = await startAgain(host, 61 * 60_000)
    expect(await ann.refused(401, 'GET', me)).toBe('Invalid access token')
    await ann.refresh()
    await ann.ask(shapes.user, 'GET', me)
    // Used once; used twice it was stolen, and then nobody goes on with it.
    expect(await ann.refused(401, 'POST', `${v1}/auth/refresh`, { refresh_token: refresh })).toBe(
      'Refresh token has been revoked',
    )
    await ann.login('ann', password)
    await ann.ask(shapes.raw, 'GET', `${v1}/keys/raw?pool_identifier=team`)
  })
})

/** As Python's `datetime.now()` has it, without the fraction. */
const localTime = () => new Date().toLocaleString('sv').replace(' ', 'T')

describe('a second Keywheel', () => {
  let first: Host
  let second: Host
  let upstream: ScriptedUpstream
  let remote: Remote
  let token: string
  let calls = 0

  const keysOf = async (host: Host, pool: string) => {
    const { items } = await done<KeyPage>(host, 200, 'GET', `/keys?pool=${pool}&limit=200`)
    return items.filter(({ enabled }) => enabled)
  }
  const hints = async (host: Host, pool: string) => (await keysOf(host, pool)).map(({ hint }) => hint).toSorted()
  const call = async (pool: string) => {
    const { length } = upstream.requests
    const answer = await fetch(`${second.proxy}/${pool}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    })
    expect([answer.status, await answer.json()]).toMatchObject([200, { choices: [{}] }])
    return upstream.requests[length]?.key
  }
  /** Every key of the synced pool is called once, and these are the secrets that the upstream saw. */
  const called = async (keys: number) => {
    const seen = new Set<string>()
    for (let n = 0; n < keys; n += 1) seen.add(String(await call('here')).slice(secretOf('').length))
    calls += keys
    return [...seen].toSorted()
  }
  /** By itself: nobody tells the second one to look. */
  const becomeEqual = async () => {
    const there = await hints(first, 'team')
    const here = async () => [await hints(second, 'here'), (await shared()).problem]
    await expect.poll(here, { timeout: 30_000 }).toEqual([there, null])
  }
  const shared = async () => {
    const [one] = await done<Remote[]>(second, 200, 'GET', '/remotes')
    return { ...one?.links.find(({ pool }) => pool === 'here'), state: one?.state }
  }
  /** Of the first one. */
  const idOf = async (name: string) => (await keysOf(first, 'team')).find(({ label }) => label === `Key ${name}`)?.id

  beforeAll(async () => {
    upstream = await startScriptedUpstream()
    first = await startUnlockedHost()
    second = await startUnlockedHost()
    await addPool(first, 'team', upstream, 3)
    await openServer(first)
    await addUser(first, 'ann', { mayReveal: true })
    token = (await done<{ token: string }>(second, 201, 'POST', '/clients', { name: 'a program' })).token
  })
  afterAll(async () => {
    await second.stop()
    await first.stop()
    await upstream.close()
  })

  it('adds the first one as a server and links a pool, which has its keys at once', async () => {
    const wrong = await second.rest('POST', '/remotes', { url: first.proxy, username: 'ann', password: 'wrong horse 1' })
    expect([wrong.status, (await second.rest('GET', '/remotes')).body]).toEqual([expect.any(Number), []])
    expect(wrong.status).toBeGreaterThanOrEqual(400)
    remote = await done(second, 201, 'POST', '/remotes', { name: 'First', url: first.proxy, username: 'ann', password })
    expect(remote).toMatchObject({ name: 'First', state: 'ok', links: [] })
    expect(await done(second, 200, 'GET', `/remotes/${remote.id}/pools`)).toMatchObject([{ identifier: 'team', keys: 3 }])
    const link = {
      identifier: 'team',
      mode: 'sync',
      pool: 'here',
      provider: 'openai',
      baseUrl: `${upstream.url}/v1`,
      interval: 5,
    }
    const linked = await done<Remote>(second, 201, 'POST', `/remotes/${remote.id}/links`, link)
    expect(linked.links).toMatchObject([{ pool: 'here', mode: 'sync', problem: null }])
    expect(await hints(second, 'here')).toEqual(await hints(first, 'team'))
    expect(await called(3)).toEqual(['team-1', 'team-2', 'team-3'])
  })

  it('keeps it equal, by itself, through keys that come, go and change, and other settings', async () => {
    await addKey(first, 'team', 'team-4')
    await done(first, 200, 'DELETE', `/keys/${await idOf('team-1')}`)
    await done(first, 200, 'PATCH', `/keys/${await idOf('team-2')}`, { secret: secretOf('team-2b') })
    await done(first, 200, 'PATCH', '/pools/team', { config: { timeout: 33 } })
    await becomeEqual()
    expect(await called(3)).toEqual(['team-2b', 'team-3', 'team-4'])
    expect((await done<Pool>(second, 200, 'GET', '/pools/here')).config.timeout).toBe(33)
  })

  it('serves on while the first one is dead, and catches up when that is back an hour later', async () => {
    const before = await hints(second, 'here')
    await first.kill()
    await expect.poll(async () => (await shared()).state, { timeout: 30_000 }).toBe('unreachable')
    expect((await shared()).problem).toContain('could not be reached')
    expect(await hints(second, 'here')).toEqual(before)
    expect(await called(3)).toEqual(['team-2b', 'team-3', 'team-4'])
    // Its clock is ahead of the second one's from now on, and every token that it gave is over.
    first = await startAgain(first, 61 * 60_000)
    await done(first, 200, 'DELETE', `/keys/${await idOf('team-3')}`)
    await done(first, 200, 'PATCH', `/keys/${await idOf('team-2')}`, { secret: secretOf('team-2c') })
    await addKey(first, 'team', 'team-5')
    await becomeEqual()
    expect(await called(3)).toEqual(['team-2c', 'team-4', 'team-5'])
  })

  it('tells the first one of its calls, each once', async () => {
    const ann = program(first.proxy ?? '')
    await ann.login('ann', password)
    const usage = () => ann.ask(shapes.usage, 'GET', `${v1}/stats/team/usage?seconds=86400&group_by=key`)
    await expect.poll(async () => (await usage()).summary.success, { timeout: 30_000 }).toBe(calls)
    const look = async () => {
      const { links } = await done<Remote>(second, 200, 'POST', `/remotes/${remote.id}/sync`)
      expect(links).toMatchObject([{ problem: null }])
    }
    await look()
    await second.kill()
    second = await startAgain(second)
    await look()
    const { summary, by_key } = await usage()
    expect(summary).toEqual({ total_calls: calls, success: calls, failed: 0, reach_limit: 0 })
    // Under their names at the first one, also those that are gone.
    expect(Object.keys(by_key ?? {}).toSorted()).toEqual(['team-1', 'team-2', 'team-3', 'team-4', 'team-5'])
    ann.close()
  })

  it('calls through the first one, and has none of its keys then', async () => {
    const link = { identifier: 'team', mode: 'proxy', pool: 'through' }
    await done(second, 200, 'DELETE', `/remotes/${remote.id}/links/here`)
    await done(second, 201, 'POST', `/remotes/${remote.id}/links`, link)
    expect(await call('through')).toMatch(/^sk-e2e-.*-team-/)
    const { items } = await done<RequestPage>(first, 200, 'GET', '/requests?pool=team&limit=10')
    expect(items).toMatchObject([{ outcome: 'ok' }])
    const all = await done<KeyPage>(second, 200, 'GET', '/keys?pool=through&limit=200')
    const kept = (await hints(first, 'team')).filter((hint) => all.items.some((one) => one.hint === hint))
    expect(kept).toEqual([])
  })
})

describe('a program without a token', () => {
  let host: Host
  let upstream: ScriptedUpstream

  beforeAll(async () => {
    upstream = await startScriptedUpstream()
    host = await startUnlockedHost()
    await addPool(host, 'team', upstream, 1)
    await addPool(host, 'other', upstream, 1)
  })
  afterAll(async () => {
    await host.stop()
    await upstream.close()
  })

  it('asks for one, is approved, and calls within its quota', async () => {
    const asked = await fetch(`${host.proxy}/connect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'My editor', pools: ['team'] }),
    })
    expect(asked.status).toBe(202)
    const { code, poll, interval } = (await asked.json()) as { code: string; poll: string; interval: number }
    expect([code, poll, interval]).toEqual([expect.stringMatching(/^[A-Z0-9]+-[A-Z0-9]+$/), asked.headers.get('location'), 2])
    const ask = async () => {
      const answer = await fetch(`${host.proxy}${poll}`)
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    }
    expect(await ask()).toMatchObject({ status: 202, body: { state: 'pending', code } })

    const [approval] = await done<Approval[]>(host, 200, 'GET', '/approvals')
    expect(approval).toMatchObject({ code, name: 'My editor', pools: ['team'], state: 'pending', process: { pid: process.pid } })
    const quotas = [{ duration: 'HOUR', credits: 2 }]
    await done(host, 200, 'POST', `/approvals/${approval?.id}/approve`, { quotas })
    expect((await host.rest('POST', `/approvals/${approval?.id}/deny`)).status).toBe(409)

    const approved = await ask()
    expect(approved).toMatchObject({ status: 200, body: { state: 'approved', name: 'My editor', pools: ['team'] } })
    const token = String(approved.body['token'])
    expect((await ask()).status).toBe(410)

    const call = (pool: string) =>
      fetch(`${host.proxy}/${pool}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(question),
      })
    const told = ({ status, headers }: Response) => [
      status,
      ...['limit', 'remaining'].map((name) => headers.get(`x-ratelimit-${name}`)),
      headers.has('retry-after'),
    ]
    expect((await call('other')).status).toBe(404)
    expect(told(await call('team'))).toEqual([200, '2', '1', false])
    expect(told(await call('team'))).toEqual([200, '2', '0', false])
    const refused = await call('team')
    expect(told(refused)).toEqual([429, '2', '0', true])
    const [wait, reset] = ['retry-after', 'x-ratelimit-reset'].map((name) => Number(refused.headers.get(name)))
    const now = Date.now() / 1000
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(3600)
    // The answer was made a moment ago, and both are whole seconds.
    expect(Math.abs((reset ?? 0) - now - (wait ?? 0))).toBeLessThan(30)
    expect(await refused.json()).toMatchObject({ error: { code: 'QUOTA_SPENT', type: 'rate_limit_error' } })
    expect(upstream.requests).toHaveLength(2)
    const clients = await done<Client[]>(host, 200, 'GET', '/clients')
    expect(clients).toMatchObject([{ name: 'My editor', pools: ['team'], quotas: [{ duration: 'HOUR', used: 2, remaining: 0 }] }])
  })
})
