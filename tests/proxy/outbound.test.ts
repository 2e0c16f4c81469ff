/** Calls that leave by a proxy: what it gets to see, whom it may lead to, and what people are told when it does not. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectGuard, Resolve } from '../../src-main/proxy/forward/guarded-connect.ts'
import { createGuardedFetch } from '../../src-main/proxy/forward/guarded-fetch.ts'
import { createUndiciForwarder } from '../../src-main/proxy/forward/undici-forwarder.ts'
import { createUpstreamAgents } from '../../src-main/proxy/forward/upstream-agents.ts'
import type { Forwarder, Way } from '../../src-main/proxy/types.ts'
import { makeAuthority } from '../support/authority.ts'
import { type OutboundProxy, startConnectProxy, startSocksProxy } from '../support/outbound-proxies.ts'
import { type StagedUpstream, startStagedUpstream } from './staged-upstream.ts'
import { Witness } from './witness.ts'

const authority = makeAuthority()
const tls = authority.issue('DNS:upstream.test')
const believed = createSecureContext({ ca: authority.ca })
const secret = 'sk-never-to-be-seen-0123456789'

let upstream: StagedUpstream
let forwarder: Forwarder | undefined
const proxies: OutboundProxy[] = []
beforeAll(async () => {
  upstream = await startStagedUpstream('https', (reply, { path }) => reply.whole(200, {}, path), tls)
})
afterAll(() => upstream.close())
afterEach(async () => {
  await forwarder?.close()
  forwarder = undefined
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
})

async function use(starting: Promise<OutboundProxy>): Promise<OutboundProxy> {
  const proxy = await starting
  proxies.push(proxy)
  return proxy
}

const to = (address: string): Resolve => {
  const family = address.includes(':') ? 6 : 4
  return (_name, _options, done) => done(null, [{ address, family }])
}
/** For ways on which no name may be looked up here. */
const unasked: Resolve = (name) => {
  throw new Error(`looked up ${name}`)
}

interface Call extends ConnectGuard {
  proxy: URL
  origin?: string
  login?: Way['login']
  connectMs?: number
}

/** One call by that way: how it went, and what people are told. */
async function call({ proxy, origin, login, connectMs = 2000, ...guard }: Call): Promise<string> {
  forwarder ??= createUndiciForwarder({ trust: () => believed, ...guard })
  const witness = new Witness()
  const attempt = {
    origin: origin ?? `https://upstream.test:${upstream.port}`,
    method: 'GET',
    path: '/through',
    headers: ['authorization', `Bearer ${secret}`],
    body: null,
    way: { proxy, http2: false, ...(login ? { login } : {}) },
    limits: { connectMs, firstByteMs: 2000, idleMs: 2000, totalMs: null },
  }
  forwarder.send(attempt, witness)
  witness.running = true
  await witness.over
  expect(witness.message).not.toContain(secret)
  const last = witness.events.at(-1) ?? ''
  return last.startsWith('fail') ? `${last}: ${witness.message}` : witness.events.join()
}

const good = 'sent,head 200,data /through,end'

describe('what the proxy is asked for', () => {
  test('an HTTP proxy: the name as it is, which is not looked up here', async () => {
    const proxy = await use(startConnectProxy())
    expect(await call({ proxy: proxy.url, resolve: unasked })).toBe(good)
    expect(proxy).toMatchObject({ asked: [`upstream.test:${upstream.port}`], logins: [null] })
  })

  test('socks5h: the name; socks5: the address that it has here', async () => {
    const [far, near] = [await use(startSocksProxy()), await use(startSocksProxy({}, 'socks5'))]
    expect(await call({ proxy: far.url, resolve: unasked })).toBe(good)
    await forwarder?.close()
    forwarder = undefined
    expect(await call({ proxy: near.url, resolve: to('203.0.113.9') })).toBe(good)
    expect([far.asked, near.asked]).toEqual([[`upstream.test:${upstream.port}`], [`203.0.113.9:${upstream.port}`]])
  })

  test('an IPv6 address, by both', async () => {
    const [http, socks] = [await use(startConnectProxy()), await use(startSocksProxy({ piecemeal: true }))]
    const near = await startStagedUpstream('http', (reply, { path }) => reply.whole(200, {}, path))
    const origin = `http://[fd12::a:7]:${near.port}`
    expect(await call({ proxy: http.url, origin, resolve: unasked })).toBe(good)
    expect(await call({ proxy: socks.url, origin, resolve: unasked })).toBe(good)
    expect([http.asked, socks.asked]).toEqual([[`[fd12::a:7]:${near.port}`], [`[fd12::a:7]:${near.port}`]])
    await near.close()
  })

  test.each([
    ['HTTP', startConnectProxy],
    ['SOCKS5', startSocksProxy],
  ])('%s: user and password where it wants them, and only where it was told to give them', async (_kind, start) => {
    const proxy = await use(start({ login: 'me:pass:word' }))
    expect(await call({ proxy: proxy.url, login: { user: 'me', password: 'pass:word' } })).toBe(good)
    const without = await call({ proxy: proxy.url })
    expect(without).toContain('OUTBOUND_REFUSED')
    expect(without).toContain(`${proxy.url.protocol}//${proxy.url.host}`)
    const wrong = await call({ proxy: proxy.url, login: { user: 'me', password: 'not-it' } })
    expect(wrong).toContain('OUTBOUND_REFUSED')
    expect(wrong).not.toContain('not-it')
    expect(proxy.logins).toEqual(['me:pass:word', null, 'me:not-it'])
  })
})

describe('nobody in between', () => {
  test('a proxy that leads elsewhere shows the wrong certificate and never sees the key', async () => {
    const stranger = makeAuthority('Somebody else')
    const fake = await startStagedUpstream('https', (reply) => reply.whole(200), stranger.issue('DNS:upstream.test'))
    const proxy = await use(startConnectProxy())
    expect(await call({ proxy: proxy.url, origin: `https://upstream.test:${fake.port}` })).toMatch(
      /^fail connect (UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)/,
    )
    expect(fake.heard).toEqual([])
    await fake.close()
  })

  test('a certificate of another name is none', async () => {
    const proxy = await use(startSocksProxy())
    expect(await call({ proxy: proxy.url, origin: `https://other.test:${upstream.port}` })).toContain(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    )
  })

  test('an HTTPS proxy has to prove itself as well', async () => {
    const proxy = await use(startConnectProxy({ tls: makeAuthority('Somebody else').issue('IP:127.0.0.1') }))
    expect(await call({ proxy: proxy.url })).toMatch(/OUTBOUND_UNREACHABLE: The proxy https:.*(SELF_SIGNED|UNABLE_TO)/)
    expect(proxy.asked).toEqual([])
  })

  test('an authority counts from the next connection on, and so does its going', async () => {
    const proxy = await use(startConnectProxy())
    let now: SecureContext = createSecureContext()
    forwarder = createUndiciForwarder({ trust: () => now })
    expect(await call({ proxy: proxy.url })).toMatch(/^fail connect (UNABLE|SELF)/)
    now = believed
    expect(await call({ proxy: proxy.url })).toBe(good)
    await forwarder.close()
    now = createSecureContext()
    forwarder = createUndiciForwarder({ trust: () => now })
    expect(await call({ proxy: proxy.url })).toMatch(/^fail connect (UNABLE|SELF)/)
  })
})

describe('where it must not lead', () => {
  test('a proxy that is this proxy itself', async () => {
    const own = await startStagedUpstream('http', (reply) => reply.whole(200))
    const said = await call({ proxy: new URL(`http://127.0.0.1:${own.port}`), ownPort: () => own.port })
    expect(said).toMatch(/OUTBOUND_FORBIDDEN: .* it is Keywheel itself/)
    expect(own.connections()).toBe(0)
    await own.close()
  })

  test.each(['http', 'socks5', 'socks5h'])('an upstream that is this proxy itself, by %s', async (scheme) => {
    const proxy = await use(scheme === 'http' ? startConnectProxy() : startSocksProxy({}, scheme as 'socks5'))
    const origin = 'http://looks-far-away.test:8787'
    expect(await call({ proxy: proxy.url, origin, ownPort: () => 8787, resolve: to('127.0.0.1') })).toMatch(/UPSTREAM_LOOP/)
    expect(proxy.asked).toEqual([])
  })

  test.each([
    ['a metadata address', 'https://169.254.169.254', undefined],
    ['its IPv6 form', 'https://[fd00:ec2::254]', undefined],
    ['a name that means one over http', 'http://rebound.test', '169.254.169.254'],
    ['the wide world over http', 'http://public.test', '203.0.113.9'],
    ['an address of the wide world over http', 'http://203.0.113.9', undefined],
  ])('%s', async (_what, origin, address) => {
    for (const starting of [startConnectProxy(), startSocksProxy()]) {
      const proxy = await use(starting)
      const resolve = address === undefined ? unasked : to(address)
      expect(await call({ proxy: proxy.url, origin, resolve })).toMatch(/^fail connect UPSTREAM_FORBIDDEN/)
      expect(proxy.asked).toEqual([])
    }
  })

  test('a plain upstream through a proxy out of this network: keys would travel in clear', async () => {
    const resolve: Resolve = (name, _options, done) =>
      done(null, [{ address: name === 'proxy.test' ? '203.0.113.9' : '10.1.2.3', family: 4 }])
    expect(await call({ proxy: new URL('http://proxy.test:3128'), origin: 'http://near.test', resolve })).toContain(
      'OUTBOUND_FORBIDDEN',
    )
  })

  test('a name of this machine is reached without it', async () => {
    const proxy = await use(startConnectProxy())
    const near = await startStagedUpstream('http', (reply, { path }) => reply.whole(200, {}, path))
    expect(await call({ proxy: proxy.url, origin: `http://near.test:${near.port}`, resolve: to('127.0.0.1') })).toBe(good)
    expect(proxy.asked).toEqual([])
    await near.close()
  })
})

describe('what people are told', () => {
  test.each([
    [403, 'answered 403 instead of a tunnel to upstream.test:'],
    [407, 'wants a user name and a password'],
  ])('an HTTP proxy that says %d', async (refuse, words) => {
    const proxy = await use(startConnectProxy({ refuse }))
    const said = await call({ proxy: proxy.url })
    expect(said).toMatch(/^fail connect OUTBOUND_REFUSED: The proxy http:\/\/127\.0\.0\.1:\d+ /)
    expect(said).toContain(words)
  })

  test('a SOCKS5 proxy that refuses', async () => {
    const proxy = await use(startSocksProxy({ refuse: 2 }))
    expect(await call({ proxy: proxy.url })).toMatch(
      /^fail connect OUTBOUND_REFUSED: The proxy socks5h:\/\/127.* did not lead to upstream\.test:\d+: not allowed by its rules\.$/,
    )
  })

  test.each([
    ['HTTP', 'http'],
    ['SOCKS5', 'socks5h'],
  ])('one that is not there, %s', async (_kind, scheme) => {
    expect(await call({ proxy: new URL(`${scheme}://127.0.0.1:9`) })).toMatch(
      /OUTBOUND_UNREACHABLE: The proxy .*:9 .*ECONNREFUSED/,
    )
  })

  test.each([
    ['HTTP', startConnectProxy],
    ['SOCKS5', startSocksProxy],
  ])('one that never says a word, %s', async (_kind, start) => {
    const proxy = await use(start({ silent: true }))
    expect(await call({ proxy: proxy.url, connectMs: 200 })).toMatch(/OUTBOUND_TIMEOUT: The proxy .* within 0\.2 s/)
  })

  test.each([
    ['something else', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'does not speak SOCKS5'],
    ['nothing, and hangs up', '', 'closed the connection'],
  ])('one that speaks %s', async (_what, words, said) => {
    const server = createServer((socket) => void socket.end(words))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await call({ proxy: new URL(`socks5h://127.0.0.1:${port}`) })).toContain(`OUTBOUND_REFUSED`)
    expect(await call({ proxy: new URL(`socks5h://127.0.0.1:${port}`) })).toContain(said)
    server.close()
  })
})

describe('calls that Keywheel makes itself', () => {
  test('go the same way', async () => {
    const proxy = await use(startSocksProxy())
    const { fetchBy, close } = createGuardedFetch({ trust: () => believed })
    const answer = await fetchBy({ proxy: proxy.url, http2: false })(`https://upstream.test:${upstream.port}/v1/models`)
    expect(await answer.text()).toBe('/v1/models')
    expect(proxy.asked).toEqual([`upstream.test:${upstream.port}`])
    await close()
  })
})

describe('connections', () => {
  test('are shared by calls that go the same way, and of many ways the oldest is let go', async () => {
    const agents = createUpstreamAgents({})
    const way = (port: number): Way => ({ proxy: new URL(`http://127.0.0.1:${port}`), http2: false })
    const first = agents.agentFor(1000, way(1))
    expect(agents.agentFor(1000, way(1))).toBe(first)
    expect(agents.agentFor(1000, { ...way(1), login: { user: 'a', password: 'b' } })).not.toBe(first)
    expect(agents.agentFor(1000, { ...way(1), http2: true })).not.toBe(first)
    expect(agents.agentFor(2000, way(1))).not.toBe(first)
    for (let port = 2; port < 250; port++) agents.agentFor(1000, way(port))
    expect(agents.agentFor(1000, way(1))).toBe(first)
    for (let port = 250; port < 600; port++) agents.agentFor(1000, way(port))
    expect(agents.agentFor(1000, way(1))).not.toBe(first)
    await agents.close()
  })
})
