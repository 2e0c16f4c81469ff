/** What an upstream says first: errors behind a 200 go to the next key, and a good stream is never held up for long. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { providers } from '../../src-main/providers/index.ts'
import { openingOf } from '../../src-main/proxy/attempt/opening.ts'
import { type House, type HousePool, openHouse } from './house.ts'

const keyA = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const keyB = 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
let upstream: ScriptedUpstream | null = null
let server: Server | null = null
let house: House

async function open(pool: Partial<HousePool> = {}) {
  upstream ??= await startScriptedUpstream()
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [keyA, keyB], ...pool }])
  return upstream
}
async function serve(handler: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  server = createServer((request, response) => void handler(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
afterEach(async () => {
  await house.close()
  await upstream?.close()
  server?.closeAllConnections()
  server?.close()
  upstream = null
  server = null
})
const chat = (body: object = {}) =>
  fetch(`${house.url}/main/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }], ...body }),
  })

describe('an error behind a 200, on a raw pool', () => {
  const cases: [Behaviour, boolean][] = [
    [{ kind: 'error-in-200', fault: 'rate-short' }, false],
    [{ kind: 'error-in-200', fault: 'no-credit' }, false],
    [{ kind: 'error-as-first-event', fault: 'rate-short' }, true],
  ]
  test.each(cases)('%o goes to the next key, and the client sees nothing of it', async (behaviour, stream) => {
    const scripted = await open()
    scripted.script(keyA, behaviour)
    scripted.script(keyB, { kind: 'ok' })
    const answer = await chat({ stream })
    expect(await answer.text()).not.toContain('"error"')
    expect(answer.headers.get('x-keywheel-attempts')).toBe('2')
    const [row] = await house.recorded(1)
    expect(row?.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      [(behaviour as { fault: string }).fault, 200],
      ['ok', 200],
    ])
    expect(row).toMatchObject({ outcome: 'ok', errorCode: null })
  })

  test('on the last key is passed on as it came', async () => {
    const scripted = await open({ keys: [keyA] })
    scripted.script(keyA, { kind: 'error-in-200', fault: 'rate-short' })
    const answer = await chat()
    expect(answer.status).toBe(200)
    expect(await answer.json()).toHaveProperty('error')
    expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'rate-short', errorCode: 'UPSTREAM_ERROR_IN_ANSWER' })
  })

  test('that is an overload is not sent again: it may have been worked on', async () => {
    const scripted = await open()
    scripted.script(keyA, { kind: 'error-as-first-event', fault: 'server-error' })
    await (await chat({ stream: true })).text()
    expect(scripted.requests).toHaveLength(1)
  })
})

describe('a stream that ends before its first content', () => {
  test('is a failure that can be told by its status', async () => {
    const scripted = await open()
    scripted.script(keyA, { kind: 'cut-body' })
    const answer = await chat({ stream: true })
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'UPSTREAM_FAILED' } })
    expect((await house.recorded(1))[0]?.attempts).toMatchObject([{ outcome: 'network', billed: 'yes' }])
  })

  test('goes to the next key where the pool says so', async () => {
    const scripted = await open({ config: { retryUncertain: 'always' } })
    scripted.script(keyA, { kind: 'cut-body' })
    scripted.script(keyB, { kind: 'ok' })
    expect(await (await chat({ stream: true })).text()).toContain('[DONE]')
    expect((await house.recorded(1))[0]?.attempts).toMatchObject([{ billed: 'yes' }, { billed: 'yes' }])
  })
})

describe('a good stream', () => {
  const role = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] })}\n\n`
  const content = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: null }] })}\n\n`

  test('is relayed at its first content, with all that came before', async () => {
    let finish: () => void = () => {}
    await open({
      baseUrl: await serve((request, response) => {
        request.resume()
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`: hello\n\n${role}`)
        setTimeout(() => response.write(content), 50)
        finish = () => response.end('data: [DONE]\n\n')
      }),
    })
    const answer = await chat({ stream: true })
    const reader = answer.body?.getReader()
    let heard = ''
    while (!heard.endsWith(content)) heard += Buffer.from((await reader?.read())?.value ?? []).toString()
    expect(heard).toBe(`: hello\n\n${role}${content}`)
    finish()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: [DONE]\n\n')
  })

  test('whose content does not come gives its signs of life after a moment', async () => {
    await open({
      baseUrl: await serve((request, response) => {
        request.resume()
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const timer = setInterval(() => response.write(': keep-alive\n\n'), 100)
        response.on('close', () => clearInterval(timer))
      }),
    })
    const leave = new AbortController()
    const answer = await fetch(`${house.url}/main/chat/completions`, {
      method: 'POST',
      signal: leave.signal,
      headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, messages: [] }),
    })
    expect(answer.status).toBe(200)
    const first = await answer.body?.getReader().read()
    expect(Buffer.from(first?.value ?? []).toString()).toContain(': keep-alive')
    leave.abort()
    await house.recorded(1)
  })
})

describe('what decides', () => {
  const start = (provider: 'openai' | 'anthropic' | 'gemini', type: string, ...pieces: string[]) => {
    const opening = openingOf(providers[provider], ['content-type', type], Date.now)
    return pieces.map((piece) => opening?.push(Buffer.from(piece)))
  }
  const sse = 'text/event-stream'

  test('pings, starts and roles do not; content does', () => {
    expect(
      start(
        'anthropic',
        sse,
        ': x\n\n',
        'event: ping\ndata: {"type":"ping"}\n\n',
        'event: message_start\ndata: {"type":"message_start","message":{}}\n\n',
        'event: content_block_start\ndata: {"type":"content_block_start"}\n\n',
      ),
    ).toEqual([true, true, true, false])
    expect(
      start(
        'openai',
        sse,
        'event: response.created\ndata: {"type":"response.created"}\n\n',
        'event: response.output_text.delta\ndata: {}\n\n',
      ),
    ).toEqual([true, false])
    expect(start('openai', sse, 'data: {"choices":[]}\n\n', 'data: {"choices":[{"delta":{"tool_calls":[{}]}}]}\n\n')).toEqual([
      true,
      false,
    ])
    expect(start('gemini', sse, 'data: {"candidates":[{}]}\r\n\r\n')).toEqual([false])
  })

  test('a plain JSON body is looked at whole; one that is a list goes on at once, unless it begins with an error', () => {
    expect(start('openai', 'application/json', '{"id":1,', '"x":2}')).toEqual([true, true])
    expect(start('gemini', 'application/json', '[', '{"candidates"')).toEqual([true, false])
    expect(start('gemini', 'application/json', ' [{', '"err', 'or":{')).toEqual([true, true, true])
    expect(start('gemini', 'application/json', '[{\n  "error": {"code"')).toEqual([true])
  })

  test('what no provider has rules for is not looked at', () => {
    expect(openingOf(providers.openai, ['content-type', 'text/plain'], Date.now)).toBeNull()
    expect(openingOf(providers.openai, ['content-type', sse, 'content-encoding', 'gzip'], Date.now)).toBeNull()
  })
})
