/** Where the proxy listens, and what it says when it cannot. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { KeywheelError } from '../../src-preload/contract/index.ts'
import { type House, openHouse } from './house.ts'

let house: House
const others: Server[] = []

async function occupy(port: number, host: string): Promise<number> {
  const server = createServer().listen({ port, host, exclusive: true, ipv6Only: host === '::1' })
  others.push(server)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
const hasIpv6 = await occupy(0, '::1').then(
  () => true,
  () => false,
)
afterEach(async () => {
  await house.close()
  for (const server of others.splice(0)) server.close()
})

async function refusal(port: number): Promise<KeywheelError> {
  const error = await house.proxy.start(port).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(KeywheelError)
  return error as KeywheelError
}

test('a taken port is refused with the next free one, which then works', async () => {
  house = await openHouse([])
  await house.proxy.stop()
  const taken = await occupy(0, '127.0.0.1')
  const error = await refusal(taken)
  expect(error.code).toBe('PORT_TAKEN')
  expect(error.message).toContain(String(taken))
  const next = error.data.nextPort ?? 0
  expect(next).toBeGreaterThan(taken)
  expect(await house.proxy.start(next)).toEqual({ port: next })
  expect((await fetch(`http://127.0.0.1:${next}/healthz`)).status).toBe(200)
})

const whySkipped = hasIpv6 ? '' : ' (skipped: this machine has no ::1)'

test.skipIf(!hasIpv6)(
  `T3-3 a port that somebody else holds on ::1 is taken, and nothing listens on 127.0.0.1 either${whySkipped}`,
  async () => {
    house = await openHouse([])
    await house.proxy.stop()
    const squatted = await occupy(0, '::1')
    const error = await refusal(squatted)
    expect(error).toMatchObject({ code: 'PORT_TAKEN' })
    expect(error.message).toContain('::1')
    await expect(fetch(`http://127.0.0.1:${squatted}/healthz`)).rejects.toThrow('fetch failed')
  },
)

test.skipIf(!hasIpv6)(`both families serve on one port${whySkipped}`, async () => {
  house = await openHouse([])
  expect((await fetch(`http://[::1]:${house.port}/healthz`)).status).toBe(200)
  expect((await fetch(`http://localhost:${house.port}/healthz`)).status).toBe(200)
})

test('a port that may not be bound gives the system error', async () => {
  house = await openHouse([])
  await house.proxy.stop()
  await expect(house.proxy.start(65_536)).rejects.toThrow(RangeError)
  expect((await house.proxy.start(0)).port).toBeGreaterThan(0)
})

test('starting twice is refused, stopping twice is not', async () => {
  house = await openHouse([])
  expect(await refusal(0)).toMatchObject({ code: 'PROXY_BUSY' })
  await house.proxy.stop()
  await house.proxy.stop()
})
