/** What scripts set up by REST is what the very next call through the proxy goes by: routes, prompts, kept answers, models. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

let host: Host
let upstream: ScriptedUpstream
let token: string

const openaiKey = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const anthropicKey = 'sk-ant-test-bbbbbbbbbbbbbbbbbbbbbbbb'

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'main', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await host.rest('POST', '/pools', { slug: 'claude', provider: 'anthropic', baseUrl: `${upstream.url}/v1` })
  await host.rest('POST', '/keys', { secret: openaiKey, pools: ['main'] })
  await host.rest('POST', '/keys', { secret: anthropicKey, pools: ['claude'] })
  await host.rest('POST', '/models/refresh')
  token = ((await host.rest('POST', '/clients', { name: 'script' })).body as { token: string }).token
})
afterAll(async () => {
  await host.stop()
  await upstream.close()
})

async function post(path: string, body: unknown) {
  const answer = await fetch(`${host.proxy}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, header: (name: string) => answer.headers.get(name), body: (await answer.json()) as unknown }
}
const ask = (model: string, content = 'hi') => post('/v1/chat/completions', { model, messages: [{ role: 'user', content }] })
const keysAsked = () => upstream.requests.filter(({ method }) => method === 'POST').map(({ key }) => key)

describe('models', () => {
  test('are listed with their pools, and to clients by name', async () => {
    const { body } = await host.rest('GET', '/models')
    expect(body).toContainEqual({ model: 'gpt-4o', pool: 'main', provider: 'openai', source: 'listed', ready: true })
    expect(body).toContainEqual({
      model: 'claude-sonnet-4-5',
      pool: 'claude',
      provider: 'anthropic',
      source: 'listed',
      ready: true,
    })
    const listed = await fetch(`${host.proxy}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
    const { data } = (await listed.json()) as { data: { id: string }[] }
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['gpt-4o', 'claude-sonnet-4-5']))
  })

  test('are served by whoever lists them, in their own words', async () => {
    expect((await ask('gpt-4o')).status).toBe(200)
    expect(await ask('claude-sonnet-4-5')).toMatchObject({ status: 200, body: { object: 'chat.completion' } })
    expect(keysAsked()).toEqual([openaiKey, anthropicKey])
  })
})

describe('routes', () => {
  test('a route is used by the next call, changed by the one after, and gone with its deletion', async () => {
    expect((await ask('fast')).status).toBe(404)
    const route = { model: 'fast', targets: [{ pool: 'main', model: 'gpt-4o-mini' }] }
    const made = await host.rest('POST', '/routes', route)
    expect(made).toMatchObject({ status: 201, body: { model: 'fast', then: [], missingPools: [] } })
    expect(await ask('fast')).toMatchObject({ status: 200, body: { model: 'gpt-4o-mini' } })
    expect(await host.rest('POST', '/routes', route)).toMatchObject({ status: 409, body: { code: 'ROUTE_TAKEN' } })
    const { id } = made.body as { id: string }
    const moved = { model: 'fast', targets: [{ pool: 'claude', model: 'claude-haiku-4-5' }] }
    expect((await host.rest('PUT', `/routes/${id}`, moved)).status).toBe(200)
    expect(await ask('fast')).toMatchObject({ status: 200, body: { model: 'claude-haiku-4-5' } })
    expect((await host.rest('DELETE', `/routes/${id}`)).status).toBe(200)
    expect((await ask('fast')).status).toBe(404)
  })

  test('what is wrong with one is named by its field', async () => {
    const lost = await host.rest('POST', '/routes', { model: 'x', targets: [{ pool: 'nowhere' }] })
    expect(lost).toMatchObject({ status: 404, body: { code: 'POOL_NOT_FOUND', data: { fields: [{ path: 'targets.0.pool' }] } } })
    const none = await host.rest('POST', '/routes', { model: 'a*b', targets: [] })
    expect(none).toMatchObject({ status: 400, body: { data: { fields: [{ path: 'model' }, { path: 'targets' }] } } })
    expect(await host.rest('DELETE', '/routes/route_x')).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } })
  })

  test('an unknown model is answered with the nearest names', async () => {
    const { status, body } = await ask('gpt-4o-mimi')
    expect(status).toBe(404)
    expect(JSON.stringify(body)).toContain('gpt-4o-mini')
  })
})

describe('prompts', () => {
  const prompt = {
    slug: 'sum-up',
    name: 'Sum up',
    model: 'main/gpt-4o-mini',
    messages: [{ role: 'user', text: 'Sum up: {{text}}' }],
    variables: [{ name: 'text' }],
  }

  test('a published one is an endpoint, a draft is not, and a retired one names its successor', async () => {
    expect((await host.rest('POST', '/prompts', prompt)).status).toBe(201)
    expect((await post('/prompts/sum-up', { variables: { text: 'a' } })).status).toBe(404)
    await host.rest('POST', '/prompts/sum-up/publish', {})
    expect(await post('/prompts/sum-up', { variables: { text: 'a' } })).toMatchObject({
      status: 200,
      body: { model: 'gpt-4o-mini' },
    })
    expect(upstream.requests.at(-1)?.body).toContain('Sum up: a')
    expect((await post('/prompts/sum-up', {})).status).toBe(400)
    await host.rest('POST', '/prompts', { ...prompt, slug: 'sum-up-2' })
    await host.rest('POST', '/prompts/sum-up/retire', { successor: 'sum-up-2' })
    const gone = await post('/prompts/sum-up', { variables: { text: 'a' } })
    expect(gone.status).toBe(410)
    expect(JSON.stringify(gone.body)).toContain('sum-up-2')
  })

  test('goes by routes, to any format, streamed, and in the words of the model that serves it', async () => {
    await host.rest('POST', '/routes', { model: 'sums', targets: [{ pool: 'main', model: 'gpt-5-nano' }] })
    const limited = { ...prompt, slug: 'limited', model: 'sums', parameters: { maxTokens: 50 } }
    await host.rest('POST', '/prompts', limited)
    await host.rest('POST', '/prompts/limited/publish', {})
    expect((await post('/prompts/limited', { variables: { text: 'b' } })).status).toBe(200)
    expect(JSON.parse(upstream.requests.at(-1)?.body ?? '')).toMatchObject({ model: 'gpt-5-nano', max_completion_tokens: 50 })
    await host.rest('PATCH', '/prompts/limited', { model: 'claude/claude-haiku-4-5' })
    await host.rest('POST', '/prompts/limited/publish', {})
    const answer = await fetch(`${host.proxy}/prompts/limited`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ variables: { text: 'c' }, stream: true }),
    })
    expect(await answer.text()).toMatch(/"object":"chat.completion.chunk"[^]*data: \[DONE\]/)
    expect(JSON.parse(upstream.requests.at(-1)?.body ?? '')).toMatchObject({
      model: 'claude-haiku-4-5',
      max_tokens: 50,
      stream: true,
    })
    await host.rest('DELETE', '/prompts/limited')
  })

  test('the published ones are in an OpenAPI document', async () => {
    await host.rest('POST', '/prompts/sum-up-2/publish', {})
    const { body } = await host.rest('GET', '/prompts-openapi')
    expect(Object.keys((body as { paths: object }).paths)).toEqual(['/prompts/sum-up-2'])
    expect(body).toMatchObject({ servers: [{ url: host.proxy }] })
  })
})

test('answers are kept where a pool says so, shown and cleared', async () => {
  await host.rest('PATCH', '/pools/main', { config: { cacheTtl: 60 } })
  expect((await ask('gpt-4o', 'keep this')).header('x-keywheel-cache')).toBe('miss')
  await expect.poll(async () => (await ask('gpt-4o', 'keep this')).header('x-keywheel-cache')).toBe('hit')
  expect(((await host.rest('GET', '/cache')).body as { entries: number }).entries).toBeGreaterThan(0)
  expect((await host.rest('DELETE', '/cache')).status).toBe(200)
  expect(await host.rest('GET', '/cache')).toMatchObject({ body: { entries: 0 } })
  expect((await ask('gpt-4o', 'keep this')).header('x-keywheel-cache')).toBe('miss')
})

test('the drill runs on a pool and calls no provider', async () => {
  const secrets = ['c', 'd'].map((letter) => `sk-test-${letter.repeat(28)}`).join('\n')
  await host.rest('POST', '/keys/import', { pool: 'main', text: secrets })
  const before = keysAsked().length
  const { status, body } = await host.rest('POST', '/pools/main/drill')
  expect(status).toBe(200)
  expect(body).toMatchObject({ pool: 'main', failed: 0 })
  expect(keysAsked()).toHaveLength(before)
}, 30_000)

test('metrics need a token, and count what was called', async () => {
  expect((await fetch(`${host.proxy}/metrics`)).status).toBe(401)
  const text = await (await fetch(`${host.proxy}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text()
  expect(text).toMatch(/keywheel_requests_total\{[^}]*pool="main"[^}]*\} [1-9]/)
  expect(text).not.toContain(openaiKey)
})
