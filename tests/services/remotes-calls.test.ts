/** Calls and other servers: passed on to one, or made here with its keys and told to it. */
import { createConnection } from 'node:net'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { serverKey } from '../support/apipool-server.ts'
import { chat, openPair, tokenOf } from './remotes-house.ts'

async function passing() {
  const pair = await openPair()
  const { house, server, upstream, link } = pair
  server.addPool('p', { client_type: 'openai', keys: [serverKey(1), serverKey(2)], baseUrl: `${upstream.url}/v1` })
  await link('p', { mode: 'proxy' })
  const { url } = await house.proxy.start({ port: 0 }, 'local')
  return { ...pair, url: url ?? '', token: await tokenOf(house) }
}

describe('a pool whose calls go through its server', () => {
  test('is called like any other; the keys never come here', async () => {
    const { house, server, upstream, url, token } = await passing()
    const client = new OpenAI({ baseURL: `${url}/p`, apiKey: token, maxRetries: 0 })
    const answer = await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] })
    expect(answer.choices[0]?.message.content).toEqual(expect.any(String))
    await client.models.list()
    expect(new Set(upstream.requests.map(({ key }) => key))).toEqual(new Set([serverKey(1).raw_key, serverKey(2).raw_key]))
    const invoked = server.asked.filter(({ path }) => path === '/api/v1/proxy/p/invoke').map(({ body }) => body)
    expect(invoked).toMatchObject([
      {
        attr_path: ['request'],
        args: ['POST', '/chat/completions'],
        kwargs: { headers: { 'content-type': 'application/json' } },
      },
      { attr_path: ['request'], args: ['GET', '/models'] },
    ])
    expect(JSON.stringify(invoked)).not.toContain(token)
    expect(house.pools.get('p')).toMatchObject({ provider: 'openai', keys: { total: 1 } })
    const [row] = (await house.usage.requests({ limit: 10, pool: 'p' })).items.filter(({ method }) => method === 'POST')
    expect(row).toMatchObject({ outcome: 'ok', keyLabel: new URL(server.url).host, inputTokens: expect.any(Number) as number })
  })

  test('queries and large numbers arrive as they were sent', async () => {
    const { upstream, url, token, server } = await passing()
    const there = server.pools.get('p')
    if (there) there.baseUrl = `${upstream.url}/echo`
    const answer = await fetch(`${url}/p/things?a=1&a=2&b=%2F`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-mine': 'yes', cookie: 'a=b' },
      body: '{"id":12345678901234567890}',
    })
    expect(answer.status).toBe(200)
    const received = upstream.requests.at(-1)
    expect(received).toMatchObject({ method: 'PUT', body: '{"id":12345678901234567890}' })
    expect(received?.url).toContain('/echo/things?a=1&a=2&b=%2F')
    expect([received?.headers['x-mine'], received?.headers['cookie']]).toEqual(['yes', undefined])
  })

  test('large numbers come back as they were sent, and a pool that is retired there is so here', async () => {
    const { url, token, server } = await passing()
    const body = '{"id":1234567890123456789}'
    const data = `{"_type":"httpx.Response","status_code":200,"headers":{"content-type":"application/json"},"data":${body}}`
    const counts = '"key_identifier":null,"pool_available":1,"pool_total":1'
    server.misbehave('/invoke', { text: `{"success":true,"data":${data},"error":null,${counts}}` })
    const get = () => fetch(`${url}/p/things`, { headers: { authorization: `Bearer ${token}` } })
    expect(await (await get()).text()).toBe(body)
    server.behave()
    server.misbehave('/invoke', { status: 410, body: { detail: "Pool 'p' is retired; 'q' takes its place" } })
    const gone = await get()
    expect([gone.status, await gone.text()]).toEqual([410, expect.stringContaining("'q' takes its place")])
  })

  test("the upstream's own errors come through with their status", async () => {
    const { house, upstream, token } = await passing()
    for (const { raw_key } of [serverKey(1), serverKey(2)]) upstream.script(raw_key, { kind: 'bad-request' })
    expect(await chat(house, 'p', token)).toMatchObject({ status: 400, body: { error: {} } })
  })

  test.each([
    ['a stream', { 'content-type': 'application/json' }, '{"stream":true,"messages":[]}', '"stream"'],
    ['a file', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--', 'multipart'],
    ['something binary', { 'content-type': 'audio/wav' }, 'RIFF', 'JSON bodies only'],
    ['what is no JSON', { 'content-type': 'application/json' }, '{"half":', 'not valid JSON'],
  ])('%s is refused, and why', async (_, headers, body, words) => {
    const { server, url, token } = await passing()
    const answer = await fetch(`${url}/p/chat/completions`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${token}` },
      body,
    })
    expect(answer.status).toBe(400)
    const { error } = (await answer.json()) as { error: { code: string; message: string } }
    expect([error.code, error.message]).toEqual(['REMOTE_UNFIT', expect.stringContaining(words)])
    expect(server.asked.filter(({ path }) => path.endsWith('/invoke'))).toEqual([])
  })

  test('a server without keys, away, or something else is an error of the way, never of the key', async () => {
    const { house, server, token } = await passing()
    const there = server.pools.get('p')
    const keys = there?.keys ?? []
    if (there) there.keys = []
    expect((await chat(house, 'p', token)).status).toBe(503)
    if (there) there.keys = keys
    server.misbehave('/invoke', { json: { success: false, data: null, error: 'AttributeError: no such method' } })
    const failed = await chat(house, 'p', token)
    expect([failed.status, JSON.stringify(failed.body)]).toEqual([502, expect.stringContaining('AttributeError: no such method')])
    server.behave()
    server.misbehave('/invoke', 'html')
    expect((await chat(house, 'p', token)).status).toBe(502)
    server.behave()
    await server.cut()
    expect((await chat(house, 'p', token)).status).toBe(502)
    expect(house.remotes.list()).toMatchObject([{ state: 'unreachable' }])
    await server.listen()
    server.expire('both')
    expect(house.keys.list({ pool: 'p', limit: 10 }).items.map(({ state }) => state)).not.toContain('invalid')
  })

  test('an answer that the server has cut is not passed on as whole', async () => {
    const { server, url, token } = await passing()
    server.misbehave('/invoke', {
      json: { success: true, data: { _type: 'httpx.Response', status_code: 200, text: 'x'.repeat(10_000) }, error: null },
    })
    const answer = await fetch(`${url}/p/page`, { headers: { authorization: `Bearer ${token}` } })
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('10000 characters')])
  })

  test('its address on this machine is for Keywheel alone', async () => {
    const { house } = await passing()
    const { baseUrl } = house.pools.get('p')
    const bare = await fetch(`${baseUrl}/models`)
    expect(bare.status).toBe(401)
    const { hostname, port } = new URL(baseUrl)
    const socket = createConnection(Number(port), hostname)
    socket.end('GET /p/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\nconnection: close\r\n\r\n')
    const text = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
    expect(text).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('takes no keys and no other address; works after a restart; goes with its link', async () => {
    const { house, remote, server } = await passing()
    const { openHouse } = await import('./house.ts')
    const key = { secret: 'sk-mine-aaaaaaaaaaaaaaaaaaaa', pools: ['p'], tags: [], notes: '', weight: 1, priority: 0 }
    await expect(house.keys.create(key, 'local')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(house.pools.update('p', { baseUrl: 'https://api.example.com' }, 'local')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    const before = house.pools.get('p').baseUrl
    await house.close()
    const again = await openHouse({ dataDir: house.dataDir })
    await again.proxy.start({ port: 0 }, 'local')
    expect(again.pools.get('p').baseUrl).not.toBe(before)
    expect((await chat(again, 'p', await tokenOf(again))).status).toBe(200)
    await again.remotes.unlink(remote.id, 'p', 'local')
    expect([again.pools.list(), again.keys.list({ limit: 10 }).items]).toEqual([[], []])
    expect(server.pools.has('p')).toBe(true)
  })
})

describe('calls made here with the keys of a server', () => {
  async function calling(keys = [serverKey(1), serverKey(2)]) {
    const pair = await openPair()
    pair.server.addPool('p', { keys })
    await pair.link('p', { report: true })
    await pair.house.proxy.start({ port: 0 }, 'local')
    return { ...pair, token: await tokenOf(pair.house) }
  }

  test('are told to it once, by the names it has for them, in order', async () => {
    const { house, server, upstream, remote, token } = await calling()
    upstream.script(serverKey(1).raw_key, { kind: 'rate-short', retryAfterS: 60 })
    for (let n = 0; n < 3; n += 1) await chat(house, 'p', token)
    upstream.script(serverKey(2).raw_key, { kind: 'bad-request' })
    await chat(house, 'p', token)
    await settled(house)
    await house.remotes.sync(remote.id)
    const told = server.reports.map(({ key_identifier, status }) => `${String(key_identifier)} ${String(status)}`)
    expect(told.filter((line) => line === 'key 1/ä reach limit')).toHaveLength(1)
    expect(told.filter((line) => line === 'key 2/ä success')).toHaveLength(3)
    expect(told.at(-1)).toBe('key 2/ä failed')
    expect(server.reports[0]).toMatchObject({
      method: 'POST /chat/completions',
      latency: expect.any(Number) as number,
      finished_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/) as string,
    })
    const times = server.reports.map(({ finished_at }) => String(finished_at))
    expect(new Set(times).size).toBe(times.length)
    expect(JSON.stringify(server.asked.filter(({ path }) => path.endsWith('/report')))).not.toContain('sk-remote')
    const count = server.reports.length
    await house.remotes.sync(remote.id)
    expect(server.reports).toHaveLength(count)
    await chat(house, 'p', token)
    await settled(house)
    await house.close()
    const { openHouse } = await import('./house.ts')
    const again = await openHouse({ dataDir: house.dataDir })
    await again.remotes.sync(remote.id)
    expect(server.reports.length).toBe(count + 1)
  })

  test('an answer that is lost has the same events sent again, alike to the letter', async () => {
    const { house, server, remote, token } = await calling()
    for (let n = 0; n < 3; n += 1) await chat(house, 'p', token)
    await settled(house)
    server.misbehave('/stats/report', 'lost', 1)
    const [one] = (await house.remotes.sync(remote.id)).links
    expect(one?.problem).toContain('could not be told')
    expect((await house.remotes.sync(remote.id)).links[0]?.problem).toBeNull()
    const bodies = server.asked.filter(({ path }) => path.endsWith('/report')).map(({ body }) => body)
    expect(bodies).toHaveLength(2)
    expect(bodies[1]).toEqual(bodies[0])
  })

  test('more than 500 go in several reports; calls of other pools and of other keys are not told', async () => {
    const { house, server, remote, upstream, token } = await calling()
    await house.pools.create(
      { slug: 'own', draft: false, provider: 'openai', baseUrl: `${upstream.url}/v1`, strategy: 'lru' },
      'local',
    )
    await house.keys.create(
      { secret: 'sk-own-aaaaaaaaaaaaaaaaaaaaa', pools: ['own'], tags: [], notes: '', weight: 1, priority: 0 },
      'local',
    )
    await chat(house, 'own', token)
    for (let round = 0; round < 52; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => chat(house, 'p', token)))
    }
    await settled(house)
    await house.remotes.sync(remote.id)
    const sizes = server.asked
      .filter(({ path }) => path.endsWith('/report'))
      .map(({ body }) => (body as { events: unknown[] }).events.length)
    expect([sizes.reduce((sum, size) => sum + size, 0), Math.max(...sizes) <= 500, sizes.length]).toEqual([520, true, 2])
  })

  test('not where the link says so', async () => {
    const { house, server, remote, link, token } = await calling()
    server.addPool('quiet', { keys: [serverKey(9)] })
    await link('quiet', { report: false })
    await chat(house, 'quiet', token)
    await settled(house)
    await house.remotes.sync(remote.id)
    expect(server.reports).toEqual([])
  })
})

/** Everything that was called is in the log. */
async function settled(house: Awaited<ReturnType<typeof openPair>>['house']): Promise<void> {
  await expect.poll(() => house.proxy.status().inFlight).toBe(0)
  await house.usage.requests({ limit: 1 })
}
