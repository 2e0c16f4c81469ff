/** Hosts that are reached without a proxy, as NO_PROXY lists them. */
import { BlockList, isIP } from 'node:net'

/** Tells whether a host (a name, or an address without brackets) and its port are on the list. */
export type Excepts = (host: string, port: number) => boolean

/**
 * Entries are divided by commas or blanks: `*` = everything, a name = itself and what is below it (with or without `.` or `*.` in
 * front), an address, a range such as `10.0.0.0/8`; each may end with `:port`. What is none of these excepts nothing.
 */
export function noProxy(list: string): Excepts {
  const tests = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(entryTest)
  return (host, port) => tests.some((fits) => fits(host.toLowerCase(), port))
}

function entryTest(entry: string): Excepts {
  if (entry === '*') return () => true
  const { host, port } = split(entry.toLowerCase())
  const fits = hostTest(host)
  return (asked, at) => (port === null || port === at) && fits(asked)
}

/** `[::1]:80`, `::1`, `name:80`, `10.0.0.0/8`. */
function split(entry: string): { host: string; port: number | null } {
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]+)\]|((?:[^:]*:){2,}[^:]*|[^:]*))(?::(\d{1,5}))?$/.exec(entry) ?? []
  return { host: bracketed ?? plain, port: port === undefined ? null : Number(port) }
}

function hostTest(pattern: string): (host: string) => boolean {
  const [address = '', prefix] = pattern.split('/')
  const family = isIP(address)
  if (family === 0) return nameTest(pattern.replace(/^\*?\./, ''))
  const range = new BlockList()
  const type = family === 6 ? 'ipv6' : 'ipv4'
  const bits = prefix === undefined ? Number.NaN : Number(prefix)
  if (prefix === undefined) range.addAddress(address, type)
  else if (Number.isInteger(bits) && bits >= 0 && bits <= (family === 6 ? 128 : 32)) range.addSubnet(address, bits, type)
  return (host) => isIP(host) !== 0 && range.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}

function nameTest(name: string): (host: string) => boolean {
  return (host) => name !== '' && (host === name || host.endsWith(`.${name}`))
}
