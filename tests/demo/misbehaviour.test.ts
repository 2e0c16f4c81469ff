/** The scripted upstream does what it is told, and remembers what came. */
import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'

let upstream: ScriptedUpstream
beforeEach(async () => {
  upstream = await startScriptedUpstream()
})
afterEach(() => upstream.close())

const chat = (key: string, body: object = {}, signal?: AbortSignal) =>
  fetch(`${upstream.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], ...body }),
    ...(signal ? { signal } : {}),
  })

const ask = (url: string, key: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'What is this?' }] }),
  })

describe('scripts', () => {
  it('takes one behaviour per request and stays with the last', async () => {
    upstream.script('a', [{ kind: 'overloaded' }, { kind: 'rate-short' }])
    expect([(await chat('a')).status, (await chat('a')).status, (await chat('a')).status]).toEqual([503, 429, 429])
  })

  it('prefers a key of its own to the script for all', async () => {
    upstream.script('*', { kind: 'key-invalid' })
    upstream.script('a', { kind: 'ok' })
    expect([(await chat('a')).status, (await chat('b')).status]).toEqual([200, 401])
  })

  it('gives the hint that it was told, or none', async () => {
    upstream.script('a', [
      { kind: 'rate-short', retryAfterS: 7 },
      { kind: 'rate-short', retryAfterS: null },
    ])
    expect((await chat('a')).headers.get('retry-after')).toBe('7')
    expect((await chat('a')).headers.get('retry-after')).toBeNull()
  })

  it('says the text and usage that it was told', async () => {
    upstream.script('a', { kind: 'ok', text: 'Yes.', usage: { input: 100, cacheRead: 40, output: 9, reasoning: 4 } })
    expect(await (await chat('a')).json()).toMatchObject({
      choices: [{ message: { content: 'Yes.' } }],
      usage: { prompt_tokens: 100, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 40 } },
    })
  })
})

describe('broken answers', () => {
  it.each<[Behaviour, object]>([
    [{ kind: 'cut-body' }, {}],
    [{ kind: 'cut-body' }, { stream: true }],
    [{ kind: 'cut-stream', chunks: 2 }, { stream: true }],
  ])('%j with %j breaks in the middle', async (behaviour, body) => {
    upstream.script('a', behaviour)
    const answer = await chat('a', body)
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow('terminated')
    expect(upstream.requests[0]).toMatchObject({ complete: true, finished: false, aborted: false })
  })

  it('sends the chunks before the cut', async () => {
    upstream.script('a', { kind: 'cut-stream', chunks: 2 })
    const reader = (await chat('a', { stream: true })).body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    await expect(
      (async () => {
        for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) text += piece.value
      })(),
    ).rejects.toThrow('terminated')
    expect(text.match(/data: /g)).toHaveLength(2)
  })

  it('resets the connection', async () => {
    upstream.script('a', { kind: 'reset' })
    await expect(chat('a')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  })

  it('hides an error behind 200', async () => {
    upstream.script('a', [{ kind: 'error-in-200' }, { kind: 'error-as-first-event' }])
    const plain = await chat('a')
    expect([plain.status, await plain.json()]).toMatchObject([200, { error: { type: 'server_error' } }])
    expect(await (await chat('a', { stream: true })).text()).toMatch(/^data: \{"error":/)
  })
})

describe('memory', () => {
  it('sees a caller leave while no answer comes', async () => {
    upstream.script('a', { kind: 'no-answer' })
    const leave = new AbortController()
    const call = chat('a', {}, leave.signal)
    await expect.poll(() => upstream.requests[0]?.complete).toBe(true)
    leave.abort()
    await expect(call).rejects.toThrow('aborted')
    await expect.poll(() => upstream.requests[0]).toMatchObject({ aborted: true, finished: false })
  })

  it('sees a caller leave in the middle of a stream', async () => {
    upstream.script('a', { kind: 'ok', chunkDelayMs: 60_000 })
    const leave = new AbortController()
    const answer = await chat('a', { stream: true }, leave.signal)
    leave.abort()
    await expect(answer.text()).rejects.toThrow('aborted')
    await expect.poll(() => upstream.requests[0]?.aborted).toBe(true)
  })

  it('sees a caller leave in the middle of its request', async () => {
    const call = request(`${upstream.url}/echo`, { method: 'POST', headers: { 'content-length': 1000 } })
    call.on('error', () => undefined)
    call.write('the beginning')
    await expect.poll(() => upstream.requests[0]?.body).toBe('the beginning')
    call.destroy()
    await expect.poll(() => upstream.requests[0]).toMatchObject({ complete: false, aborted: true })
  })

  it('forgets the oldest beyond what it keeps', async () => {
    const small = await startScriptedUpstream({ keep: 2 })
    for (const name of ['one', 'two', 'three']) await fetch(`${small.url}/echo/${name}`)
    expect(small.requests.map(({ url }) => url)).toEqual(['/echo/two', '/echo/three'])
    await small.close()
  })

  it('echoes what came', async () => {
    const answer = await fetch(`${upstream.url}/echo/deep/path?a=1&b=%20`, {
      method: 'PUT',
      headers: { 'api-key': 'k' },
      body: 'ünï',
    })
    expect(await answer.json()).toMatchObject({
      method: 'PUT',
      path: '/echo/deep/path',
      query: { a: '1', b: ' ' },
      headers: { 'api-key': 'k' },
      body: 'ünï',
    })
    expect(upstream.requests[0]?.key).toBe('k')
  })

  it.each([
    ['authorization', 'Bearer k'],
    ['x-api-key', 'k'],
    ['x-goog-api-key', 'k'],
    ['api-key', 'k'],
  ])('finds the key in %s', async (name, value) => {
    await fetch(`${upstream.url}/echo`, { headers: { [name]: value } })
    expect(upstream.requests[0]?.key).toBe('k')
  })

  it('finds the key in the query', async () => {
    await fetch(`${upstream.url}/v1beta/models?key=k`)
    expect(upstream.requests[0]?.key).toBe('k')
  })
})

describe('addresses', () => {
  it('wants a key', async () => {
    expect((await fetch(`${upstream.url}/v1/models`)).status).toBe(401)
  })

  it('knows what it does not have', async () => {
    expect((await fetch(`${upstream.url}/v1/unknown`, { headers: { authorization: 'Bearer k' } })).status).toBe(404)
  })

  it('streams Gemini as a JSON array without alt=sse', async () => {
    const answer = await fetch(`${upstream.url}/v1beta/models/gemini-2.5-flash:streamGenerateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': 'k' },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'hi' }] }] }),
    })
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toHaveLength(5)
  })

  it('closes while an answer is under way', async () => {
    upstream.script('a', { kind: 'no-answer' })
    const ended = chat('a').then(
      () => 'answered',
      (error: unknown) => String(error),
    )
    await expect.poll(() => upstream.requests[0]?.complete).toBe(true)
    await upstream.close()
    expect(await ended).toBe('TypeError: fetch failed')
  })
})

describe('the demo pool', () => {
  it('echoes the prompt, knows its own keys only and remembers nothing', async () => {
    const demo = await startScriptedUpstream({ friendly: true })
    const answer = await ask(demo.url, 'demo-key-one')
    expect(JSON.stringify(await answer.json())).toContain('You wrote: “What is this?”')
    expect((await ask(demo.url, 'sk-somebody')).status).toBe(401)
    expect(demo.requests).toEqual([])
    await demo.close()
  })

  it('limits the second key now and then, the same way every time', async () => {
    const demo = await startScriptedUpstream({ friendly: true })
    const statuses: number[] = []
    for (let round = 0; round < 8; round++) {
      expect((await ask(demo.url, 'demo-key-one')).status).toBe(200)
      statuses.push((await ask(demo.url, 'demo-key-two')).status)
    }
    expect(statuses).toEqual([200, 429, 200, 200, 200, 429, 200, 200])
    await demo.close()
  })
})

it.each(['//', '*', 'http://other/v1/models', '/%', '/v1/models?key=%ZZ'])(
  'takes the odd target %s without falling over',
  async (path) => {
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: upstream.port, method: 'OPTIONS', path }, (answer) =>
        resolve(answer.resume().statusCode),
      )
        .on('error', reject)
        .end()
    })
    expect(status).toBeGreaterThanOrEqual(400)
    expect((await chat('a')).status).toBe(200)
  },
)
