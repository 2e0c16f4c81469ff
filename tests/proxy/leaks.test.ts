/** Thousands of streams that are left in the middle, at every stage, and what of them is still there afterwards. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { openHouse } from './house.ts'

const rounds = 10_000
const together = 100

/** Where a client leaves: at once, after the head, after some events, or not at all. */
const stages = ['at once', 'after the head', 'amid the stream', 'at the end'] as const
const until: Record<(typeof stages)[number], (heard: string) => boolean> = {
  'at once': () => true,
  'after the head': (heard) => heard !== '',
  'amid the stream': (heard) => heard.includes('word 3'),
  'at the end': () => false,
}

test(`${rounds} streams that are left leave no socket, no lease and no listener behind`, async () => {
  let open = 0
  const upstream = createServer((request, response) => {
    open++
    response.on('close', () => open--)
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let sent = 0
      const timer = setInterval(() => {
        response.write(
          `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: `word ${sent} ` }, finish_reason: null }] })}\n\n`,
        )
        if (++sent < 6) return
        clearInterval(timer)
        response.end('data: [DONE]\n\n')
      }, 2)
      response.on('close', () => clearInterval(timer))
    })
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`
  const keys = ['sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb']
  const house = await openHouse([{ slug: 'main', baseUrl, keys, strategy: 'round_robin', config: { models: ['gpt-4o'] } }])
  const warnings: string[] = []
  const warned = (warning: Error) => warnings.push(warning.message)
  process.on('warning', warned)
  const handles = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
  const before = handles()

  /** A raw path, the same format, and two that are converted. */
  const paths = [
    '/main/chat/completions',
    '/v1/chat/completions',
    '/v1/messages',
    '/v1beta/models/gpt-4o:streamGenerateContent?alt=sse',
  ]
  const leave = async (number: number) => {
    const path = paths[number % paths.length] ?? ''
    const body = JSON.stringify({
      ...(path.startsWith('/v1beta')
        ? { contents: [{ parts: [{ text: 'hi' }] }] }
        : { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
      ...(path === '/v1/messages' ? { max_tokens: 10 } : {}),
    })
    const socket = connect(house.port, '127.0.0.1')
    const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\nConnection: close\r\n`
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    const enough = until[stages[Math.floor(number / paths.length) % stages.length] ?? 'at once']
    let heard = ''
    await new Promise<void>((resolve) => {
      socket.on('connect', () => enough(heard) && resolve())
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString('latin1')
        if (enough(heard)) resolve()
      })
      socket.on('error', () => {}).on('close', () => resolve())
    })
    socket.destroy()
    return heard
  }
  let whole = 0
  for (let done = 0; done < rounds; done += together) {
    const heard = await Promise.all(Array.from({ length: together }, (_, index) => leave(done + index)))
    whole += heard.filter((text) => text.includes('word 5')).length
  }
  // Those that stayed have heard it all.
  expect(whole).toBeGreaterThanOrEqual(rounds / stages.length)
  await expect.poll(() => house.proxy.inFlight, { timeout: 10_000 }).toBe(0)
  for (const key of ['key-1', 'key-2']) expect(house.inFlight(key)).toBe(0)
  await expect.poll(() => open, { timeout: 10_000 }).toBe(0)
  expect(house.logged).toEqual([])
  expect(warnings).toEqual([])
  process.off('warning', warned)
  // Kept-alive connections to the upstream end by themselves when nobody needs them.
  await house.close()
  upstream.closeAllConnections()
  upstream.close()
  await expect.poll(() => handles() - before, { timeout: 10_000 }).toBeLessThanOrEqual(0)
  // Half a minute where nobody else works.
}, 600_000)
