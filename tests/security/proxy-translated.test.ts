/** T5: a malicious upstream whose answers are put into another format. */
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { PromptFound } from '../../src-main/proxy/types.ts'
import { type House, openHouse } from '../proxy/house.ts'
import { type RawUpstream, startRawUpstream } from '../proxy/wire.ts'

const secret = 'id+aaaa"aa/aaaa:aa\\aaaaaa=='
let upstream: RawUpstream
let house: House
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const prompt: PromptFound = {
  kind: 'published',
  slug: 'greet',
  version: {
    version: 1,
    state: 'published',
    model: 'gpt-4o',
    messages: [{ role: 'user', text: 'hi' }],
    variables: [],
    parameters: {},
    createdAt: 0,
    publishedAt: 0,
  } as unknown as Extract<PromptFound, { kind: 'published' }>['version'],
}
async function open(answer: string | Buffer, contentType: string, { status = '200 OK', more = '' } = {}) {
  const head = `HTTP/1.1 ${status}\r\nContent-Type: ${contentType}\r\n${more}Content-Length: ${Buffer.byteLength(answer)}\r\n\r\n`
  upstream = await startRawUpstream((socket) => {
    socket.write(head)
    socket.write(answer)
  })
  const pool = { slug: 'main', baseUrl: upstream.url, keys: [secret], config: { models: ['gpt-4o'] } }
  house = await openHouse([pool], { prompts: { greet: prompt } })
}
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(house.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const question = { model: 'gpt-4o', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] }

/** Every letter as JSON may write it. */
const escaped = Array.from(secret, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
const completion = (said: string, id = 'x') =>
  `{"id":"${id}","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"message":${said},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`
const chunk = (delta: string, end = 'null') =>
  `data: {"id":"x","model":"gpt-4o","choices":[{"index":0,"delta":${delta},"finish_reason":${end}}]}\n\n`

/** Whoever reads the answer as JSON, once or twice (arguments of tools), finds no key. */
function expectNoKey(text: string): void {
  const forms = [secret, JSON.stringify(secret).slice(1, -1), JSON.stringify(JSON.stringify(secret)).slice(3, -3)]
  for (const form of forms) expect(text).not.toContain(form)
}

describe('a key whose letters the upstream escapes is not written out', () => {
  test.each([
    ['as text', `{"role":"assistant","content":"see ${escaped} there"}`],
    [
      'as arguments of a tool',
      `{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\\"k\\":\\"${escaped.replaceAll('\\', '\\\\')}\\"}"}}]}`,
    ],
  ])('%s', async (_, message) => {
    await open(completion(message), 'application/json')
    const answer = await post('/v1/messages', question)
    expect(answer.status).toBe(200)
    const text = await answer.text()
    expect(text).toContain('**********')
    expectNoKey(text)
  })

  test('as an id', async () => {
    await open(completion('{"role":"assistant","content":"hi"}', escaped), 'application/json')
    const answer = await post('/v1/messages', question)
    expect(answer.status).toBe(200)
    expectNoKey(await answer.text())
  })

  test('in an error, as its message and its code', async () => {
    const error = `{"error":{"message":"no such key: ${escaped}","type":"${escaped}","code":"${escaped}"}}`
    await open(error, 'application/json', { status: '400 Bad Request' })
    const answer = await post('/v1/messages', question)
    expect(answer.status).toBe(400)
    expectNoKey(await answer.text())
    expectNoKey(JSON.stringify(await house.recorded(1)))
  })

  test('in a stream', async () => {
    const events = `${chunk(`{"role":"assistant","content":"${escaped}"}`)}${chunk('{}', '"stop"')}data: [DONE]\n\n`
    await open(events, 'text/event-stream')
    const answer = await post('/v1/messages', { ...question, stream: true })
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const text = await answer.text()
    expect(text).toContain('message_stop')
    expect(text).toContain('**********')
    expectNoKey(text)
  })

  test('in a stream’s error', async () => {
    await open(`${chunk('{"content":"a"}')}data: {"error":{"message":"${escaped}","code":"${escaped}"}}\n\n`, 'text/event-stream')
    const text = await (await post('/v1/messages', { ...question, stream: true })).text()
    expect(text).toContain('event: error')
    expectNoKey(text)
  })

  test('in a prompt’s answer as text', async () => {
    await open(completion(`{"role":"assistant","content":"${escaped}"}`), 'application/json')
    const answer = await post('/prompts/greet', {}, { accept: 'text/plain' })
    expect(await answer.text()).toBe('*'.repeat(secret.length))
  })
})

describe('a stream in a coding that nobody asked for', () => {
  const events = `${chunk(`{"content":"hello"}`)}${chunk('{}', '"stop"')}data: [DONE]\n\n`
  const more = 'Content-Encoding: gzip\r\n'

  test('is not passed off as one in the client’s format', async () => {
    await open(gzipSync(events), 'text/event-stream', { more })
    const answer = await post('/v1/messages', { ...question, stream: true })
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ type: 'error', error: { code: 'UPSTREAM_BAD_ANSWER' } })
  })

  test.each(['/v1/chat/completions', '/main/chat/completions'])('%s: still says which coding it is', async (path) => {
    await open(gzipSync(events), 'text/event-stream', { more })
    const answer = await post(path, { ...question, stream: true })
    expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual(['gzip', events])
  })

  test('a bomb is not unpacked', async () => {
    await open(gzipSync(Buffer.alloc(256 * 1024 * 1024, 0x20)), 'application/json', { more })
    const before = process.memoryUsage.rss()
    const answer = await post('/v1/messages', question)
    expect(answer.status).toBe(502)
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * 1024 * 1024)
  })
})

test.each([
  '{"choices":{}}',
  '{"choices":[null]}',
  '{"choices":[{"message":[]}]}',
  '[]',
  'null',
  '{"__proto__":{"choices":[1]}}',
  '7',
])('an answer of the shape %s is no fault inside Keywheel', async (body) => {
  await open(body, 'application/json')
  for (const [path, accept] of [
    ['/prompts/greet', 'text/plain'],
    ['/prompts/greet', '*/*'],
    ['/v1/messages', '*/*'],
    ['/v1/responses', '*/*'],
    ['/v1/embeddings', '*/*'],
  ] as const) {
    const asked = path === '/v1/responses' || path === '/v1/embeddings' ? { model: 'gpt-4o', input: 'hi' } : question
    const answer = await post(path, path.startsWith('/prompts') ? {} : asked, { accept })
    expect([path, answer.status]).not.toEqual([path, 500])
    await answer.text()
  }
  expect(house.logged.filter((line) => line.includes('inside Keywheel'))).toEqual([])
  expect(({} as Record<string, unknown>)['choices']).toBeUndefined()
})

test.each(['["a"]', '[{}]', '7', '{"length":4e9}', '[null]'])('an embedding %s is not a vector', async (embedding) => {
  await open(`{"data":[{"index":0,"embedding":${embedding}}],"usage":{}}`, 'application/json')
  const answer = await fetch(`${house.url}/v1beta/models/gpt-4o:embedContent`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
    body: '{"content":{"parts":[{"text":"hi"}]}}',
  })
  expect([answer.status, house.logged]).toEqual([502, []])
})
