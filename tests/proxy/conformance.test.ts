/** The implementations of the two borders to the network, each against the suite that all of them must pass, by every way there is. */
import { createSecureContext } from 'node:tls'
import { afterAll, beforeAll } from 'vitest'
import { systemClock } from '../../src-main/pool/clock.ts'
import { createHttpAcceptor } from '../../src-main/proxy/accept/http-acceptor.ts'
import type { Resolve } from '../../src-main/proxy/forward/guarded-connect.ts'
import { createUndiciForwarder } from '../../src-main/proxy/forward/undici-forwarder.ts'
import { makeAuthority } from '../support/authority.ts'
import { type OutboundProxy, startConnectProxy, startSocksProxy } from '../support/outbound-proxies.ts'
import { acceptorConformance } from './acceptor-conformance.ts'
import { forwarderConformance } from './forwarder-conformance.ts'

const pace = { windowMs: 5000, minBytesPerSecond: 1 }
const limits = { headersMs: 5000, maxConnections: 100, pace, writeStallMs: 5000, lingerMs: 200 }

acceptorConformance('node:http', (onExchange) => createHttpAcceptor({ clock: systemClock(), limits, onExchange }))

const authority = makeAuthority()
const tls = authority.issue('DNS:upstream.test', 'DNS:localhost', 'IP:127.0.0.1')
const believed = createSecureContext({ ca: authority.ca })
const trust = () => believed
/** A name in this network, for the ways on which names are looked up here. */
const resolve: Resolve = (_name, _options, done) => done(null, [{ address: '10.1.2.3', family: 4 }])

let http: OutboundProxy
let https: OutboundProxy
let socks: OutboundProxy
let socksHere: OutboundProxy
beforeAll(async () => {
  http = await startConnectProxy()
  https = await startConnectProxy({ tls })
  socks = await startSocksProxy({ piecemeal: true })
  socksHere = await startSocksProxy({}, 'socks5')
})
afterAll(() => Promise.all([http, https, socks, socksHere].map((proxy) => proxy.close())))

const make = () => createUndiciForwarder({ trust, resolve })
const direct = { make, way: () => ({ proxy: null, http2: false }), host: '127.0.0.1', nobody: 'ECONNREFUSED' }
const led = { make, host: 'upstream.test', nobody: 'OUTBOUND_REFUSED', tls }

forwarderConformance('undici', { ...direct, kind: 'http' })
forwarderConformance('undici, TLS', { ...direct, kind: 'https', tls })
forwarderConformance('undici, HTTP/2', { ...direct, kind: 'h2', tls, way: () => ({ proxy: null, http2: true }) })
forwarderConformance('undici, HTTP/2 where only HTTP/1.1 is offered', {
  ...direct,
  kind: 'https',
  tls,
  way: () => ({ proxy: null, http2: true }),
})
forwarderConformance('undici through an HTTP proxy', { ...led, kind: 'https', way: () => ({ proxy: http.url, http2: false }) })
forwarderConformance('undici, HTTP/2 through an HTTPS proxy', {
  ...led,
  kind: 'h2',
  way: () => ({ proxy: https.url, http2: true }),
})
forwarderConformance('undici through a SOCKS5 proxy', { ...led, kind: 'https', way: () => ({ proxy: socks.url, http2: false }) })
forwarderConformance('undici to a plain upstream through a SOCKS5 proxy', {
  ...led,
  kind: 'http',
  way: () => ({ proxy: socksHere.url, http2: false }),
})
forwarderConformance('undici to a plain upstream through an HTTP proxy', {
  ...led,
  kind: 'http',
  way: () => ({ proxy: http.url, http2: false }),
})
