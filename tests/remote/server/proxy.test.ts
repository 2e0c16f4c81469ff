/** Calls through a pool by the apipool protocol, on the wire. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { invocationOf } from '../../../src-main/remote/server/invocation.ts'
import { openRig, type Rig, secretOf } from './rig.ts'

const invoke = (rig: Rig, attr_path: unknown, args: unknown[] = [], kwargs: object = {}, pool = 'main') =>
  rig.admin('POST', `/proxy/${pool}/invoke`, { attr_path, args, kwargs })

async function openMain(keys = [1, 2]): Promise<Rig> {
  const rig = await openRig()
  await rig.addPool('main', keys)
  return rig
}

describe('a call', () => {
  test('goes to the pool with one of its keys, and comes back as apipool-server says it', async () => {
    const rig = await openMain()
    rig.upstream.says(() => ({
      headers: { 'content-type': 'application/json', 'x-upstream': 'yes', 'set-cookie': 'a=b', 'x-keywheel-key': 'forged' },
      body: '{"hello":["world"]}',
    }))
    const { status, json } = await invoke(rig, ['get'], ['/hello'], { params: { a: 1, b: ['x', true, null], c: 'ü &' } })
    expect(status).toBe(200)
    expect(json).toEqual({
      success: true,
      data: { _type: 'httpx.Response', status_code: 200, headers: expect.any(Object), data: { hello: ['world'] } },
      error: null,
      key_identifier: null,
      pool_available: 2,
      pool_total: 2,
    })
    expect(json.data.headers).toMatchObject({ 'content-type': 'application/json', 'x-upstream': 'yes' })
    expect(
      Object.keys(json.data.headers).filter((name) =>
        /^(x-keywheel|connection|transfer|set-cookie|cross-|content-sec|x-content)/.test(name),
      ),
    ).toEqual([])
    const [asked] = rig.upstream.asked
    expect(asked).toMatchObject({ method: 'GET', url: '/base/hello?a=1&b=x&b=true&b=&c=%C3%BC+%26' })
    expect(asked?.headers.authorization).toMatch(new RegExp(`^Bearer (${secretOf(1)}|${secretOf(2)})$`))
  })

  test.each([
    ['post', [{ json: { a: [1] } }], 'POST', '{"a":[1]}', 'application/json'],
    ['put', [{ data: { a: 'x y', b: [1, 2] } }], 'PUT', 'a=x+y&b=1&b=2', 'application/x-www-form-urlencoded'],
    ['patch', [{ content: 'plain', headers: { 'Content-Type': 'text/plain' } }], 'PATCH', 'plain', 'text/plain'],
    ['delete', [{}], 'DELETE', '', undefined],
    ['options', [{}], 'OPTIONS', '', undefined],
  ])('%s has its body and headers', async (verb, [kwargs], method, body, type) => {
    const rig = await openMain()
    const { json } = await invoke(rig, [verb], ['things'], kwargs)
    expect(json).toMatchObject({ success: true, data: { data: { method, url: '/base/things', body } } })
    expect(rig.upstream.asked[0]?.headers['content-type']).toBe(type)
  })

  test('request names its method; url can be named as well; call is the same with dots', async () => {
    const rig = await openMain()
    expect((await invoke(rig, ['request'], ['post', '/a'], { json: 1 })).json.data.data).toMatchObject({
      method: 'POST',
      body: '1',
    })
    expect((await invoke(rig, ['get'], [], { url: '/b?x=1', params: { y: 2 } })).json.data.data.url).toBe('/base/b?x=1&y=2')
    const call = await rig.admin('POST', '/proxy/main/call', { method_chain: 'get', args: ['/c'] })
    expect([call.status, call.json]).toMatchObject([200, { success: true, data: { data: { url: '/base/c' } } }])
    const chain = await rig.admin('POST', '/proxy/main/call', { method_chain: 'coins.simple.price.get', args: [], kwargs: {} })
    expect(chain.json).toMatchObject({
      success: false,
      data: null,
      error: expect.stringMatching(/^AttributeError: .*'coins'.*step 1 of 'coins\.simple\.price\.get'/),
    })
  })

  test('large integers stay as they are, there and back', async () => {
    const rig = await openMain()
    const body = '{"id":1234567890123456789,"ids":[-9007199254740993,1,1.5],"text":"1234567890123456789"}'
    rig.upstream.says(() => ({ headers: { 'content-type': 'application/json' }, body }))
    const kwargs = `{"json":${body},"params":{"after":1234567890123456789}}`
    const sent = `{"attr_path":["post"],"args":["/x"],"kwargs":${kwargs}}`
    const { text } = await rig.admin('POST', '/proxy/main/invoke', sent)
    expect(text).toContain(`"data":${body}`)
    expect(rig.upstream.asked).toMatchObject([{ url: '/base/x?after=1234567890123456789', body }])
    const misused = await rig.admin('POST', '/proxy/main/invoke', sent.replace('"/x"', '1234567890123456789'))
    expect(misused.json.error).toMatch(/^TypeError: url/)
  })

  test('an answer that is empty or no JSON is said so', async () => {
    const rig = await openMain()
    rig.upstream.says(() => ({ status: 204 }))
    expect((await invoke(rig, ['delete'], ['/x'])).json.data).toEqual({
      _type: 'httpx.Response',
      status_code: 204,
      headers: expect.any(Object),
      data: null,
    })
    rig.upstream.says(() => ({ status: 418, headers: { 'content-type': 'text/plain' }, body: '日'.repeat(10_001) }))
    const { json } = await invoke(rig, ['get'], ['/x'])
    expect(json).toMatchObject({ success: true, error: null })
    expect(json.data).toEqual({ _type: 'httpx.Response', status_code: 418, text: '日'.repeat(10_000) })
    const head = await invoke(rig, ['head'], ['/x'])
    expect(head.json.data).toMatchObject({ status_code: 418, data: null })
  })

  test("an error of the upstream that is the caller's own is an answer", async () => {
    const rig = await openMain()
    rig.upstream.says(() => ({ status: 404, body: '{"error":"no such thing"}' }))
    expect((await invoke(rig, ['get'], ['/x'])).json).toMatchObject({
      success: true,
      data: { status_code: 404, data: { error: 'no such thing' } },
    })
  })

  test('moves on to the next key after a 429; the key that was refused rests over the next calls', async () => {
    const rig = await openMain()
    const limited = `Bearer ${secretOf(1)}`
    rig.upstream.says(({ headers }) =>
      headers.authorization === limited ? { status: 429, headers: { 'retry-after': '60' }, body: '{}' } : { body: '{"ok":true}' },
    )
    for (let n = 0; n < 4; n += 1) {
      expect((await invoke(rig, ['post'], ['/x'], { json: {} })).json).toMatchObject({
        success: true,
        data: { status_code: 200, data: { ok: true } },
      })
    }
    expect(rig.upstream.asked.filter(({ headers }) => headers.authorization === limited)).toHaveLength(1)
    const status = await rig.admin('GET', '/proxy/main/status')
    expect(status.json).toEqual({
      success: true,
      data: { available_keys: 1, archived_keys: 1, total_keys: 2 },
      error: null,
      key_identifier: null,
      pool_available: 1,
      pool_total: 2,
    })
  })

  test('without a ready key fails in words, and the status says that there is none', async () => {
    const rig = await openMain([1])
    await rig.pools.update('main', { config: { queueTimeout: 0 } }, 'local')
    rig.upstream.says(() => ({ status: 429, headers: { 'retry-after': '60' }, body: '{}' }))
    await invoke(rig, ['get'], ['/x'])
    const { status, json } = await invoke(rig, ['get'], ['/x'])
    expect([status, json]).toMatchObject([
      200,
      { success: false, data: null, error: expect.stringMatching(/^PoolExhaustedError: /), pool_available: 0, pool_total: 1 },
    ])
    expect((await rig.admin('GET', '/proxy/main/status')).json).toMatchObject({ success: false, pool_available: 0 })
  })

  test('is read in the coding in which it comes, and not followed elsewhere', async () => {
    const rig = await openMain()
    const coded = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }
    for (const [coding, encode] of Object.entries(coded)) {
      rig.upstream.says(() => ({ headers: { 'content-encoding': coding }, body: encode('{"coded":true}') }))
      expect((await invoke(rig, ['get'], ['/x'])).json.data.data).toEqual({ coded: true })
    }
    rig.upstream.says(() => ({ headers: { 'content-encoding': 'gzip' }, body: 'no gzip' }))
    expect((await invoke(rig, ['get'], ['/x'])).json).toMatchObject({
      success: false,
      error: expect.stringMatching(/^ReadError: /),
    })
    rig.upstream.says(() => ({ status: 302, headers: { location: 'https://thief.example/' } }))
    const { json } = await invoke(rig, ['get'], ['/x'])
    expect(json.data).toMatchObject({ status_code: 302, headers: { location: 'https://thief.example/' }, data: null })
  })

  test('that is cut is no answer', async () => {
    const rig = await openMain([1])
    rig.upstream.says(() => ({ headers: { 'content-length': '100' }, body: '{"half":', cut: true }))
    expect((await invoke(rig, ['post'], ['/x'], { json: 1 })).json).toMatchObject({
      success: false,
      data: null,
      error: expect.stringMatching(/^\w+Error: /),
    })
  })

  test('ends at the upstream when its program goes away', async () => {
    const rig = await openMain([1])
    rig.upstream.says(() => null)
    await rig.addUser('ann')
    const { access_token: token } = await rig.login('ann')
    const abort = new AbortController()
    const gone = fetch(`${rig.url}/api/v1/proxy/main/invoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ attr_path: ['get'], args: ['/x'], kwargs: {} }),
      signal: abort.signal,
    })
    await vi.waitFor(() => expect(rig.upstream.asked).toHaveLength(1), 20_000)
    abort.abort()
    await expect(gone).rejects.toThrow('aborted')
    await vi.waitFor(() => expect(rig.upstream.aborted).toBe(1), 20_000)
    await vi.waitFor(() => expect(rig.proxy.status().inFlight).toBe(0), 20_000)
  })

  test("is recorded like any other, as the user's", async () => {
    const rig = await openMain()
    await invoke(rig, ['get'], ['/x'])
    const { items } = await rig.usage.requests({ limit: 10 })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ pool: 'main', status: 200, clientId: rig.users.list()[0]?.id, clientName: 'admin' })
    expect(rig.clients.list()).toEqual([])
  })

  test('many at once of one user all come through', async () => {
    const rig = await openMain()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => invoke(rig, ['get'], [`/${n}`])))
    expect(answers.map(({ json }) => json.success)).toEqual(Array(20).fill(true))
    expect(rig.upstream.asked).toHaveLength(20)
  })

  test('ends at its own timeout', async () => {
    const rig = await openMain([1])
    rig.upstream.says(() => null)
    const { json } = await invoke(rig, ['get'], ['/x'], { timeout: 0.2 })
    expect(json).toMatchObject({ success: false, error: 'ReadTimeout: The read operation timed out' })
  })

  test('to an upstream that is not there fails in words', async () => {
    const rig = await openRig()
    await rig.pools.create(
      { slug: 'main', draft: false, provider: 'custom', baseUrl: 'http://127.0.0.1:9/v1', strategy: 'random' },
      'local',
    )
    await rig.keys.create({ secret: secretOf(1), pools: ['main'], tags: [], notes: '', weight: 1, priority: 0 }, 'local')
    expect((await invoke(rig, ['get'], ['/x'])).json).toMatchObject({
      success: false,
      error: expect.stringMatching(/^ConnectError: /),
    })
    await rig.admin('POST', '/keys', { identifier: 'k', raw_key: secretOf(2) })
    await rig.admin('POST', '/pools', { identifier: 'unset', name: 'U', key_identifiers: ['k'] })
    expect((await invoke(rig, ['get'], ['/x'], {}, 'unset')).json).toMatchObject({
      success: false,
      error: expect.stringMatching(/^UnsupportedProtocol: /),
    })
  })
})

describe('what is no call of a verb below the pool', () => {
  test.each([
    [
      ['headers', 'get'],
      ['authorization'],
      {},
      /^AttributeError: 'Client' object has no attribute 'headers' \(step 1 of 'headers\.get'\)$/,
    ],
    [['__class__', '__mro__'], [], {}, /^AttributeError: 'Client' object has no attribute '__class__'/],
    [['get', '__globals__'], [], {}, /^AttributeError: 'function' object has no attribute '__globals__' \(step 2/],
    [['GET'], ['/x'], {}, /^AttributeError/],
    [['constructor'], ['/x'], {}, /^AttributeError/],
    [['stream'], ['GET', '/x'], {}, /^AttributeError/],
    [[''], [], {}, /^AttributeError/],
    [['get'], [], {}, /^TypeError: Client\.get\(\) missing 1 required positional argument: 'url'$/],
    [['get'], ['/a', '/b'], {}, /^TypeError: Client\.get\(\) takes 2 positional arguments but 3 were given$/],
    [['get'], ['/a'], { url: '/b' }, /^TypeError: Client\.get\(\) got multiple values for argument 'url'$/],
    [['get'], ['/a'], { verify: false }, /^TypeError: Client\.get\(\) got an unexpected keyword argument 'verify'$/],
    [['get'], ['/a'], { json: {} }, /^TypeError: Client\.get\(\) got an unexpected keyword argument 'json'$/],
    [['get'], ['/a'], { auth: ['a', 'b'] }, /^TypeError/],
    [['post'], ['/a'], { files: {} }, /^TypeError/],
    [['get'], [7], {}, /^TypeError: url must be a str$/],
    [['get'], ['/a'], { params: 'x=1' }, /^TypeError: params must be a dict$/],
    [['get'], ['/a'], { params: { a: {} } }, /^TypeError: params/],
    [['post'], ['/a'], { json: 1, data: { a: 1 } }, /^TypeError: give one of/],
    [['request'], ['CONNECT', '/a'], {}, /^ValueError: method/],
    [['request'], ['GET', '/a'], { json: 1 }, /^TypeError: a GET request has no body$/],
    [['get'], ['https://thief.example/'], {}, /^UnsupportedProtocol/],
    [['get'], ['HTTP://127.0.0.1:1/'], {}, /^UnsupportedProtocol/],
    [['get'], ['file:///etc/passwd'], {}, /^UnsupportedProtocol/],
    [['get'], ['//thief.example/x'], {}, /^UnsupportedProtocol/],
    [['get'], ['/\\thief.example/x'], {}, /^UnsupportedProtocol/],
    [['get'], ['\\\\thief.example'], {}, /^UnsupportedProtocol/],
    [['get'], ['/../admin'], {}, /^ValueError/],
    [['get'], ['/a/%2e%2e/b'], {}, /^ValueError/],
    [['get'], ['/a/%252e%252e/b'], {}, /^ValueError/],
    [['get'], ['/a/..%2f..%2fb'], {}, /^ValueError/],
    [['get'], ['/a/..;/b'], {}, /^ValueError/],
    [['get'], ['/a b'], {}, /^ValueError/],
    [['get'], ['/a\r\nHost: thief'], {}, /^ValueError/],
    [['get'], ['/a'], { headers: { Authorization: 'Bearer x' } }, /^ValueError: headers: 'authorization' is set by the pool$/],
    [['get'], ['/a'], { headers: { host: 'thief.example' } }, /^ValueError/],
    [['get'], ['/a'], { headers: { 'x-keywheel-lane': 'background' } }, /^ValueError/],
    [['get'], ['/a'], { headers: { 'transfer-encoding': 'chunked' } }, /^ValueError/],
    [['get'], ['/a'], { headers: { 'x y': '1' } }, /^ValueError/],
    [['get'], ['/a'], { headers: { x: 'a\r\nb: c' } }, /^TypeError/],
    [['get'], ['/a'], { timeout: -1 }, /^ValueError: timeout/],
    [['get'], ['/a'], { timeout: { connect: 1 } }, /^ValueError: timeout/],
  ])("%j %j %j is an error in Python's words", (path, args, kwargs, error) => {
    const got = invocationOf({ path, args, kwargs })
    expect(got).toEqual({ error: expect.stringMatching(error) })
  })

  test('is answered as a failed call, and nothing reaches the upstream', async () => {
    const rig = await openMain()
    for (const [path, ...args] of [
      [['headers', 'get'], 'authorization'],
      [['__class__']],
      [['get'], 'https://thief.example/'],
      [['get'], '/../x'],
    ] as const) {
      const { status, json, text } = await invoke(rig, path, args)
      expect([status, json]).toMatchObject([
        200,
        { success: false, data: null, key_identifier: null, pool_available: 2, pool_total: 2 },
      ])
      expect(text).not.toContain('sk-test')
    }
    expect(rig.upstream.asked).toEqual([])
  })

  test('with a body that does not fit is 422', async () => {
    const rig = await openMain()
    const empty = await invoke(rig, [])
    expect([empty.status, empty.json.detail[0]]).toMatchObject([422, { type: 'too_short', loc: ['body', 'attr_path'] }])
    const other = await rig.admin('POST', '/proxy/main/invoke', { attr_path: 'get', args: {}, kwargs: [] })
    expect(other.json.detail.map(({ type }: { type: string }) => type)).toEqual(['list_type', 'list_type', 'dict_type'])
    expect((await rig.admin('POST', '/proxy/main/call', { method_chain: '' })).status).toBe(422)
  })

  test('with a pool that takes no calls is 404, 410 or 503', async () => {
    const rig = await openRig()
    await rig.addPool('empty')
    const none = await invoke(rig, ['get'], ['/x'], {}, 'empty')
    expect([none.status, none.json]).toEqual([503, { detail: "Pool 'empty' has no available keys" }])
    const status = await rig.admin('GET', '/proxy/empty/status')
    expect([status.status, status.json]).toMatchObject([200, { success: false, pool_available: 0, pool_total: 0 }])
    const unknown = await invoke(rig, ['get'], ['/x'], {}, 'nobody')
    expect([unknown.status, unknown.json]).toEqual([404, { detail: "Pool 'nobody' not found" }])
    await rig.addPool('old', [1])
    await rig.addPool('new', [2])
    await rig.pools.retire('old', 'new', 'local')
    const retired = await invoke(rig, ['get'], ['/x'], {}, 'old')
    expect([retired.status, retired.json.detail]).toEqual([410, "Pool 'old' is retired; 'new' takes its place"])
    // Whoever looks whether it can be called is told the same.
    const looked = await rig.admin('GET', '/proxy/old/status')
    expect([looked.status, looked.json]).toEqual([410, retired.json])
    await rig.addUser('ann', { pools: ['new'] })
    const { access_token: token } = await rig.login('ann')
    const foreign = await rig.call('POST', '/api/v1/proxy/empty/invoke', { token, body: { attr_path: ['get'], args: ['/x'] } })
    expect([foreign.status, foreign.json]).toEqual([404, { detail: "Pool 'empty' not found" }])
    const own = await rig.call('POST', '/api/v1/proxy/new/invoke', { token, body: { attr_path: ['get'], args: ['/x'] } })
    expect(own.json.success).toBe(true)
  })
})
