/** Pools of the apipool-server, on the wire. */
import { describe, expect, test } from 'vitest'
import { openRig, password, type Rig, secretOf } from './rig.ts'

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)

const bare = {
  id: expect.any(String),
  description: null,
  client_type: 'generic',
  reach_limit_exception: null,
  rotation_strategy: 'random',
  pool_config: null,
  is_active: true,
  member_count: 0,
  members: null,
  created_at: time,
  updated_at: time,
}

async function addKey(rig: Rig, identifier: string, n: number, more: object = {}) {
  const body = { identifier, raw_key: secretOf(n), client_config: { base_url: `${rig.upstream.url}/base` }, ...more }
  const { status, text } = await rig.admin('POST', '/keys', body)
  if (status !== 201) throw new Error(text)
}

describe('a pool', () => {
  test('is made of an identifier and a name, with every field in the answer', async () => {
    const rig = await openRig()
    const { status, json } = await rig.admin('POST', '/pools', { identifier: 'p1', name: 'Pool 1', unknown: true })
    expect([status, json]).toEqual([201, { ...bare, identifier: 'p1', name: 'Pool 1' }])
    expect((await rig.admin('GET', '/pools/p1')).json).toEqual({ ...json, members: [] })
    const again = await rig.admin('POST', '/pools', { identifier: 'p1', name: 'x' })
    expect([again.status, again.json]).toEqual([409, { detail: "Pool identifier 'p1' already exists" }])
  })

  test('takes all that the protocol gives it, and says it again', async () => {
    const rig = await openRig()
    await addKey(rig, 'k1', 1)
    const given = {
      identifier: 'full',
      name: 'Full',
      description: 'For maps',
      client_type: 'googlemaps',
      reach_limit_exception: 'googlemaps.exceptions.ApiError',
      rotation_strategy: 'least_used',
      pool_config: {
        concurrency: 5,
        timeout: 12.5,
        rate_limit: 0,
        max_retries: 2,
        batch_max_retries: null,
        custom: { a: 1 },
        unheard_of: [1, 2],
        base_url: `${rig.upstream.url}/base`,
      },
      key_identifiers: ['k1'],
    }
    const { status, json } = await rig.admin('POST', '/pools', given)
    const { key_identifiers: _, ...said } = given
    expect([status, json]).toEqual([201, { ...bare, ...said, member_count: 1 }])
    expect(rig.pools.get('full')).toMatchObject({
      strategy: 'least_used',
      baseUrl: `${rig.upstream.url}/base`,
      config: { concurrency: 5, timeout: 12.5, maxRetries: 2, custom: { a: 1 } },
    })
    const config = await rig.admin('GET', '/pools/full/config')
    expect([config.status, config.json]).toEqual([
      200,
      {
        pool_identifier: 'full',
        client_type: 'googlemaps',
        reach_limit_exception: given.reach_limit_exception,
        rotation_strategy: 'least_used',
        pool_config: given.pool_config,
      },
    ])
    const [member] = (await rig.admin('GET', '/pools/full')).json.members
    expect(member).toEqual({ key_identifier: 'k1', alias: null, priority: 0, weight: 1, verification_status: 'unknown' })
  })

  test('with an identifier that is no slug has one of its own here, and is found by both', async () => {
    const rig = await openRig()
    for (const identifier of ['My Pool', 'api', "x'; DROP TABLE pools; --", '日本', 'é'.repeat(100)]) {
      const { status, json } = await rig.admin('POST', '/pools', { identifier, name: 'n' })
      expect([status, json.identifier]).toEqual([201, identifier])
      expect((await rig.admin('GET', `/pools/${encodeURIComponent(identifier)}`)).json.identifier).toBe(identifier)
      expect((await rig.admin('GET', `/pools/${json.id}`)).json.identifier).toBe(identifier)
    }
    expect(rig.pools.list().map(({ slug, alias }) => [slug, alias])).toContainEqual(['my-pool', 'My Pool'])
    for (const { slug } of rig.pools.list()) expect(slug).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/)
    for (const path of ['/pools/..%2F..%2Fevil', '/pools/%2e%2e', '/pools/a%00b', '/pools/%ff', "/pools/'%20OR%201=1"]) {
      const { status, headers } = await rig.admin('GET', path)
      expect([400, 404]).toContain(status)
      expect(headers.get('content-type')).toMatch(/^application\/json/)
    }
  })

  test('with something that does not fit is 422, an unknown strategy too', async () => {
    const rig = await openRig()
    const { status, json } = await rig.admin('POST', '/pools', {
      identifier: '',
      rotation_strategy: 'clever',
      pool_config: { timeout: 'long', concurrency: 1.5, max_retries: 99 },
      key_identifiers: 'k1',
    })
    expect(status).toBe(422)
    expect(json.detail.map(({ type, loc }: { type: string; loc: string[] }) => [type, loc.join('.')])).toEqual([
      ['string_too_short', 'body.identifier'],
      ['missing', 'body.name'],
      ['literal_error', 'body.rotation_strategy'],
      ['int_from_float', 'body.pool_config.concurrency'],
      ['float_type', 'body.pool_config.timeout'],
      ['less_than_equal', 'body.pool_config.max_retries'],
      ['list_type', 'body.key_identifiers'],
    ])
    expect(json.detail[2].msg).toMatch(/^Input should be 'random', 'round_robin',.* or 'least_latency'$/)
    expect(json.detail[5]).toEqual({
      type: 'less_than_equal',
      loc: ['body', 'pool_config', 'max_retries'],
      msg: 'Input should be less than or equal to 50',
      input: 99,
      ctx: { le: 50 },
    })
    const none = await rig.admin('POST', '/pools', { identifier: 'a', name: 'a', key_identifiers: ['nobody'] })
    expect([none.status, none.json]).toEqual([404, { detail: "API Key 'nobody' not found" }])
    for (const base_url of ['ftp://x', 'http://169.254.169.254/', 'https://user:pw@x.com']) {
      expect((await rig.admin('POST', '/pools', { identifier: 'a', name: 'a', pool_config: { base_url } })).status).toBe(422)
    }
    expect(rig.pools.list()).toEqual([])
  })

  test('is changed field by field; null leaves, an empty text clears, a pool_config takes the place of the one before', async () => {
    const rig = await openRig()
    await rig.admin('POST', '/pools', {
      identifier: 'p',
      name: 'P',
      description: 'd',
      reach_limit_exception: 'E',
      pool_config: { concurrency: 3, x: 1 },
    })
    await rig.pools.update('p', { config: { queueTimeout: 7, cacheTtl: 60 } }, 'local')
    const nulls = { name: null, description: null, reach_limit_exception: null, rotation_strategy: null, pool_config: null }
    const left = await rig.admin('PUT', '/pools/p', nulls)
    expect([left.status, left.json]).toMatchObject([
      200,
      { name: 'P', description: 'd', reach_limit_exception: 'E', pool_config: { concurrency: 3, x: 1, queue_timeout: 7 } },
    ])
    const { json } = await rig.admin('PUT', '/pools/p', {
      name: 'Q',
      description: '',
      reach_limit_exception: '',
      rotation_strategy: 'priority',
      pool_config: { timeout: 5 },
    })
    expect(json).toMatchObject({ name: 'Q', description: null, reach_limit_exception: null, rotation_strategy: 'priority' })
    expect(json.pool_config).toEqual({ timeout: 5, queue_timeout: 7 })
    expect(rig.pools.get('p').config).toMatchObject({ concurrency: 0, timeout: 5, queueTimeout: 7, cacheTtl: 60 })
    expect((await rig.admin('PUT', '/pools/none', { name: 'x' })).json).toEqual({ detail: "Pool 'none' not found" })
    expect((await rig.admin('PUT', '/pools/p', { rotation_strategy: 'x' })).status).toBe(422)
  })

  test('is deleted, and its name is free again', async () => {
    const rig = await openRig()
    await rig.addPool('p', [1])
    const gone = await rig.admin('DELETE', '/pools/p')
    expect([gone.status, gone.text]).toEqual([200, '{"message":"ok"}'])
    expect((await rig.admin('GET', '/pools/p')).status).toBe(404)
    expect((await rig.admin('DELETE', '/pools/p')).status).toBe(404)
    const made = await rig.admin('POST', '/pools', { identifier: 'p', name: 'new' })
    expect([made.status, made.json.member_count]).toEqual([201, 0])
    expect(
      rig
        .audit()
        .filter(({ actor }) => actor === 'user')
        .map(({ action }) => action),
    ).toEqual(['user.login', 'pool.remove', 'pool.create'])
  })
})

describe('the list', () => {
  test('comes in pages, newest first, within its bounds', async () => {
    const rig = await openRig()
    for (const n of [1, 2, 3]) await rig.admin('POST', '/pools', { identifier: `p${n}`, name: `P${n}` })
    const names = (page: { items: { identifier: string }[] }) => page.items.map(({ identifier }) => identifier)
    const whole = await rig.admin('GET', '/pools')
    expect(whole.json).toMatchObject({ total: 3, page: 1, page_size: 20 })
    expect(Object.keys(whole.json)).toEqual(['items', 'total', 'page', 'page_size'])
    expect(names(whole.json).toSorted()).toEqual(['p1', 'p2', 'p3'])
    const second = await rig.admin('GET', '/pools?page=2&page_size=2&other=1')
    expect(second.json).toMatchObject({ total: 3, page: 2, page_size: 2 })
    expect(names(second.json)).toEqual(names(whole.json).slice(2))
    expect((await rig.admin('GET', '/pools?page=9')).json).toMatchObject({ items: [], total: 3, page: 9 })
    const { status, json } = await rig.admin('GET', '/pools?page=0&page_size=101')
    expect([status, json.detail]).toEqual([
      422,
      [
        {
          type: 'greater_than_equal',
          loc: ['query', 'page'],
          msg: 'Input should be greater than or equal to 1',
          input: '0',
          ctx: { ge: 1 },
        },
        {
          type: 'less_than_equal',
          loc: ['query', 'page_size'],
          msg: 'Input should be less than or equal to 100',
          input: '101',
          ctx: { le: 100 },
        },
      ],
    ])
    expect((await rig.admin('GET', '/pools?page=x')).json.detail[0]).toEqual({
      type: 'int_parsing',
      loc: ['query', 'page'],
      msg: 'Input should be a valid integer, unable to parse string as an integer',
      input: 'x',
    })
  })

  test('has for each user their pools; the others are as if they were not there', async () => {
    const rig = await openRig()
    await rig.addPool('mine', [1])
    await rig.addPool('theirs', [2])
    await rig.pools.create({ slug: 'plan', draft: true, provider: 'openai', strategy: 'random' }, 'local')
    await rig.addUser('ann', { pools: ['mine'] })
    const { access_token: token } = await rig.login('ann')
    const list = (await rig.call('GET', '/api/v1/pools', { token })).json
    expect(list).toMatchObject({ total: 1, items: [{ identifier: 'mine' }] })
    expect((await rig.admin('GET', '/pools')).json.total).toBe(3)
    const ways = ['/pools/ID', '/pools/ID/status', '/pools/ID/config', '/proxy/ID/status']
    for (const way of ways) {
      const [foreign, unknown, draft] = await Promise.all(
        ['theirs', 'nobody', 'plan'].map((id) => rig.call('GET', `/api/v1${way.replace('ID', id)}`, { token })),
      )
      expect([foreign?.status, foreign?.json]).toEqual([404, { detail: "Pool 'theirs' not found" }])
      expect([unknown?.status, unknown?.json]).toEqual([404, { detail: "Pool 'nobody' not found" }])
      expect(draft?.status).toBe(404)
      expect((await rig.call('GET', `/api/v1${way.replace('ID', 'mine')}`, { token })).status).toBe(200)
    }
  })

  test('is all that a user may do here: changes need the role admin', async () => {
    const rig = await openRig()
    await rig.addPool('main', [1])
    await rig.addUser('ann')
    const { access_token: token } = await rig.login('ann')
    const changes = [
      ['POST', '/pools'],
      ['PUT', '/pools/main'],
      ['DELETE', '/pools/main'],
      ['POST', '/pools/main/members'],
      ['DELETE', '/pools/main/members/x'],
    ] as const
    for (const [method, path] of changes) {
      const { status, json } = await rig.call(method, `/api/v1${path}`, { token, body: {} })
      expect([status, json.detail]).toEqual([403, expect.stringContaining('admin')])
    }
    await rig.addUser('bob', { role: 'admin', pools: ['main'] })
    const bob = (await rig.login('bob', password)).access_token
    expect((await rig.call('POST', '/api/v1/pools', { token: bob, body: { identifier: 'a', name: 'a' } })).status).toBe(403)
    expect((await rig.call('PUT', '/api/v1/pools/main', { token: bob, body: { name: 'Mine' } })).status).toBe(200)
  })
})

describe('members', () => {
  test('join with their rank, once, and leave', async () => {
    const rig = await openRig()
    for (const [n, name] of ['a', 'b', 'c/d'].entries()) await addKey(rig, name, n + 1, { alias: n === 0 ? 'First' : undefined })
    await rig.admin('POST', '/pools', { identifier: 'p', name: 'P', key_identifiers: ['a'] })
    const joined = await rig.admin('POST', '/pools/p/members', {
      key_identifiers: ['a', 'b', 'c/d', 'b'],
      priority: 2,
      weight: 5,
    })
    expect([joined.status, joined.json]).toMatchObject([200, { member_count: 3, members: null }])
    const { members } = (await rig.admin('GET', '/pools/p')).json
    expect(members).toEqual([
      { key_identifier: 'a', alias: 'First', priority: 0, weight: 1, verification_status: 'unknown' },
      { key_identifier: 'b', alias: null, priority: 2, weight: 5, verification_status: 'unknown' },
      { key_identifier: 'c/d', alias: null, priority: 2, weight: 5, verification_status: 'unknown' },
    ])
    const left = await rig.admin('DELETE', '/pools/p/members/c%2Fd')
    expect([left.status, left.text]).toEqual([200, '{"message":"ok"}'])
    for (const name of ['c%2Fd', 'nobody']) {
      const { status, json } = await rig.admin('DELETE', `/pools/p/members/${name}`)
      expect([status, json]).toEqual([404, { detail: 'Key is not a member of this pool' }])
    }
    const status = await rig.admin('GET', '/pools/p/status')
    expect([status.status, status.json]).toEqual([
      200,
      { pool_identifier: 'p', available_keys: 2, archived_keys: 0, total_keys: 2, recent_stats: null },
    ])
  })

  test('that are unknown or switched off are 404, and then nobody has joined', async () => {
    const rig = await openRig()
    await addKey(rig, 'a', 1)
    await addKey(rig, 'off', 2)
    await rig.admin('PUT', '/keys/off', { is_active: false })
    await rig.admin('POST', '/pools', { identifier: 'p', name: 'P' })
    for (const name of ['off', 'nobody']) {
      const { status, json } = await rig.admin('POST', '/pools/p/members', { key_identifiers: ['a', name] })
      expect([status, json]).toEqual([404, { detail: `API Key '${name}' not found` }])
    }
    expect((await rig.admin('GET', '/pools/p')).json.members).toEqual([])
    const empty = await rig.admin('POST', '/pools/p/members', { key_identifiers: [] })
    expect([empty.status, empty.json.detail[0]]).toMatchObject([
      422,
      {
        type: 'too_short',
        msg: 'List should have at least 1 item after validation, not 0',
        ctx: { min_length: 1, actual_length: 0 },
      },
    ])
  })

  test('give a pool without an address theirs, and nobody can send a key elsewhere', async () => {
    const rig = await openRig()
    await addKey(rig, 'a', 1)
    await rig.admin('POST', '/pools', { identifier: 'p', name: 'P' })
    expect(rig.pools.get('p').baseUrl).toBe('https://unset.invalid')
    await rig.admin('POST', '/pools/p/members', { key_identifiers: ['a'] })
    expect(rig.pools.get('p').baseUrl).toBe(`${rig.upstream.url}/base`)
    await rig.admin('POST', '/pools', { identifier: 'thief', name: 'T', pool_config: { base_url: 'https://thief.example' } })
    const { status, json, text } = await rig.admin('POST', '/pools/thief/members', { key_identifiers: ['a'] })
    expect([status, json.detail]).toEqual([409, expect.stringContaining('is bound to')])
    expect(text).not.toContain(secretOf(1))
    // Nor by moving the pool: the key stays bound, and its calls are refused.
    await rig.admin('PUT', '/pools/p', { pool_config: { base_url: 'https://thief.example' } })
    expect(rig.pools.get('p')).toMatchObject({ baseUrl: 'https://thief.example', untrustedKeys: 1 })
    const call = await rig.admin('POST', '/proxy/p/invoke', { attr_path: ['get'], args: ['/x'], kwargs: {} })
    expect(call.json).toMatchObject({ success: false, error: expect.stringContaining('bound to another address') })
  })
})

describe('addresses', () => {
  test('that are none are 404, other methods 405, both in JSON, whoever asks', async () => {
    const rig = await openRig()
    for (const path of ['/api/v1', '/api/v1/', '/api/v1/nothing', '/api/v1/pools/', '/api/v1/pools/a/b/c', '/api/v1//pools']) {
      const { status, json } = await rig.call('GET', path)
      expect([path, status, json]).toEqual([path, 404, { detail: 'Not Found' }])
    }
    const { status, json, headers } = await rig.call('PATCH', '/api/v1/pools/x')
    expect([status, json, headers.get('allow')]).toEqual([405, { detail: 'Method Not Allowed' }, 'DELETE, GET, PUT'])
  })

  test('are not there while the setting is off', async () => {
    const rig = await openRig()
    await rig.addPool('main', [1])
    expect((await rig.call('GET', '/api/v1/info/client-types')).json).toEqual({
      client_types: ['generic', 'googlemaps', 'openai'],
    })
    const health = await rig.call('GET', '/health')
    expect([health.status, health.text]).toEqual([200, '{"status":"ok","version":"1.0.0"}'])
    await rig.settings.update({ apipoolServer: false }, 'local')
    for (const path of ['/api/v1/info/client-types', '/api/v1/pools', '/api/v1/auth/me'])
      expect((await rig.call('GET', path)).status).toBe(404)
    expect((await rig.call('GET', '/health')).status).toBe(401)
    expect((await rig.call('POST', '/api/v1/auth/login', { body: { username: 'a', password: 'b' } })).status).toBe(404)
  })

  test('take bodies of a megabyte, no more', async () => {
    const rig = await openRig()
    const body = JSON.stringify({ username: 'x'.repeat(1024 * 1024), password: 'x' })
    const { status, json } = await rig.call('POST', '/api/v1/auth/login', { body })
    expect([status, json.detail]).toEqual([413, expect.stringContaining('longer than')])
    const bytes = await rig.call('POST', '/api/v1/auth/login', { body: '{"username":"\\ud800","password":"\\ud800"}' })
    expect(bytes.status).toBe(401)
  })
})
