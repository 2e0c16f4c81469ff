/** P1: so many connections and no more; whoever is one too many hears it at once. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { connectionLimit } from '../../src-main/proxy/accept/connection-limit.ts'
import { type House, openHouse } from './house.ts'
import { exchangeRaw, readUntil, statusOf } from './wire.ts'

let house: House | undefined
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await house?.close()
  house = undefined
})

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}
const health = (port: number) =>
  exchangeRaw(port, `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)

test.each([
  [10_000, 1_048_576, 10_000],
  [10_000, 20_000, 9872],
  [10_000, 1024, 384],
  [10_000, 64, 16],
  [2, 64, 2],
])('%i wanted with %i open files: %i', (wanted, files, limit) => {
  expect(connectionLimit(wanted, files)).toBe(limit)
})

test('without being told, the limit of this system is asked', () => {
  expect(connectionLimit(Number.MAX_SAFE_INTEGER)).toBeGreaterThanOrEqual(16)
  expect(connectionLimit(Number.MAX_SAFE_INTEGER)).toBeLessThan(Number.MAX_SAFE_INTEGER)
})

test('one connection too many gets 503 with Retry-After without asking, on either side of its request', async () => {
  house = await openHouse([], { limits: { maxConnections: 2 } })
  const { port } = house
  const [first] = [await open(port), await open(port)]
  const silent = await readUntil(await open(port), () => false)
  expect(silent).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n(?:.*\r\n)*Connection: close\r\n/)
  expect(statusOf(await health(port))).toBe(503)
  first?.destroy()
  await expect.poll(async () => statusOf(await health(port))).toBe(200)
})

test('those that are inside are served while others are turned away', async () => {
  house = await openHouse([], { limits: { maxConnections: 1 } })
  const { port } = house
  const inside = await open(port)
  const turnedAway = await Promise.all(Array.from({ length: 20 }, () => health(port)))
  expect(turnedAway.map(statusOf)).toEqual(Array(20).fill(503))
  const answer = readUntil(inside, (text) => text.includes('{"status":"ok"}'))
  inside.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  expect(statusOf(await answer)).toBe(200)
})

test('who is turned away and stays is cut off', async () => {
  house = await openHouse([], { limits: { maxConnections: 0, lingerMs: 50 } })
  const socket = connect({ port: house.port, host: '127.0.0.1', allowHalfOpen: true })
  sockets.push(socket)
  let error = ''
  const drip = setInterval(() => socket.write('G'), 10)
  socket.resume().on('error', ({ message }) => {
    error = message
    clearInterval(drip)
  })
  await expect.poll(() => error).toMatch(/EPIPE|ECONNRESET/)
})
