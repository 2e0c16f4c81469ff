/** Keys of the apipool-server, on the wire. */
import { describe, expect, test } from 'vitest'
import { openRig, type Rig, secretOf } from './rig.ts'

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)

const bare = {
  id: expect.any(String),
  alias: null,
  client_config: null,
  is_active: true,
  is_archived: false,
  verification_status: 'unknown',
  last_verified_at: null,
  tags: null,
  description: null,
  created_at: time,
  updated_at: time,
}

const add = (rig: Rig, identifier: string, n: number, more: object = {}) =>
  rig.admin('POST', '/keys', { identifier, raw_key: secretOf(n), ...more })
const at = (identifier: string, rest = '') => `/keys/${encodeURIComponent(identifier)}${rest}`
const names = ({ json }: { json: { items: { identifier: string }[] } }) => json.items.map(({ identifier }) => identifier)
const openReveal = (rig: Rig) => rig.settings.update({ apipoolReveal: true }, 'local')

describe('a key', () => {
  test('is made with all its fields or the fewest, and said again without its secret', async () => {
    const rig = await openRig()
    const few = await add(rig, 'few', 1)
    expect([few.status, few.json]).toEqual([201, { ...bare, identifier: 'few' }])
    const config = { base_url: 'http://127.0.0.1:9/v1', timeout: 5, headers: { 'X-Region': 'eu' } }
    const full = await add(rig, 'full', 2, {
      alias: 'Work',
      tags: ['a', 'b'],
      description: 'for tests',
      client_config: config,
      unheard_of: 1,
    })
    const said = { alias: 'Work', tags: ['a', 'b'], description: 'for tests', client_config: config }
    expect([full.status, full.json]).toEqual([201, { ...bare, identifier: 'full', ...said }])
    expect((await rig.admin('GET', '/keys/full')).json).toEqual(full.json)
    const everything = JSON.stringify([few.json, full.json, (await rig.admin('GET', '/keys')).json]) + rig.log()
    expect(everything).not.toContain(secretOf(1))
    expect(everything).not.toContain(secretOf(2))
  })

  test('may be called anything that an address can hold: it is data and nothing else', async () => {
    const rig = await openRig()
    for (const identifier of [
      "o'); DROP TABLE keys;--",
      'a/b c?d#e%2F',
      '密钥 1',
      '__proto__',
      '%',
      '*',
      ' ',
      'a..b',
      '%00',
      '%5c',
    ]) {
      expect(await add(rig, identifier, 1, { tags: ["';--"] })).toMatchObject({ status: 201, json: { identifier } })
      expect((await rig.admin('GET', at(identifier))).json).toMatchObject({ identifier, tags: ["';--"] })
      expect(names(await rig.admin('GET', `/keys?search=${encodeURIComponent(identifier)}`))).toEqual([identifier])
      expect((await rig.admin('GET', at(identifier, '/stats'))).json).toMatchObject({ key_identifier: identifier })
      expect(await rig.admin('DELETE', at(identifier))).toMatchObject({ status: 200, json: { message: 'ok' } })
      const gone = await rig.admin('GET', at(identifier))
      expect([gone.status, gone.json]).toEqual([404, { detail: `API Key '${identifier}' not found` }])
    }
  })

  test('is never called what an address would not lead to', async () => {
    const rig = await openRig()
    const routes = ['raw', 'export', 'import', 'batch-import', '.', '..', '', 'x'.repeat(129)]
    const tricks = ['../../etc/passwd', 'a/..', '%2e%2E/x', 'a%2f..', '..;x', 'back\\slash', 'nul\0', 'two\nlines']
    for (const identifier of [...routes, ...tricks]) {
      const { status, json } = await add(rig, identifier, 1)
      expect([identifier, status]).toEqual([identifier, 422])
      expect(json.detail).toMatchObject([{ loc: ['body', 'identifier'], input: identifier }])
    }
  })

  test('has a name and a secret of its own', async () => {
    const rig = await openRig()
    await add(rig, 'one', 1)
    const sameName = await add(rig, 'one', 2)
    expect([sameName.status, sameName.json]).toEqual([409, { detail: "Identifier 'one' already exists" }])
    expect((await add(rig, 'two', 1)).status).toBe(409)
    const id = (await rig.admin('GET', '/keys/one')).json.id as string
    expect((await add(rig, id, 3)).status).toBe(409)
    // What is deleted gives up its name, and its secret can come again.
    await rig.admin('DELETE', '/keys/one')
    expect(await add(rig, 'one', 2)).toMatchObject({ status: 201 })
    expect(await add(rig, 'again', 1)).toMatchObject({ status: 201, json: { identifier: 'again' } })
  })

  test('what does not fit is said in FastAPI’s words, without the secret', async () => {
    const rig = await openRig()
    const { status, json, text } = await rig.admin('POST', '/keys', { raw_key: 'two words here', tags: [''], alias: 7 })
    expect(status).toBe(422)
    expect(json.detail).toEqual([
      { type: 'missing', loc: ['body', 'identifier'], msg: 'Field required', input: expect.anything() },
      expect.objectContaining({ type: 'string_pattern_mismatch', loc: ['body', 'raw_key'] }),
      expect.objectContaining({ type: 'string_type', loc: ['body', 'alias'], input: 7 }),
      expect.objectContaining({ type: 'string_too_short', loc: ['body', 'tags', 0] }),
    ])
    expect(text).not.toContain('two words')
    expect((await add(rig, 'x', 1, { raw_key: 'a'.repeat(4097) })).json.detail).toMatchObject([{ type: 'string_too_long' }])
    expect((await rig.admin('POST', '/keys')).json.detail).toMatchObject([{ type: 'missing', loc: ['body'] }])
  })

  test('holds no credential beside it, and no address that no pool may have', async () => {
    const rig = await openRig()
    for (const client_config of [
      { headers: { Authorization: 'Bearer sk-x' } },
      { headers: { 'x-api-key': 'k' } },
      { base_url: 'http://169.254.169.254/' },
      { base_url: 7 },
      { long: 'x'.repeat(20_000) },
    ]) {
      const { status, json } = await add(rig, 'x', 1, { client_config })
      expect([status, json.detail[0].loc.slice(0, 2)]).toEqual([422, ['body', 'client_config']])
    }
  })

  test('PUT changes what it names; null leaves, an empty text clears', async () => {
    const rig = await openRig()
    await add(rig, 'k', 1, { alias: 'Old', tags: ['a'], description: 'text', client_config: { timeout: 1 } })
    const nulls = { alias: null, tags: null, description: null, client_config: null, is_active: null }
    const same = await rig.admin('PUT', '/keys/k', nulls)
    expect([same.status, same.json]).toEqual([
      200,
      { ...bare, identifier: 'k', alias: 'Old', tags: ['a'], description: 'text', client_config: { timeout: 1 } },
    ])
    const patch = { alias: 'New', tags: ['b', 'c'], description: '', is_active: false, raw_key: secretOf(9) }
    expect((await rig.admin('PUT', '/keys/k', patch)).json).toMatchObject({
      alias: 'New',
      tags: ['b', 'c'],
      description: null,
      is_active: false,
    })
    expect((await rig.admin('PUT', '/keys/k', { alias: '', tags: [] })).json).toMatchObject({ alias: null, tags: null })
    expect((await rig.admin('PUT', '/keys/none', {})).status).toBe(404)
  })

  test('DELETE takes it out of everything', async () => {
    const rig = await openRig()
    const [id = ''] = await rig.addPool('main', [1])
    expect((await rig.admin('DELETE', at(id))).json).toEqual({ message: 'ok' })
    expect((await rig.admin('GET', '/keys')).json.total).toBe(0)
    expect((await rig.admin('GET', '/pools/main')).json.members).toEqual([])
    expect((await rig.admin('DELETE', at(id))).status).toBe(404)
    expect(rig.audit()).toContainEqual({ actor: 'user', action: 'key.remove', subject: id })
  })
})

describe('the list', () => {
  test('comes in pages, the newest first', async () => {
    const rig = await openRig()
    const keys = Array.from({ length: 25 }, (_, n) => ({ identifier: `k${n}`, raw_key: secretOf(n) }))
    await rig.admin('POST', '/keys/import', { keys })
    await new Promise((resolve) => setTimeout(resolve, 2))
    await add(rig, 'last', 99)
    const first = (await rig.admin('GET', '/keys')).json
    expect(first).toMatchObject({ total: 26, page: 1, page_size: 20 })
    expect([first.items.length, first.items[0].identifier]).toEqual([20, 'last'])
    const second = (await rig.admin('GET', '/keys?page=2&page_size=20')).json
    expect(second.items).toHaveLength(6)
    const all = [...first.items, ...second.items].map(({ identifier }) => identifier)
    expect(new Set(all).size).toBe(26)
    expect((await rig.admin('GET', '/keys?page=9')).json).toEqual({ items: [], total: 26, page: 9, page_size: 20 })
  })

  test('refuses what is out of bounds', async () => {
    const rig = await openRig()
    for (const [query, field, type] of [
      ['page_size=101', 'page_size', 'less_than_equal'],
      ['page=0', 'page', 'greater_than_equal'],
      ['is_active=maybe', 'is_active', 'bool_parsing'],
      ['verification_status=verified', 'verification_status', 'literal_error'],
    ]) {
      const { status, json } = await rig.admin('GET', `/keys?${query}`)
      expect([status, json.detail[0]]).toMatchObject([422, { type, loc: ['query', field] }])
    }
  })

  test('every filter works, alone and together', async () => {
    const rig = await openRig()
    const [inPool = ''] = await rig.addPool('main', [1])
    await add(rig, 'Alpha', 2, { alias: 'First', tags: ['x', 't'] })
    await add(rig, 'beta', 3, { tags: ['t'] })
    await rig.admin('PUT', '/keys/beta', { is_active: false })
    const list = async (query: string) => names(await rig.admin('GET', `/keys?${query}`)).toSorted()
    expect(await list('pool_id=main')).toEqual([inPool])
    expect(await list('pool_id=nowhere')).toEqual([])
    expect(await list('is_active=false')).toEqual(['beta'])
    expect(await list('is_active=1&tag=t')).toEqual(['Alpha'])
    expect(await list('tag=t')).toEqual(['Alpha', 'beta'])
    expect(await list('tag=T')).toEqual([])
    expect(await list('search=ALPH')).toEqual(['Alpha'])
    expect(await list('search=first')).toEqual(['Alpha'])
    expect(await list('search=%25')).toEqual([])
    expect(await list('verification_status=unknown&tag=t')).toEqual(['Alpha', 'beta'])
    expect(await list('verification_status=valid')).toEqual([])
    // A call through the pool is as good as a check, and a refusal too.
    const call = () => rig.admin('POST', '/proxy/main/invoke', { attr_path: ['get'], args: ['/x'], kwargs: {} })
    await call()
    expect(await list('verification_status=valid')).toEqual([inPool])
    rig.upstream.says(() => ({ status: 429, headers: { 'retry-after': '60' }, body: '{}' }))
    await call()
    expect(await list('verification_status=rate_limited')).toEqual([inPool])
  })
})

describe('rights', () => {
  test('a user looks at the keys of its pools and changes nothing', async () => {
    const rig = await openRig()
    const [mine = ''] = await rig.addPool('mine', [1])
    const [other = ''] = await rig.addPool('other', [2])
    await rig.addUser('ada', { pools: ['mine'], mayReveal: true })
    const token = (await rig.login('ada')).access_token
    const call = (method: string, path: string, body?: unknown) => rig.call(method, `/api/v1${path}`, { token, body })
    expect(names(await call('GET', '/keys'))).toEqual([mine])
    expect((await call('GET', at(mine))).status).toBe(200)
    const foreign = await call('GET', at(other))
    expect([foreign.status, foreign.json]).toEqual([404, { detail: `API Key '${other}' not found` }])
    expect((await call('GET', at(other, '/stats'))).status).toBe(404)
    for (const [method, path] of [
      ['POST', '/keys'],
      ['POST', '/keys/import'],
      ['POST', '/keys/batch-import'],
      ['PUT', at(mine)],
      ['PATCH', at(mine, '/rotate')],
      ['DELETE', at(mine)],
      ['POST', at(mine, '/verify')],
    ] as const)
      expect([method, path, (await call(method, path, {})).status]).toEqual([method, path, 403])
  })

  test('nobody without a token', async () => {
    const rig = await openRig()
    for (const path of ['/keys', '/keys/raw?pool_identifier=x', '/keys/export', '/keys/x', '/keys/x/raw', '/keys/x/stats'])
      expect((await rig.call('GET', `/api/v1${path}`)).status).toBe(401)
  })
})

describe('raw keys', () => {
  test('are for users with that right, where the setting allows it; else it is said where that is done', async () => {
    const rig = await openRig({ allowReveal: false })
    const [id = ''] = await rig.addPool('main', [1])
    await rig.addUser('ada')
    const ada = (await rig.login('ada')).access_token
    const asAda = (path: string) => rig.call('GET', `/api/v1${path}`, { token: ada })
    const paths = ['/keys/raw?pool_identifier=main', at(id, '/raw')]
    for (const path of paths) {
      expect(await rig.admin('GET', path)).toMatchObject({ status: 403, json: { detail: expect.stringContaining('Settings') } })
      expect(await asAda(path)).toMatchObject({ status: 403, json: { detail: expect.stringContaining('Users') } })
    }
    await openReveal(rig)
    for (const path of paths) {
      expect((await asAda(path)).status).toBe(403)
      expect((await rig.admin('GET', path)).text).toContain(secretOf(1))
    }
  })

  test('of a pool: its active keys that have not expired, the newest first, in the shape that the SDK reads', async () => {
    const rig = await openRig()
    await openReveal(rig)
    const [first = '', off = '', old = ''] = await rig.addPool('main', [1, 2, 3])
    await rig.keys.enable([off], false, 'local')
    await rig.keys.update(old, { expiresAt: Date.now() - 1000 }, 'local')
    await new Promise((resolve) => setTimeout(resolve, 2))
    await add(rig, 'named', 4, { tags: ['t'], client_config: { base_url: rig.upstream.url } })
    await rig.admin('POST', '/pools/main/members', { key_identifiers: ['named'] })
    const { status, json } = await rig.admin('GET', '/keys/raw?pool_identifier=main')
    expect([status, json]).toEqual([
      200,
      {
        client_type: 'generic',
        keys: [
          { identifier: 'named', raw_key: secretOf(4), alias: null, tags: ['t'] },
          { identifier: first, raw_key: secretOf(1), alias: 'key 1', tags: null },
        ],
        total: 2,
      },
    ])
    expect(rig.audit()).toContainEqual({ actor: 'user', action: 'key.raw', subject: 'admin: pool main' })
    expect(await rig.admin('GET', '/keys/raw?pool_identifier=nowhere')).toMatchObject({
      status: 404,
      json: { detail: "Pool 'nowhere' not found" },
    })
    expect((await rig.admin('GET', '/keys/raw')).json.detail).toMatchObject([
      { type: 'missing', loc: ['query', 'pool_identifier'] },
    ])
  })

  test('of one key, written down', async () => {
    const rig = await openRig()
    await openReveal(rig)
    await add(rig, 'k', 1, { alias: 'A', tags: ['t'] })
    const { status, json } = await rig.admin('GET', '/keys/k/raw')
    expect([status, json]).toEqual([
      200,
      {
        id: expect.any(String),
        identifier: 'k',
        raw_key: secretOf(1),
        alias: 'A',
        is_active: true,
        verification_status: 'unknown',
        tags: ['t'],
        created_at: time,
      },
    ])
    expect(rig.audit()).toContainEqual({ actor: 'user', action: 'key.reveal', subject: json.id })
    expect((await rig.admin('GET', '/keys/none/raw')).status).toBe(404)
  })
})

describe('import', () => {
  test('takes up to 500 keys, and skips what is here by name or by secret', async () => {
    const rig = await openRig()
    await add(rig, 'here', 1)
    const keys = [
      { identifier: 'here', raw_key: secretOf(2) },
      { identifier: 'same secret', raw_key: secretOf(1) },
      { identifier: 'new', raw_key: secretOf(3), alias: 'N', tags: ['t'], description: 'd', is_active: false },
      { identifier: 'new', raw_key: secretOf(4) },
      { identifier: 'twice', raw_key: secretOf(3) },
    ]
    const { status, json } = await rig.admin('POST', '/keys/import', { keys })
    expect([status, json]).toEqual([
      200,
      { task_id: expect.stringMatching(/^key-import-\d+$/), status: 'completed', total: 5, imported: 1, skipped: 4 },
    ])
    expect((await rig.admin('GET', '/keys/new')).json).toEqual({
      ...bare,
      identifier: 'new',
      alias: 'N',
      tags: ['t'],
      description: 'd',
      is_active: false,
    })
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ identifier: `m${n}`, raw_key: secretOf(n + 100) }))
    expect((await rig.admin('POST', '/keys/import', { keys: many(501) })).json.detail).toMatchObject([{ type: 'too_long' }])
    expect((await rig.admin('POST', '/keys/import', { keys: [] })).json.detail).toMatchObject([{ type: 'too_short' }])
    expect((await rig.admin('POST', '/keys/import', { keys: many(500) })).json).toMatchObject({ imported: 500, skipped: 0 })
  })

  test('one bad key is named, and nothing is taken', async () => {
    const rig = await openRig()
    const keys = [
      { identifier: 'a', raw_key: secretOf(1) },
      { identifier: 'raw', raw_key: secretOf(2) },
    ]
    const { status, json, text } = await rig.admin('POST', '/keys/import', { keys })
    expect([status, json.detail[0].loc]).toEqual([422, ['body', 'keys', 1, 'identifier']])
    expect(text).not.toContain(secretOf(1))
    expect((await rig.admin('GET', '/keys')).json.total).toBe(0)
  })

  test('batch-import names the keys itself and leaves out empty ones', async () => {
    const rig = await openRig()
    const keys = [{ raw_key: secretOf(1), alias: 'A' }, { raw_key: '' }, { raw_key: secretOf(2) }, {}]
    const { status, json } = await rig.admin('POST', '/keys/batch-import', { client_type: 'generic', keys })
    expect([status, json]).toEqual([200, { task_id: expect.stringMatching(/^batch-import-\d+$/), status: 'completed', total: 2 }])
    const items = (await rig.admin('GET', '/keys')).json.items as { identifier: string; alias: string }[]
    expect(items.map(({ identifier, alias }) => `${identifier.replace(/\d{10}/, 'T')} ${alias}`).toSorted()).toEqual([
      'generic-imported-T-1 A',
      'generic-imported-T-3 imported-3',
    ])
    const tooMany = Array.from({ length: 101 }, () => ({ raw_key: '' }))
    expect((await rig.admin('POST', '/keys/batch-import', { client_type: 'generic', keys: tooMany })).status).toBe(422)
  })
})

describe('export', () => {
  test('is a table with the six headings, its secrets only for who may have them', async () => {
    const rig = await openRig({ allowReveal: false })
    await add(rig, '=cmd()', 1, { alias: 'a "quoted", one', tags: ['x', 'y'], description: 'two\nlines' })
    await add(rig, 'off', 2)
    await rig.admin('PUT', '/keys/off', { is_active: false })
    const closed = await rig.admin('GET', '/keys/export')
    expect(closed.status).toBe(200)
    expect(closed.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(closed.headers.get('content-disposition')).toMatch(/^attachment; filename=apikeys-export-\d{8}_\d{6}\.csv$/)
    expect(closed.text.split('\r\n')[0]).toBe('标识符,别名,密钥,标签,描述,状态')
    expect(closed.text).not.toContain('sk-test')
    await openReveal(rig)
    const lines = (await rig.admin('GET', '/keys/export')).text.split('\r\n')
    expect(lines.slice(1).toSorted()).toEqual([
      '',
      `"'=cmd()","a ""quoted"", one",${secretOf(1)},"x,y","two\nlines",启用`,
      `off,,${secretOf(2)},,,停用`,
    ])
    expect((await rig.admin('GET', '/keys/export?is_active=false')).text.split('\r\n')).toHaveLength(3)
  })
})

describe('rotate and verify', () => {
  test('a new secret under the same name; where it may go stays', async () => {
    const rig = await openRig()
    await openReveal(rig)
    const [id = ''] = await rig.addPool('main', [1])
    const call = () => rig.admin('POST', '/proxy/main/invoke', { attr_path: ['get'], args: ['/x'], kwargs: {} })
    await call()
    expect((await rig.admin('GET', at(id))).json.verification_status).toBe('valid')
    const { status, json } = await rig.admin('PATCH', at(id, '/rotate'), { new_raw_key: secretOf(2) })
    expect([status, json]).toMatchObject([200, { identifier: id, verification_status: 'unknown', last_verified_at: null }])
    expect((await rig.admin('GET', at(id, '/raw'))).json.raw_key).toBe(secretOf(2))
    await call()
    expect(rig.upstream.asked.at(-1)?.headers.authorization).toBe(`Bearer ${secretOf(2)}`)
    expect((await rig.admin('PATCH', at(id, '/rotate'), {})).status).toBe(422)
    await add(rig, 'other', 3)
    expect((await rig.admin('PATCH', at(id, '/rotate'), { new_raw_key: secretOf(3) })).status).toBe(409)
  })

  test('a provider without a free check leaves it unknown', async () => {
    const rig = await openRig()
    const [id = ''] = await rig.addPool('main', [1])
    const unasked = { identifier: id, verification_status: 'unknown', verified_at: null }
    expect((await rig.admin('POST', at(id, '/verify'))).json).toEqual(unasked)
    await add(rig, 'poolless', 2)
    expect((await rig.admin('POST', at('poolless', '/verify'))).json).toMatchObject({ verification_status: 'unknown' })
    expect(rig.upstream.asked).toEqual([])
  })

  test('the provider is asked where that is free, and what it says counts', async () => {
    const rig = await openRig()
    const pool = { slug: 'ai', draft: false, provider: 'openai', baseUrl: `${rig.upstream.url}/v1`, strategy: 'random' } as const
    await rig.pools.create(pool, 'local')
    const input = { secret: secretOf(1), identifier: 'k', pools: ['ai'], tags: [], notes: '', weight: 1, priority: 0 }
    await rig.keys.create(input, 'local')
    const verify = async () => (await rig.admin('POST', '/keys/k/verify')).json
    rig.upstream.says(() => ({ body: '{"object":"list","data":[]}', headers: { 'content-type': 'application/json' } }))
    expect(await verify()).toEqual({ identifier: 'k', verification_status: 'valid', verified_at: time })
    expect((await rig.admin('GET', '/keys/k')).json).toMatchObject({ verification_status: 'valid', last_verified_at: time })
    rig.upstream.says(() => ({ status: 500, body: '{}' }))
    expect(await verify()).toMatchObject({ verification_status: 'unknown' })
    rig.upstream.says(() => ({ status: 401, body: '{"error":{"code":"invalid_api_key","message":"no"}}' }))
    expect(await verify()).toMatchObject({ verification_status: 'invalid' })
    expect((await rig.admin('GET', '/keys/k')).json).toMatchObject({ verification_status: 'invalid' })
  })
})

test('statistics of one key, over all its pools', async () => {
  const rig = await openRig()
  const [id = ''] = await rig.addPool('main', [1])
  await rig.addPool('second')
  await rig.keys.update(id, { pools: ['main', 'second'], confirmAudience: true }, 'local')
  const call = (pool: string) => rig.admin('POST', `/proxy/${pool}/invoke`, { attr_path: ['get'], args: ['/x'], kwargs: {} })
  await call('main')
  await call('second')
  await call('second')
  rig.upstream.says(() => ({ status: 429, headers: { 'retry-after': '60' }, body: '{}' }))
  await call('main')
  const { status, json } = await rig.admin('GET', at(id, '/stats?seconds=600'))
  expect([status, json]).toEqual([
    200,
    {
      key_identifier: id,
      alias: 'key 1',
      period_seconds: 600,
      total_calls: 4,
      success_count: 3,
      failed_count: 0,
      reach_limit_count: 1,
      success_rate: 75,
    },
  ])
  expect((await rig.admin('GET', at(id, '/stats'))).json.period_seconds).toBe(86_400)
  expect((await rig.admin('GET', at(id, '/stats?seconds=0'))).status).toBe(422)
})
