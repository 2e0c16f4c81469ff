/** An upstream's address is judged when it is connected to: no way into this machine, and none back to ourselves. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Resolve } from '../../src-main/proxy/forward/guarded-connect.ts'
import { addressRefusal } from '../../src-main/proxy/forward/upstream-address.ts'
import { type House, openHouse } from '../proxy/house.ts'
import { type RawUpstream, rawAnswer, startRawUpstream } from '../proxy/wire.ts'

const keys = ['sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb']
let house: House | undefined
let upstream: RawUpstream | undefined
afterEach(async () => {
  await house?.close()
  await upstream?.close()
  house = undefined
  upstream = undefined
})

const resolvingTo =
  (...addresses: string[]): Resolve =>
  (_name, _options, done) =>
    process.nextTick(
      done,
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
async function call(baseUrl: string, options: { resolve?: Resolve; port?: number } = {}) {
  const opened = await openHouse([{ slug: 'main', baseUrl, keys }], options)
  house = opened
  const answer = await fetch(`${opened.url}/main/x`, { headers: { authorization: `Bearer ${opened.token}` } })
  const [row] = await opened.recorded(1)
  return { answer, row, health: ['key-1', 'key-2'].map((id) => opened.health(id)) }
}

const never = [
  '0.0.0.0',
  '0.1.2.3',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  'fe80::1',
  'febf::1',
  'ff02::1',
  'fd00:ec2::254',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
]
const near = ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '100.100.1.1', '::1', 'fd12::1', '::ffff:127.0.0.1']
const far = ['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8']

describe('an address', () => {
  const at = (address: string, protocol: string, port = 443) => addressRefusal({ address, protocol, port, ownPort: 8787 })
  test.each(never)('%s is never connected to', (address) => {
    expect([at(address, 'https:'), at(address, 'http:')]).toEqual(['UPSTREAM_FORBIDDEN', 'UPSTREAM_FORBIDDEN'])
  })
  test.each(near)('%s is on this machine or network, where plain http is allowed', (address) => {
    expect([at(address, 'https:'), at(address, 'http:')]).toEqual([null, null])
  })
  test.each(far)('%s is elsewhere, and reached by https alone', (address) => {
    expect([at(address, 'https:'), at(address, 'http:')]).toEqual([null, 'UPSTREAM_FORBIDDEN'])
  })
  test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('%s with our own port is ourselves', (address) => {
    expect([at(address, 'http:', 8787), at(address, 'http:', 8788)]).toEqual(['UPSTREAM_LOOP', null])
  })
  test('our port on another machine is not ourselves', () => {
    expect(at('10.0.0.1', 'http:', 8787)).toBeNull()
  })
})

test.each(['169.254.169.254', 'fe80::1', '0.0.0.0', 'fd00:ec2::254', '8.8.8.8'])(
  'SSRF a name that has come to mean %s: refused in words, one attempt, no key blamed',
  async (address) => {
    const { answer, row, health } = await call('http://llm.local/v1', { resolve: resolvingTo(address) })
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'UPSTREAM_FORBIDDEN' } })
    expect(row).toMatchObject({ status: 502, errorCode: 'UPSTREAM_FORBIDDEN', outcome: 'network' })
    expect(row?.attempts).toHaveLength(1)
    expect(health).toEqual(['ready', 'ready'])
  },
)

test('SSRF a forbidden address that is written out is refused as well', async () => {
  const { answer } = await call('http://169.254.169.254/latest')
  expect(await answer.json()).toMatchObject({ error: { code: 'UPSTREAM_FORBIDDEN' } })
})

test('SSRF of a name with several addresses only the allowed ones are used', async () => {
  upstream = await startRawUpstream((socket) => socket.write(rawAnswer('200 OK', '', 'ok')))
  const { port } = new URL(upstream.url)
  const { answer } = await call(`http://llm.local:${port}`, { resolve: resolvingTo('fe80::1', '127.0.0.1') })
  expect(await answer.text()).toBe('ok')
  expect(upstream.heard[0]).toMatch(new RegExp(`^host: llm\\.local:${port}\r$`, 'im'))
})

test('SSRF a name that changes its meaning between two calls is judged each time it is connected to', async () => {
  upstream = await startRawUpstream((socket) => socket.end(rawAnswer('200 OK', 'Connection: close\r\n', 'ok')))
  const meanings = ['127.0.0.1', '169.254.169.254']
  const resolve: Resolve = (name, options, done) => resolvingTo(meanings.shift() ?? '::')(name, options, done)
  const first = await call(`http://llm.local:${new URL(upstream.url).port}`, { resolve })
  expect(first.answer.status).toBe(200)
  const second = await fetch(`${house?.url}/main/x`, { headers: { authorization: `Bearer ${house?.token}` } })
  expect(await second.json()).toMatchObject({ error: { code: 'UPSTREAM_FORBIDDEN' } })
  expect(upstream.heard).toHaveLength(1)
})

test('a name that nobody knows is unreachable, not forbidden', async () => {
  const resolve: Resolve = (_name, _options, done) =>
    process.nextTick(done, Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), [])
  const { answer } = await call('http://llm.local/v1', { resolve })
  expect(await answer.json()).toMatchObject({ error: { code: 'UPSTREAM_UNREACHABLE' } })
})

describe('a pool that points to this proxy', () => {
  const freePort = async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => void server.close(resolve))
    return port
  }
  test.each(['127.0.0.1', '[::1]', 'localhost'])('as %s is refused before a second call is made', async (host) => {
    const port = await freePort()
    const { answer, row } = await call(`http://${host}:${port}/main`, { port })
    expect(answer.status).toBe(508)
    expect(await answer.json()).toMatchObject({ error: { code: 'UPSTREAM_LOOP' } })
    expect(row).toMatchObject({ errorCode: 'UPSTREAM_LOOP' })
    expect(house?.rows).toHaveLength(1)
  })
})
