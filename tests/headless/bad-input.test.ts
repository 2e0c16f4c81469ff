/** Each kind of bad input is a coded error that names the field and the mend, and leaves nothing half-written. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

let host: Host
beforeAll(async () => {
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'main', provider: 'openai' })
})
afterAll(() => host.stop())

async function raw(
  path: string,
  init: RequestInit,
): Promise<{ status: number; body: { code?: string; message?: string; data?: unknown } }> {
  const answer = await fetch(host.api + path, {
    ...init,
    headers: {
      authorization: `Bearer ${host.adminToken}`,
      'content-type': 'application/json',
      ...(init.headers as Record<string, string>),
    },
  })
  return { status: answer.status, body: (await answer.json()) as { code?: string } }
}

const withConfig = (config: object) => ({ slug: 'x', provider: 'openai', config })
const withFallback = (model: string, target: string) => withConfig({ fallback: [{ model, then: [target] }] })

describe('bad input', () => {
  test.each([
    ['an unknown field', { slug: 'x', provider: 'openai', colour: 'red' }, 400, 'INVALID_INPUT', 'colour'],
    ['a slug with a slash', { slug: 'a/b', provider: 'openai' }, 400, 'INVALID_INPUT', 'slug'],
    ['a slug with dots', { slug: '..', provider: 'openai' }, 400, 'INVALID_INPUT', 'slug'],
    ['a reserved slug', { slug: 'v1', provider: 'openai' }, 400, 'INVALID_INPUT', 'slug'],
    ['an unknown provider', { slug: 'x', provider: 'acme' }, 422, 'UNKNOWN_PROVIDER', 'provider'],
    ['a custom pool without an address', { slug: 'x', provider: 'custom' }, 400, 'INVALID_INPUT', 'baseUrl'],
    ['a metadata address', { slug: 'x', provider: 'custom', baseUrl: 'http://169.254.169.254/' }, 422, 'UNSAFE_URL', 'baseUrl'],
    [
      'a config out of range',
      { slug: 'x', provider: 'openai', config: { concurrency: -1 } },
      400,
      'INVALID_INPUT',
      'concurrency',
    ],
    ['an unknown config field', { slug: 'x', provider: 'openai', config: { speed: 1 } }, 400, 'INVALID_INPUT', 'speed'],
    ['a strategy that is none', { slug: 'x', provider: 'openai', strategy: 'psychic' }, 400, 'INVALID_INPUT', 'strategy'],
    ['a limit below nothing', withConfig({ limits: { '*': { rpm: -1 } } }), 400, 'INVALID_INPUT', 'config.limits.*.rpm'],
    ['a limit that is no number', withConfig({ limits: { m: { tpd: '5' } } }), 400, 'INVALID_INPUT', 'config.limits.m.tpd'],
    ['a kind of tokens that is none', withConfig({ limits: { m: { tokenType: 'gold' } } }), 400, 'INVALID_INPUT', 'tokenType'],
    ['a zone that is nowhere', withConfig({ limitZone: 'Mars/Olympus' }), 400, 'INVALID_INPUT', 'limitZone'],
    ['a reserve of everything', withConfig({ interactiveReserve: 1 }), 400, 'INVALID_INPUT', 'interactiveReserve'],
    [
      'a star in the midst of a model',
      withConfig({ limits: { 'gpt-*-mini': { rpm: 1 } } }),
      400,
      'INVALID_INPUT',
      '* only at the end',
    ],
    ['a fallback to many models', withFallback('x', 'y*'), 400, 'INVALID_INPUT', 'config.fallback.0.then.0'],
    [
      'a fallback to a model whose name is too long with its pool',
      { ...withFallback('y', `a/${'b'.repeat(198)}`), provider: 'custom', baseUrl: 'https://api.example.com' },
      400,
      'INVALID_INPUT',
      'config.fallback.0.then.0',
    ],
    ['a fallback to itself', withFallback('x', 'x'), 400, 'INVALID_INPUT', 'config.fallback'],
    ['a fallback to nowhere', withFallback('y', 'nowhere/z'), 400, 'INVALID_INPUT', 'config.fallback.0.then.0'],
    [
      'an auth format without {key}',
      { slug: 'x', provider: 'openai', auth: { in: 'header', name: 'X-Key', format: 'none' } },
      400,
      'INVALID_INPUT',
      'format',
    ],
  ])('a pool with %s', async (_, body, status, code, field) => {
    const answer = await host.rest('POST', '/pools', body)
    expect(answer).toMatchObject({ status, body: { code } })
    expect(JSON.stringify(answer.body)).toContain(field)
    expect((await host.rest('GET', '/pools')).body).toHaveLength(1)
  })

  test.each([
    ['a newline', 'sk-aaaaaaaaaaaaaaaaaaaa\nsk-bbbb'],
    ['a space', 'sk-aaaa bbbb'],
    ['a NUL', 'sk-aaaa\0bbbb'],
    ['other scripts', 'sk-ключключключ'],
  ])('a secret with %s', async (_, secret) => {
    const answer = await host.rest('POST', '/keys', { secret, pools: ['main'] })
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } })
    expect(JSON.stringify(answer.body)).toContain('secret')
    expect(JSON.stringify(answer.body)).not.toContain(secret.slice(0, 7))
    expect((await host.rest('GET', '/keys')).body).toMatchObject({ total: 0 })
  })

  test.each([
    ['limits.*.rpm', { limits: { '*': { rpm: -1 } } }],
    ['limits.m.rpd', { limits: { m: { rpd: 1.5 } } }],
    ['limits.m.rps', { limits: { m: { rps: 1 } } }],
    ['limitZone', { limitZone: 'Paris' }],
    ['budget.usd', { budget: { usd: -3 } }],
    ['budget.per', { budget: { usd: 3, per: 'week' } }],
    ['account', { account: ' ' }],
  ])('a key whose %s is wrong', async (path, part) => {
    const key = { secret: 'sk-limit-aaaaaaaaaaaaaaaaaaaaaaaa', pools: ['main'], ...part }
    const answer = await host.rest('POST', '/keys', key)
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT', data: { fields: [{ path }] } } })
    expect((await host.rest('GET', '/keys')).body).toMatchObject({ total: 0 })
  })

  test('a client in a lane that is none', async () => {
    const answer = await host.rest('POST', '/clients', { name: 'x', lane: 'fast' })
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT', data: { fields: [{ path: 'lane' }] } } })
  })

  test('malformed JSON', async () => {
    expect(await raw('/pools', { method: 'POST', body: '{"slug": ' })).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED_JSON' },
    })
  })
  test('no JSON at all', async () => {
    expect(await raw('/pools', { method: 'POST', body: 'slug=x', headers: { 'content-type': 'text/plain' } })).toMatchObject({
      status: 415,
      body: { code: 'UNSUPPORTED_MEDIA_TYPE' },
    })
  })
  test('a body of 20 MB', async () => {
    expect(await raw('/pools', { method: 'POST', body: JSON.stringify({ slug: 'x'.repeat(20_000_000) }) })).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    })
  })
  test.each(['', 'Bearer', 'Bearer wrong', 'Basic abc'])('the authorization %j', async (authorization) => {
    expect(await raw('/pools', { headers: { authorization } })).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } })
  })
  test('a foreign Origin', async () => {
    expect(await raw('/pools', { headers: { origin: 'https://evil.example' } })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN_ORIGIN' },
    })
  })
  test('a port out of range', async () => {
    const answer = await host.rest('POST', '/proxy/start', { port: 70_000 })
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } })
    expect(JSON.stringify(answer.body)).toContain('port')
  })
  test('a taken port: the state says so and offers the next free one', async () => {
    const taken = Number(new URL(host.api).port)
    const answer = await host.rest('POST', '/proxy/start', { port: taken })
    expect(answer).toMatchObject({ status: 409, body: { code: 'PORT_TAKEN', data: { nextPort: expect.any(Number) } } })
    expect((await host.rest('GET', '/proxy')).body).toMatchObject({ state: 'error', reason: { code: 'PORT_TAKEN' } })
    expect((await host.rest('POST', '/proxy/start', { port: 0 })).body).toMatchObject({ port: expect.any(Number) })
  })
  test('an import of which half the lines are broken adds the other half', async () => {
    const text = Array.from({ length: 20 }, (_, index) =>
      index % 2 ? `bad line ${index}` : `sk-good-${String(index).padStart(24, '0')}`,
    ).join('\n')
    const answer = (await host.rest('POST', '/keys/import', { text, pool: 'main' })).body as {
      added: number
      invalid: { line: number }[]
    }
    expect(answer.added).toBe(10)
    expect(answer.invalid.map(({ line }) => line)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
  })
  test('an import into a pool that is not there', async () => {
    expect(await host.rest('POST', '/keys/import', { text: 'sk-aaaaaaaaaaaaaaaaaaaaaaaaa', pool: 'nowhere' })).toMatchObject({
      status: 404,
      body: { code: 'POOL_NOT_FOUND' },
    })
  })
  test.each([
    ['something else', { hello: 1 }, 'DOCUMENT_INVALID'],
    ['half a document', '{"format":"keywheel-export","version":1,', 'DOCUMENT_INVALID'],
    ['a newer document', { format: 'keywheel-export', version: 99 }, 'DOCUMENT_NEWER'],
  ])('an import of %s', async (_, document, code) => {
    expect(await host.rest('POST', '/import', { document, mode: 'apply' })).toMatchObject({ status: 422, body: { code } })
  })
  test('an address that does not exist', async () => {
    expect(await raw('/nothing', {})).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    expect(await raw('/keys/key_unknown', {})).toMatchObject({ status: 404, body: { code: 'KEY_NOT_FOUND' } })
  })
})
