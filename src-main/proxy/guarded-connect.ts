/** How an upstream is connected to: its address is looked at then, for what a name meant when it was typed in proves nothing. */
import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { buildConnector } from 'undici'
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
}

/** undici's `connect` option for one origin. Connecting fails with an AddressRefusal as its code; `connectMs` is for address, TCP and TLS. */
export function guardedConnect(
  origin: URL,
  connectMs: number,
  { resolve = lookup, ownPort = () => 0 }: ConnectGuard,
): buildConnector.connector | buildConnector.BuildOptions {
  const { protocol } = origin
  const port = Number(origin.port || (protocol === 'https:' ? 443 : 80))
  const check = (address: string) => addressRefusal({ address, port, protocol, ownPort: ownPort() })
  const host = origin.hostname.replace(/^\[|\]$/g, '')
  // Node does not look up what is an address already.
  const refusal = isIP(host) === 0 ? null : check(host)
  if (refusal !== null) return (_options, done) => process.nextTick(done, refused(refusal), null)
  return { timeout: connectMs, lookup: checkedLookup(resolve, check) }
}

/** Leaves out the addresses that may not be used; a name that has no other is refused. */
function checkedLookup(resolve: Resolve, check: (address: string) => AddressRefusal | null): LookupFunction {
  return (hostname, options, done) =>
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? []
      if (error !== null || first === undefined) return done(error ?? noAddress(), [])
      const usable = found.filter(({ address }) => check(address) === null)
      const [best] = usable
      if (best === undefined) return done(refused(check(first.address) ?? 'UPSTREAM_FORBIDDEN'), [])
      return options.all === true ? done(null, usable) : done(null, best.address, best.family)
    })
}

function refused(code: AddressRefusal): NodeJS.ErrnoException {
  return Object.assign(new Error('an address that is not connected to'), { code })
}

function noAddress(): NodeJS.ErrnoException {
  return Object.assign(new Error('a name without an address'), { code: 'ENOTFOUND' })
}
