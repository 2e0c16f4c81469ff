/** What the scripted upstream can be told besides its scripts: a rule in their place, where keys are, which fault hides behind 200. */
import { afterEach, expect, it } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'

let upstream: ScriptedUpstream
afterEach(() => upstream.close())

type Options = Parameters<typeof startScriptedUpstream>[0]
async function open(options?: Options) {
  upstream = await startScriptedUpstream(options)
}

const apis = {
  openai: { path: '/v1/chat/completions', credential: 'authorization' },
  anthropic: { path: '/v1/messages', credential: 'x-api-key' },
  gemini: { path: '/v1beta/models/m:generateContent', credential: 'x-goog-api-key' },
} as const

function ask(
  api: keyof typeof apis,
  { stream = false, headers = {} }: { stream?: boolean; headers?: Record<string, string> } = {},
) {
  const { path, credential } = apis[api]
  const address = api === 'gemini' && stream ? path.replace('generateContent', 'streamGenerateContent?alt=sse') : path
  const key = credential === 'authorization' ? 'Bearer k' : 'k'
  const body = JSON.stringify({ model: 'm', stream, messages: [], contents: [] })
  return fetch(upstream.url + address, { method: 'POST', headers: { [credential]: key, ...headers }, body })
}

it('a rule says what each request gets, by key and method', async () => {
  await open({ rule: (key, method) => (key === 'k' && method === 'POST' ? { kind: 'overloaded' } : { kind: 'ok' }) })
  expect((await ask('openai')).status).toBe(503)
  const list = await fetch(`${upstream.url}/v1/models`, { headers: { authorization: 'Bearer k' } })
  expect(list.status).toBe(200)
})

it.each([
  [{ in: 'header', name: 'X-Secret', format: 'Token {key}!' }, '/v1/chat/completions', { 'x-secret': 'Token abc!' }, 'abc'],
  [{ in: 'query', name: 'key', format: '{key}' }, '/v1/chat/completions?key=abc', {}, 'abc'],
  [{ in: 'header', name: 'X-Secret', format: 'Token {key}' }, '/v1/chat/completions', { 'x-secret': 'Other abc' }, null],
] as const)('a key is found at %j', async (place, path, headers, key) => {
  await open({ place })
  const answer = await fetch(upstream.url + path, { method: 'POST', headers, body: '{"model":"m","messages":[]}' })
  expect(upstream.requests[0]?.key).toBe(key)
  // The path says whose API it is, wherever the key was.
  expect(await answer.json()).toHaveProperty(key === null ? 'error.code' : 'choices')
})

it.each([
  ['openai', 503],
  ['anthropic', 529],
  ['gemini', 503],
] as const)('%s asks to come back after an overload when told to', async (api, status) => {
  await open()
  upstream.script('k', [{ kind: 'overloaded', retryAfterS: 3 }, { kind: 'overloaded' }])
  const [first, second] = [await ask(api), await ask(api)]
  expect([first.status, first.headers.get('retry-after')]).toEqual([status, '3'])
  expect([second.status, second.headers.get('retry-after')]).toEqual([status, null])
})

it.each([
  ['openai', 'rate_limit_exceeded'],
  ['anthropic', 'rate_limit_error'],
  ['gemini', 'RESOURCE_EXHAUSTED'],
] as const)('%s hides the fault that it was told behind 200, plain and as first event', async (api, name) => {
  await open()
  upstream.script('k', [
    { kind: 'error-in-200', fault: 'rate-short' },
    { kind: 'error-as-first-event', fault: 'rate-short' },
  ])
  const plain = await ask(api)
  const streamed = await ask(api, { stream: true })
  expect([plain.status, streamed.status]).toEqual([200, 200])
  expect(await plain.text()).toContain(name)
  expect(await streamed.text()).toMatch(new RegExp(`^(event: error\\n)?data: .*${name}`))
})
