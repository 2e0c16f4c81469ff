/** Streams: as they come, cut when they break, stopped when the client leaves, slowed when it is slow. */
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createGzip, gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type CallInit, type House, type HousePool, openHouse } from './house.ts'
import { readUntil, startRawUpstream } from './wire.ts'

const keyA = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
let upstream: ScriptedUpstream | null = null
let server: Server | null = null
let house: House

async function open(pool: Partial<HousePool> = {}, options = {}) {
  upstream ??= await startScriptedUpstream()
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [keyA], ...pool }], options)
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
const call = (path: string, init: CallInit = {}) =>
  fetch(house.url + path, { ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })
const nothing = () => {}
const stream = (init: CallInit = {}) =>
  call('/main/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    ...init,
  })

test('each piece arrives before the next one is sent', async () => {
  const steps: string[] = []
  let next: () => void = nothing
  await open({
    baseUrl: await serve(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let i = 0; i < 20; i++) {
        const heard = new Promise<void>((resolve) => {
          next = resolve
        })
        steps.push(`sent ${i}`)
        response.write(`data: ${i}\n\n`)
        await heard
      }
      response.end()
    }),
  })
  const answer = await call('/main/events')
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const expected: string[] = []
  let i = 0
  for await (const chunk of answer.body ?? []) {
    expect(Buffer.from(chunk as Uint8Array).toString()).toBe(`data: ${i}\n\n`)
    expected.push(`sent ${i}`, `heard ${i}`)
    steps.push(`heard ${i++}`)
    next()
  }
  expect(i).toBe(20)
  expect(steps).toEqual(expected)
  expect((await house.recorded(1))[0]).toMatchObject({ streamed: true, outcome: 'ok' })
})

test('the head of an answer does not wait for its body', async () => {
  let finish: () => void = nothing
  await open({
    baseUrl: await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      finish = () => response.end('data: late\n\n')
    }),
  })
  const answer = await call('/main/events')
  expect(answer.status).toBe(200)
  finish()
  expect(await answer.text()).toBe('data: late\n\n')
})

describe('an upstream that breaks off', () => {
  test.each([
    { kind: 'cut-stream', chunks: 2 },
    { kind: 'cut-stream', chunks: 5 },
  ] as const)('%o: the client sees a broken answer', async (behaviour) => {
    const scripted = await open()
    scripted.script(keyA, behaviour)
    const answer = await stream()
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow('terminated')
    const [row] = await house.recorded(1)
    expect(row).toMatchObject({ outcome: 'network', status: 200, errorCode: 'UPSTREAM_BROKE_OFF' })
    expect(row?.attempts).toHaveLength(1)
    expect(house.health('key-1')).toBe('ready')
    expect(house.inFlight('key-1')).toBe(0)
  })

  test('in silence is cut after the idle time', async () => {
    const raw = await startRawUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
    await open({ baseUrl: raw.url, config: { idleTimeout: 1 } })
    const answer = await call('/main/x')
    await expect(answer.text()).rejects.toThrow('terminated')
    expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'network', attempts: [{ message: 'UND_ERR_BODY_TIMEOUT' }] })
    await raw.close()
  })
})

describe('a client that leaves', () => {
  test('X26 before the answer has begun: the upstream call is ended and recorded once', async () => {
    const scripted = await open()
    scripted.script(keyA, { kind: 'no-answer' })
    const leave = new AbortController()
    const answer = stream({ signal: leave.signal })
    await expect.poll(() => scripted.requests.length).toBe(1)
    leave.abort()
    await expect(answer).rejects.toThrow('aborted')
    await expect.poll(() => scripted.requests.map((one) => one.aborted)).toEqual([true])
    const [row] = await house.recorded(1)
    expect(row).toMatchObject({ outcome: 'aborted', status: null, errorCode: 'CLIENT_GONE', msFirstByte: null })
    expect(house.health('key-1')).toBe('ready')
    expect(house.inFlight('key-1')).toBe(0)
    expect((await fetch(`${house.url}/healthz`)).status).toBe(200)
    expect(house.logged).toEqual([])
  })

  test('X26 in the middle of a stream: the upstream call is ended and recorded once', async () => {
    const scripted = await open()
    scripted.script(keyA, { kind: 'ok', text: 'word '.repeat(500), chunkDelayMs: 20 })
    const leave = new AbortController()
    const answer = await stream({ signal: leave.signal })
    await answer.body?.getReader().read()
    leave.abort()
    await expect.poll(() => scripted.requests.map((one) => one.aborted)).toEqual([true])
    expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'aborted', status: 200, errorCode: 'CLIENT_GONE' })
    expect(house.inFlight('key-1')).toBe(0)
    expect(house.proxy.inFlight).toBe(0)
  })

  test('X26 in the middle of its body: the upstream never sees a whole request', async () => {
    let complete = 0
    let cut = 0
    await open({
      baseUrl: await serve((request) => {
        request
          .on('end', () => complete++)
          .on('error', () => cut++)
          .resume()
      }),
    })
    const socket = connect(house.port, '127.0.0.1')
    const head = `POST /main/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n`
    socket.write(`${head}Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`)
    await expect.poll(() => house.proxy.inFlight).toBe(1)
    await expect.poll(() => house.inFlight('key-1')).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'aborted', status: null })
    await expect.poll(() => cut).toBe(1)
    expect(complete).toBe(0)
  })

  test('while it waits for a key: it leaves the queue, and is recorded', async () => {
    const scripted = await open({ config: { keyConcurrency: 1 } })
    scripted.script(keyA, { kind: 'slow-first-byte', ms: 300 })
    const first = stream()
    await expect.poll(() => scripted.requests.length).toBe(1)
    const leave = new AbortController()
    const second = stream({ signal: leave.signal })
    await expect.poll(() => house.proxy.inFlight).toBe(2)
    leave.abort()
    await expect(second).rejects.toThrow('aborted')
    expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'aborted', attempts: [] })
    expect((await first).status).toBe(200)
    expect(scripted.requests).toHaveLength(1)
  })
})

test('X17 a slow reader slows the upstream down instead of filling memory', async () => {
  let written = 0
  const total = 256 * 1024 * 1024
  await open({
    baseUrl: await serve((_request, response) => {
      response.writeHead(200, { 'content-length': total })
      const chunk = Buffer.alloc(64 * 1024)
      const fill = () => {
        while (written < total && !response.destroyed) {
          written += chunk.length
          if (response.write(chunk)) continue
          response.once('drain', fill)
          return
        }
      }
      fill()
    }),
  })
  const socket = connect(house.port, '127.0.0.1')
  socket.write(`GET /main/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n\r\n`)
  await once(socket, 'readable')
  let before = -1
  // Until nothing moves any more: everything on the way is full.
  await expect
    .poll(
      () => {
        const still = written === before
        before = written
        return still
      },
      { interval: 300 },
    )
    .toBe(true)
  // Only the kernel's socket buffers on two connections and small ones in between.
  expect(written).toBeLessThan(48 * 1024 * 1024)
  socket.destroy()
  expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'aborted' })
})

test('X18 a slow upstream slows the uploading client down', async () => {
  let read: () => void = nothing
  await open(
    {
      baseUrl: await serve((request, response) => {
        read = () => request.resume().on('end', () => response.end('done'))
      }),
    },
    { limits: { replayBytes: 1024 * 1024 } },
  )
  const total = 128 * 1024 * 1024
  const socket = connect(house.port, '127.0.0.1')
  const head = `POST /main/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n`
  socket.write(`${head}Content-Type: text/plain\r\nContent-Length: ${total}\r\n\r\n`)
  let sent = 0
  const chunk = Buffer.alloc(64 * 1024)
  const fill = () => {
    while (sent < total) {
      sent += chunk.length
      if (socket.write(chunk)) continue
      socket.once('drain', fill)
      return
    }
  }
  fill()
  let before = -1
  await expect
    .poll(
      () => {
        const still = sent === before
        before = sent
        return still
      },
      { interval: 300 },
    )
    .toBe(true)
  expect(sent).toBeLessThan(48 * 1024 * 1024)
  read()
  const [chunkBack] = (await once(socket, 'data')) as [Buffer]
  expect(chunkBack.toString()).toMatch(/^HTTP\/1.1 200/)
  expect((await house.recorded(1))[0]).toMatchObject({ bytesIn: total, outcome: 'ok' })
  socket.destroy()
})

test.each([10, 1000])('X22 events with %i ms between them: each arrives before the next one is due', async (gapMs) => {
  const events = gapMs < 100 ? 50 : 4
  let sent = 0
  await open({
    baseUrl: await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => {
        response.write(`: keep-alive ${++sent}\n\n`)
        if (sent < events) return
        clearInterval(timer)
        // The last one must not need the end to be passed on.
        setTimeout(() => response.end(), gapMs)
      }, gapMs)
    }),
  })
  const answer = await call('/main/events')
  let heard = ''
  let late = 0
  for await (const chunk of answer.body ?? []) {
    heard += Buffer.from(chunk as Uint8Array).toString()
    if (heard.split('\n\n').length - 1 < sent) late++
  }
  expect(heard).toBe(Array.from({ length: events }, (_, i) => `: keep-alive ${i + 1}\n\n`).join(''))
  // A busy machine may let two short gaps run together; a stream that is held back would be late every time.
  expect(late).toBeLessThan(events / 2)
})

test('X23 a packed event stream arrives byte for byte, as it comes, and its usage is read', async () => {
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
  const packer = createGzip()
  const packed: Buffer[] = []
  packer.on('data', (chunk: Buffer) => packed.push(chunk))
  let next: () => void = nothing
  const events = [{ choices: [{ index: 0, delta: { content: 'hi' } }] }, { choices: [], usage }].map((one) => JSON.stringify(one))
  await open({
    baseUrl: await serve(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
      packer.pipe(response)
      for (const event of [...events, '[DONE]']) {
        const heard = new Promise<void>((resolve) => {
          next = resolve
        })
        packer.write(`data: ${event}\n\n`)
        packer.flush()
        await heard
      }
      packer.end()
    }),
  })
  const { port } = new URL(house.url)
  const received: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    const headers = { authorization: `Bearer ${house.token}`, 'accept-encoding': 'gzip' }
    get({ port, host: '127.0.0.1', path: '/main/chat/completions', headers }, (answer) => {
      expect(answer.headers['content-encoding']).toBe('gzip')
      answer.on('end', resolve).on('data', (chunk: Buffer) => {
        received.push(chunk)
        next()
      })
    }).on('error', reject)
  })
  expect(Buffer.concat(received).equals(Buffer.concat(packed))).toBe(true)
  expect(gunzipSync(Buffer.concat(received)).toString()).toContain('data: [DONE]')
  expect((await house.recorded(1))[0]).toMatchObject({ streamed: true, outcome: 'ok', inputTokens: 7, outputTokens: 3 })
})

test('X20 a client that closes its side (FIN) has gone: the call is ended on both sides, and nothing is left behind', async () => {
  let upstreamClosed = false
  const raw = await startRawUpstream((socket) => {
    socket.on('close', () => {
      upstreamClosed = true
    })
    client.end()
  })
  await open({ baseUrl: raw.url })
  const client = connect({ port: house.port, host: '127.0.0.1', allowHalfOpen: true })
  client.write(`GET /main/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n\r\n`)
  // No half of an answer, and no waiting for one: Node's server closes as well.
  expect(await readUntil(client, () => false)).toBe('')
  expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'aborted', errorCode: 'CLIENT_GONE', status: null })
  expect(house.inFlight('key-1')).toBe(0)
  await expect.poll(() => upstreamClosed).toBe(true)
  client.destroy()
  await raw.close()
})

test('X16 an upstream that answers before it has the whole body: the client gets that answer', async () => {
  const raw = await startRawUpstream((socket) => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'))
  await open({ baseUrl: raw.url })
  const answer = await call('/main/x', {
    method: 'POST',
    body: Buffer.alloc(8 * 1024 * 1024),
    headers: { 'content-type': 'text/plain' },
  })
  expect([answer.status, await answer.text()]).toEqual([413, 'big'])
  await raw.close()
})

test('an error inside a stream that began well is in the row', async () => {
  const scripted = await open()
  scripted.script(keyA, { kind: 'error-as-first-event' })
  const answer = await stream()
  expect(answer.status).toBe(200)
  await answer.text()
  const [row] = await house.recorded(1)
  expect(row?.outcome).not.toBe('ok')
  expect(row?.errorCode).toBe('UPSTREAM_ERROR_IN_ANSWER')
})

test('stopping lets a stream end within the grace, and then cuts', async () => {
  const scripted = await open({}, { limits: { graceMs: 300 } })
  scripted.script(keyA, [
    { kind: 'ok', text: 'a b c', chunkDelayMs: 10 },
    { kind: 'ok', text: 'word '.repeat(1000), chunkDelayMs: 100 },
  ])
  const short = await stream()
  const long = await stream()
  const stopped = house.proxy.stop()
  expect(await short.text()).toContain('[DONE]')
  await expect(long.text()).rejects.toThrow('terminated')
  await stopped
  expect(house.rows.map((row) => row.outcome).toSorted()).toEqual(['aborted', 'ok'])
  expect(house.proxy.inFlight).toBe(0)
  await expect(fetch(`${house.url}/healthz`)).rejects.toThrow('fetch failed')
  const again = await house.proxy.start(0)
  expect((await fetch(`http://127.0.0.1:${again.port}/healthz`)).status).toBe(200)
})

test('a client of HTTP/1.0 sees a broken answer as a reset, because a close would be its end', async () => {
  const scripted = await open()
  scripted.script(keyA, { kind: 'cut-stream', chunks: 3 })
  const socket = connect(house.port, '127.0.0.1')
  let failure = ''
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code ?? ''
  })
  const body = JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [] })
  const head = `POST /main/chat/completions HTTP/1.0\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n`
  socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  socket.resume()
  await expect.poll(() => failure).toBe('ECONNRESET')
  expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'network' })
})
