/** Whether this computer is offline, by what calls have shown; and that it is over with the first answer. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type LastCall, offlineOf } from '../../src-main/services/reach.ts'
import { unreachedBy } from '../../src-main/services/unreached.ts'
import type { LiveEvent, Unreached } from '../../src-preload/contract/index.ts'
import { startConnectProxy } from '../support/outbound-proxies.ts'
import { secretOf } from './house.ts'
import { openStreet } from './street.ts'

const last = (baseUrl: string, unreached: Unreached | null, since = 1): LastCall => ({ baseUrl, unreached, since })
const openai = 'https://api.openai.com/v1'
const gemini = 'https://generativelanguage.googleapis.com'
const both = ['api.openai.com', 'generativelanguage.googleapis.com']

describe('this computer seems to be offline', () => {
  test.each([
    ['nothing was called', [], null],
    ['the only one that was called is not reached', [last(openai, 'network', 5)], { since: 5 }],
    ['all that were called are not', [last(openai, 'network', 5), last(gemini, 'network', 9)], { hosts: both, since: 9 }],
    ['one of them answers', [last(openai, 'network'), last(gemini, null)], null],
    ['one of them refuses connections: there is a network', [last(openai, 'network'), last(gemini, 'upstream')], null],
    ['those on this machine answer', [last(openai, 'network'), last('http://localhost:1234', null)], {}],
    ['only those on this machine were called', [last('http://127.0.0.1:9', 'network'), last('http://[::1]:9', 'network')], null],
    ['no proxy on the way out is reached', [last(openai, 'proxy'), last(gemini, 'proxy')], { hosts: both, proxy: true }],
    ['two pools have one upstream', [last(openai, 'network'), last(openai, 'network')], {}],
  ])('%s', (_name, calls, offline) => {
    expect(offlineOf(calls)).toEqual(offline && { hosts: ['api.openai.com'], proxy: false, since: 1, ...offline })
  })

  test('what a broken connection, a bad certificate or our own refusal mean is nothing of that kind', () => {
    const codes = ['ECONNRESET', 'CERT_HAS_EXPIRED', 'UPSTREAM_FORBIDDEN', 'OUTBOUND_REFUSED', 'no answer', null]
    expect(codes.map(unreachedBy)).toEqual(codes.map(() => null))
    expect(unreachedBy('EAI_AGAIN')).toBe('network')
  })
})

test('checks and calls show it, windows are told, and the first answer ends it; no key is marked', async () => {
  const street = await openStreet([{ slug: 'main', keys: [1, 2] }])
  const told: unknown[] = []
  onTestFinished(street.subscribe((event: LiveEvent) => void (event.type === 'proxy.state' && told.push(event.status.offline))))
  const { port } = new URL(street.upstream.url)
  // An address of this network that leads nowhere but through the proxy.
  const host = `10.9.8.7:${port}`
  const there = { baseUrl: `http://${host}/v1`, config: { outbound: 'http://127.0.0.1:9' } }
  await street.pools.update('main', there, 'local')
  await street.pools.trust('main', 'local')
  expect(street.proxy.status().offline).toBeNull()

  expect(await street.keys.check(street.id(1), 'local')).toMatchObject({ outcome: 'network', unreached: 'proxy' })
  const offline = { hosts: [host], proxy: true, since: expect.any(Number) }
  expect(street.proxy.status().offline).toEqual(offline)
  await vi.waitFor(() => expect(told.at(-1)).toEqual(offline))

  const way = await startConnectProxy()
  onTestFinished(() => way.close())
  await street.setPool('main', { outbound: way.url.origin })
  expect(street.proxy.status().offline).toEqual(offline)
  // A refusal is an answer as well.
  street.upstream.script(secretOf(1), { kind: 'rate-short', retryAfterS: 60 })
  expect(await street.chat('main')).toMatchObject({ status: 200 })
  await vi.waitFor(() => expect(told.at(-1)).toBeNull())

  await way.close()
  expect(await street.chat('main')).toMatchObject({ status: 502 })
  await vi.waitFor(() => expect(street.proxy.status().offline).toEqual(offline))
  expect(street.keys.get(street.id(2)).state).toBe('ready')
  // What was seen is of the address that it had.
  await street.pools.update('main', { baseUrl: `${street.upstream.url}/v1` }, 'local')
  expect(street.proxy.status().offline).toBeNull()
})
