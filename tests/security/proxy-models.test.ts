/** A client that may ask for certain models, and wants others. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../proxy/house.ts'
import { type RawUpstream, rawAnswer, startRawUpstream } from '../proxy/wire.ts'

const secret = (name: string) => `sk-test-${name}-aaaaaaaaaaaaaaaaaaaaaaaa`
const said = '{"choices":[{"message":{"content":"hi"}}]}'
let upstream: RawUpstream
let house: House
let guest: string

beforeEach(async () => {
  upstream = await startRawUpstream((socket) =>
    // One request a connection, so that each can be looked at.
    socket.end(rawAnswer('200 OK', 'Content-Type: application/json\r\nConnection: close\r\n', said)),
  )
  const { url: baseUrl } = upstream
  house = await openHouse(
    [
      { slug: 'router', provider: 'openrouter', baseUrl, keys: [secret('router')], config: { models: ['mini', 'large'] } },
      { slug: 'azure', provider: 'azure-openai', baseUrl, keys: [secret('azure')] },
      { slug: 'google', provider: 'gemini', baseUrl, keys: [secret('google')] },
    ],
    {},
  )
  guest = house.tokenFor(null, 'interactive', ['mini'])
})
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const messages = '"messages":[{"role":"user","content":"hi"}]'
const post = (path: string, body: string, type = 'application/json') =>
  fetch(house.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${guest}`, 'content-type': type },
    body,
  })

describe('a model that the client may not ask for is not reached', () => {
  test.each([
    ['by a list to fall back to', `{"model":"mini","models":["large"],${messages}}`],
    ['by the list of another gateway', `{"model":"mini","fallbacks":["large"],${messages}}`],
    ['by a list that holds more than names', `{"model":"mini","models":[{"id":"large"}],${messages}}`],
    ['by saying it first, for who takes the first', `{"model":"large",${messages},"model":"mini"}`],
    ['by a capital, for who takes both alike', `{"model":"mini","Model":"large",${messages}}`],
    ['by an escaped letter', `{"model":"mini","\\u006dodel":"large",${messages}}`],
    ['by a setting kept at the upstream', `{"model":"mini","preset":"large",${messages}}`],
  ])('%s', async (_, body) => {
    for (const path of ['/router/chat/completions', '/v1/chat/completions']) {
      const answer = await post(path, body)
      expect([path, [403, 404].includes(answer.status)]).toEqual([path, true])
      expect(await answer.text()).toMatch(/MODEL_HIDDEN|MODEL_NOT_FOUND/)
    }
    expect(upstream.heard).toEqual([])
  })

  test.each([
    '/azure/openai/Deployments/large/chat/completions',
    '/azure/openai/deployment%73/large/chat/completions',
    '/google/v1beta/tunedModels/large:generateContent',
    '/google/v1beta/models/large:generateContent/',
    '/google/v1beta/models/large%3AgenerateContent',
    '/google/v1beta/%6dodels/large:generateContent',
  ])('by an address that is not read as the upstream reads it: %s', async (path) => {
    const answer = await post(path, `{"model":"mini",${messages}}`)
    expect([403, 404]).toContain(answer.status)
    expect(upstream.heard).toEqual([])
  })

  test('by a body that says it is no JSON', async () => {
    expect((await post('/router/chat/completions', `{"model":"large",${messages}}`, 'text/plain')).status).toBe(403)
    expect(upstream.heard).toEqual([])
  })
})

test('what it may ask for is answered, in each of these ways to say it', async () => {
  for (const [path, body] of [
    ['/router/chat/completions', `{"model":"mini",${messages}}`],
    ['/v1/chat/completions', `{"model":"mini",${messages}}`],
    ['/router/chat/completions', `{"model":"mini","models":["mini"],${messages}}`],
    ['/azure/openai/deployments/mini/chat/completions', `{${messages}}`],
    ['/google/v1beta/models/mini:generateContent', '{"model":"models/mini","contents":[]}'],
  ] as const) {
    expect([path, (await post(path, body)).status]).toEqual([path, 200])
  }
})

test('names that nothing has are refused before anything carries them', async () => {
  for (const model of [`router/${'x'.repeat(5_000_000)}`, 'google/\ud800', 'router/\udc00', 'x'.repeat(400)]) {
    const answer = await fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    })
    expect(answer.status).toBe(404)
    expect((await answer.text()).length).toBeLessThan(600)
  }
  expect([house.rows, house.logged, upstream.heard]).toEqual([[], [], []])
})

test.each([
  '..',
  '.',
  '%2e%2e',
  '../../evil',
  'x\r\nHost: evil.example',
  'x?key=1',
  'x#y',
  'a/../../b',
  'x HTTP/1.1\r\n\r\nGET /',
])('a model named %j stays a name', async (model) => {
  for (const pool of ['google', 'azure']) {
    await fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: `${pool}/${model}`, messages: [{ role: 'user', content: 'hi' }] }),
    })
  }
  for (const heard of upstream.heard) {
    const [line = '', ...headers] = (heard.split('\r\n\r\n')[0] ?? '').split('\r\n')
    expect(line).toMatch(/^POST \/[\w%./:-]*(\?api-version=[\w-]+)? HTTP\/1\.1$/)
    expect(line).not.toMatch(/\/\.{1,2}\/|evil\.example\/|key=1/)
    expect(headers.filter((header) => /^host:/i.test(header))).toHaveLength(1)
  }
})
