/** run_gemini_task over real sockets; each fault of the original that was mended is a test. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type GeminiTaskOptions, KeyPoolManager, type KeysFile, runGeminiTask } from '../../src-main/library/index.ts'

const keysOf = (...ids: string[]): KeysFile => ({
  providers: { gemini: { keys: ids.map((id) => ({ id, api_key: `secret-of-${id}` })) } },
})

async function openUpstream(): Promise<ScriptedUpstream> {
  const upstream = await startScriptedUpstream()
  onTestFinished(() => upstream.close())
  return upstream
}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Key and model of each call. */
const calls = (upstream: ScriptedUpstream) =>
  upstream.requests.map(({ key, url }) => `${key?.replace('secret-of-', '')} ${/models\/([^:]+)/.exec(url)?.[1]}`)

function run(upstream: { url: string }, options: Partial<GeminiTaskOptions> = {}) {
  return runGeminiTask('Say hello.', { keys: keysOf('a', 'b', 'c'), baseUrl: upstream.url, maxWait: 0, ...options })
}

describe('a task', () => {
  test('is answered by the first model of its quality, and the result says how', async () => {
    const upstream = await openUpstream()
    upstream.script('*', { kind: 'ok', text: 'Hello there', usage: { input: 9, output: 2 } })
    const result = await run(upstream)
    expect(result).toMatchObject({
      success: true,
      output: 'Hello there',
      modelUsed: 'gemini-3-flash-preview',
      keyId: 'a',
      error: null,
      tokensIn: 9,
      tokensOut: 2,
      backend: 'library',
    })
    expect(calls(upstream)).toEqual(['a gemini-3-flash-preview'])
  })

  test('takes the key used longest ago, and counts what it used', async () => {
    const upstream = await openUpstream()
    const keys = new KeyPoolManager(keysOf('a', 'b'), {
      limits: { gemini: { '': [{ unit: 'requests', window: { slideMs: 60_000 }, amount: 2 }] } },
    })
    for (const id of ['a', 'b', 'a', 'b']) expect((await run(upstream, { keys })).keyId).toBe(id)
    const spent = await run(upstream, { keys })
    expect(spent).toMatchObject({ success: false, error: expect.stringContaining('No key is available') })
    expect(upstream.requests).toHaveLength(4)
    keys.close()
  })

  test('its keys are free again afterwards, whatever became of it', async () => {
    const upstream = await openUpstream()
    const keys = new KeyPoolManager(keysOf('a', 'b'))
    upstream.script('secret-of-a', [{ kind: 'key-invalid' }, { kind: 'reset' }])
    await run(upstream, { keys })
    await run(upstream, { keys })
    expect(await keys.countAvailable('gemini')).toBe(2)
    keys.close()
  })

  test('the key goes in a header, never in the address, and to no other host by a redirect', async () => {
    const seen: string[] = []
    const elsewhere = await listen((request, response) => {
      seen.push(JSON.stringify(request.headers))
      response.end('{}')
    })
    const url = await listen((request, response) => {
      expect(request.url).not.toContain('secret')
      response.writeHead(307, { location: `${elsewhere}${request.url}` }).end()
    })
    const result = await run({ url })
    expect(result.success).toBe(false)
    expect(seen).toEqual([])
  })

  test('can be stopped while it is under way and while it waits', async () => {
    const upstream = await openUpstream()
    upstream.script('*', { kind: 'no-answer' })
    const stop = new AbortController()
    const running = run(upstream, { signal: stop.signal })
    while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    stop.abort()
    expect(await running).toMatchObject({ success: false, error: expect.stringContaining('stopped') })

    upstream.script('*', { kind: 'rate-short', retryAfterS: 50 })
    const second = new AbortController()
    const waiting = run(upstream, {
      signal: second.signal,
      maxWait: 60,
      onProgress: (message) => message.includes('waiting') && second.abort(),
    })
    expect(await waiting).toMatchObject({ success: false })
  })

  test('a wrong option is refused before any key is used', async () => {
    const upstream = await openUpstream()
    await expect(run(upstream, { contextFile: '/nonexistent' })).rejects.toMatchObject({ field: 'contextFile' })
    await expect(run(upstream, { provider: 'claude' })).rejects.toMatchObject({ code: 'UNKNOWN_PROVIDER' })
    expect(upstream.requests).toEqual([])
  })
})

describe('mended faults of the original', () => {
  test('keys rotate on network errors: the failed key is not picked again and again', async () => {
    const upstream = await openUpstream()
    upstream.script('secret-of-a', { kind: 'reset' })
    upstream.script('secret-of-b', { kind: 'reset' })
    expect(await run(upstream)).toMatchObject({ success: true, keyId: 'c' })
    expect(calls(upstream)).toEqual(['a', 'b', 'c'].map((id) => `${id} gemini-3-flash-preview`))
  })

  test('a network that is down ends the task after each key was tried once, not each key on each model', async () => {
    const upstream = await openUpstream()
    upstream.script('*', { kind: 'reset' })
    const result = await run(upstream)
    expect(upstream.requests).toHaveLength(3)
    expect(result).toMatchObject({ success: false, keyId: 'c', error: expect.stringContaining('connection failed') })
  })

  test('maxRetries bounds the keys that are tried', async () => {
    const upstream = await openUpstream()
    upstream.script('*', { kind: 'reset' })
    await run(upstream, { maxRetries: 2 })
    expect(upstream.requests).toHaveLength(2)
  })

  test('a used-up quota of one model really moves to the next, on the same keys', async () => {
    const upstream = await openUpstream()
    for (const id of ['a', 'b', 'c'])
      upstream.script(`secret-of-${id}`, [{ kind: 'rate-daily' }, { kind: 'ok', text: 'from the next' }])
    expect(await run(upstream)).toMatchObject({ success: true, output: 'from the next', modelUsed: 'gemini-2.5-flash' })
    expect(calls(upstream)).toEqual([...['a', 'b', 'c'].map((id) => `${id} gemini-3-flash-preview`), 'a gemini-2.5-flash'])
  })

  test('a refused key cools down for that model alone, and the next task knows it', async () => {
    const upstream = await openUpstream()
    const keys = new KeyPoolManager(keysOf('a', 'b'))
    upstream.script('secret-of-a', [{ kind: 'rate-daily' }, { kind: 'ok' }])
    expect(await run(upstream, { keys })).toMatchObject({ success: true, keyId: 'b' })
    expect(await keys.isKeyAvailable('a', 'gemini-3-flash-preview')).toBe(false)
    expect(await keys.isKeyAvailable('a', 'gemini-2.5-flash')).toBe(true)
    expect(await run(upstream, { keys })).toMatchObject({ keyId: 'b', modelUsed: 'gemini-3-flash-preview' })
    expect(await run(upstream, { keys, model: 'gemini-2.5-flash' })).toMatchObject({ keyId: 'a' })
    keys.close()
  })

  test('the time to wait is the one Google says, not a flat tier', async () => {
    const upstream = await openUpstream()
    upstream.script('*', [
      { kind: 'rate-short', retryAfterS: 1 },
      { kind: 'ok', text: 'after a second' },
    ])
    const said: string[] = []
    const options = { keys: keysOf('a'), model: 'my-model', maxWait: 5, onProgress: (message: string) => said.push(message) }
    expect(await run(upstream, options)).toMatchObject({ success: true, output: 'after a second' })
    expect(said).toContain('No key is ready; waiting 1 s.')
  })

  test('a wait longer than allowed is not begun', async () => {
    const upstream = await openUpstream()
    upstream.script('*', { kind: 'rate-short', retryAfterS: 30 })
    expect(await run(upstream, { maxWait: 20 })).toMatchObject({ success: false })
  })

  test('a key that does not work costs one call, not a model', async () => {
    const upstream = await openUpstream()
    upstream.script('secret-of-a', { kind: 'key-invalid' })
    upstream.script('secret-of-b', [{ kind: 'rate-daily' }, { kind: 'ok' }])
    expect(await run(upstream, { keys: keysOf('a', 'b') })).toMatchObject({ success: true, modelUsed: 'gemini-2.5-flash' })
    expect(calls(upstream).filter((call) => call.startsWith('a'))).toHaveLength(1)
  })

  test('a wrong request or a missing model is not put to every key', async () => {
    const upstream = await openUpstream()
    upstream.script('*', [{ kind: 'model-missing' }, { kind: 'ok' }])
    expect(await run(upstream)).toMatchObject({ success: true, modelUsed: 'gemini-2.5-flash' })
    expect(upstream.requests).toHaveLength(2)
  })

  test('a key whose variable is not set is passed over', async () => {
    const upstream = await openUpstream()
    const keys: KeysFile = {
      providers: {
        gemini: {
          keys: [
            { id: 'unset', api_key: 'env:KEYWHEEL_TEST_UNSET' },
            { id: 'b', api_key: 'secret-of-b' },
          ],
        },
      },
    }
    expect(await run(upstream, { keys })).toMatchObject({ success: true, keyId: 'b' })
  })

  test('no result and no word of progress holds a key, also where the upstream says it', async () => {
    const url = await listen((request, response) => {
      const error = {
        code: 400,
        message: `API key not valid: ${String(request.headers['x-goog-api-key'])}`,
        status: 'INVALID_ARGUMENT',
      }
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
    })
    const said: string[] = []
    const result = await run({ url }, { onProgress: (message) => said.push(message) })
    expect(result.success).toBe(false)
    expect(JSON.stringify([result, said])).not.toContain('secret-of')
    expect(result.error).toContain('API key not valid')
  })

  test('two tasks at once use different keys', async () => {
    const upstream = await openUpstream()
    upstream.script('*', { kind: 'slow-first-byte', ms: 50 })
    const keys = new KeyPoolManager(keysOf('a', 'b'))
    const results = await Promise.all([run(upstream, { keys }), run(upstream, { keys })])
    expect(new Set(results.map(({ keyId }) => keyId))).toEqual(new Set(['a', 'b']))
    keys.close()
  })
})
