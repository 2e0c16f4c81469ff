/** Which addresses a connection to an upstream may be made to, whatever its name says. */
import { BlockList, isIPv6 } from 'node:net'

/** Why an address is not connected to. Neither is ever a key's fault, and another key would meet the same. */
const refusals = ['UPSTREAM_FORBIDDEN', 'UPSTREAM_LOOP'] as const
export type AddressRefusal = (typeof refusals)[number]

export function isAddressRefusal(code: string): code is AddressRefusal {
  return (refusals as readonly string[]).includes(code)
}

interface Destination {
  /** An IPv4 or IPv6 address, not a name. */
  address: string
  port: number
  /** With the colon, as in a URL. */
  protocol: string
  /** Where this proxy listens on loopback. */
  ownPort: number
}

/** Unspecified, link-local, cloud metadata, multicast and reserved: no upstream is there. */
const forbidden = listOf([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // EC2's metadata service by IPv6.
  ['fd00:ec2::', 32],
  // 169.254/16 behind a NAT64 gateway.
  ['64:ff9b::a9fe:0', 112],
])

const loopback = listOf([
  ['127.0.0.0', 8],
  ['::1', 128],
])

/** Addresses that are not reached over the internet; 100.64/10 is what overlay networks and carriers use. */
const nearby = listOf([
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['::1', 128],
  ['fc00::', 7],
])

/**
 * Null when it may be connected to. Over https the certificate vouches for the name, so only what no upstream has is refused;
 * http is for this machine and network alone, or a key would travel in clear.
 */
export function addressRefusal({ address, port, protocol, ownPort }: Destination): AddressRefusal | null {
  if (isIn(forbidden, address) || (protocol === 'http:' && !isIn(nearby, address))) return 'UPSTREAM_FORBIDDEN'
  return port === ownPort && isLoopback(address) ? 'UPSTREAM_LOOP' : null
}

/** An address of this machine itself. */
export function isLoopback(address: string): boolean {
  return isIn(loopback, address)
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function listOf(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, isIPv6(net) ? 'ipv6' : 'ipv4')
  return list
}
