/** The implementations of the two borders to the network, each against the suite that all of them must pass. */
import { systemClock } from '../../src-main/pool/clock.ts'
import { createHttpAcceptor } from '../../src-main/proxy/http-acceptor.ts'
import { createUndiciForwarder } from '../../src-main/proxy/undici-forwarder.ts'
import { acceptorConformance, forwarderConformance } from './conformance.ts'

const pace = { windowMs: 5000, minBytesPerSecond: 1 }
const limits = { headersMs: 5000, maxConnections: 100, pace, writeStallMs: 5000, lingerMs: 200 }

acceptorConformance('node:http', (onExchange) => createHttpAcceptor({ clock: systemClock(), limits, onExchange }))
forwarderConformance('undici', createUndiciForwarder)
