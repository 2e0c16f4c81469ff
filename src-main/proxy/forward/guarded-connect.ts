/** How an upstream is connected to: its address is looked at then, for what a name meant when it was typed in proves nothing. */
import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { SecureContext } from 'node:tls'
import { buildConnector } from 'undici'
import { type AddressRefusal, addressRefusal } from './upstream-address.ts'

/** Names to addresses, as node:dns does it. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

export interface ConnectGuard {
  /** The system's resolver unless told. */
  resolve?: Resolve | undefined
  /** Where this proxy listens: a call to there would come back to it for ever. */
  ownPort?: (() => number) | undefined
  /** The authorities whose certificates are believed; Node's own unless told. Asked at each new connection. Throws OUTBOUND_CA. */
  trust?: (() => SecureContext) | undefined
}

interface Destination {
  /** With its scheme's colon; http is for this machine and network alone. */
  protocol: string
  /** A name or an address, without brackets. */
  host: string
  port: number
}

/** Host and port of an address as it is written. */
export function destinationOf(url: URL): Destination {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : url.protocol.startsWith('socks') ? 1080 : 80))
  return { protocol: url.protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port }
}

type Check = (address: string) => AddressRefusal | null

function checkFor({ protocol, port }: Destination, { ownPort = () => 0 }: ConnectGuard): Check {
  return (address) => addressRefusal({ address, port, protocol, ownPort: ownPort() })
}

/** Connects to one place. Fails with an AddressRefusal as its code; `connectMs` is for address, TCP and TLS. */
export function guardedConnect(
  to: Destination,
  connectMs: number,
  guard: ConnectGuard,
  allowH2 = false,
): buildConnector.connector {
  const check = checkFor(to, guard)
  // Node does not look up what is an address already.
  const refusal = isIP(to.host) === 0 ? null : check(to.host)
  if (refusal !== null) return (_options, done) => process.nextTick(done, refused(refusal), null)
  return trusting(guard, { timeout: connectMs, lookup: checkedLookup(guard.resolve ?? lookup, check), allowH2 })
}

/** undici's own connector, with the authorities that are believed just then. */
export function trusting({ trust }: ConnectGuard, options: buildConnector.BuildOptions): buildConnector.connector {
  let believed: SecureContext | undefined
  let connect: buildConnector.connector | undefined
  return (to, done) => {
    try {
      const now = to.protocol === 'https:' ? trust?.() : undefined
      if (connect === undefined || now !== believed) {
        believed = now
        connect = buildConnector(now === undefined ? options : { ...options, secureContext: now })
      }
    } catch (error) {
      process.nextTick(done, error, null)
      return
    }
    connect(to, done)
  }
}

/** Leaves out the addresses that may not be used; a name that has no other is refused. */
function usable(resolve: Resolve, check: Check): Resolve {
  return (hostname, options, done) =>
    resolve(hostname, options, (error, found) => {
      const [first] = found ?? []
      if (error !== null || first === undefined) return done(error ?? noAddress(), [])
      const good = found.filter(({ address }) => check(address) === null)
      if (good.length === 0) return done(refused(check(first.address) ?? 'UPSTREAM_FORBIDDEN'), [])
      return done(null, good)
    })
}

/** The same as Node's sockets ask for it. */
function checkedLookup(resolve: Resolve, check: Check): LookupFunction {
  const look = usable(resolve, check)
  return (hostname, options, done) =>
    look(hostname, { ...options, all: true }, (error, found) => {
      const [best] = found
      if (error !== null || best === undefined) return done(error ?? noAddress(), [])
      return options.all === true ? done(null, found) : done(null, best.address, best.family)
    })
}

/** The first address of a name that may be used; an address is its own. Rejects with an AddressRefusal as its code, or the resolver's. */
export function guardedAddress(to: Destination, guard: ConnectGuard): Promise<string> {
  const check = checkFor(to, guard)
  return new Promise((resolve, reject) => {
    if (isIP(to.host) !== 0) {
      const refusal = check(to.host)
      return refusal === null ? resolve(to.host) : reject(refused(refusal))
    }
    usable(guard.resolve ?? lookup, check)(to.host, { all: true }, (error, [best]) =>
      best === undefined ? reject(error ?? noAddress()) : resolve(best.address),
    )
  })
}

function refused(code: AddressRefusal): NodeJS.ErrnoException {
  return Object.assign(new Error('an address that is not connected to'), { code })
}

function noAddress(): NodeJS.ErrnoException {
  return Object.assign(new Error('a name without an address'), { code: 'ENOTFOUND' })
}
