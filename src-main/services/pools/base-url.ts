/** Which addresses a pool may point to: nothing that could make Keywheel a way into this machine or send keys in clear. */
import { isIP } from 'node:net'
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { ProviderDefinition } from '../../providers/types.ts'
import { addressRefusal } from '../../proxy/forward/upstream-address.ts'

const unsafe = (why: string) =>
  new KeywheelError('UNSAFE_URL', `baseUrl: ${why}`, { fields: [{ path: 'baseUrl', message: why }] })

/**
 * Checks a base URL and gives it back without a trailing slash.
 * https anywhere but link-local and metadata addresses; http only to this machine or a private network. UNSAFE_URL.
 */
export function safeBaseUrl(text: string): string {
  if (!URL.canParse(text)) throw unsafe('give a whole address such as https://api.example.com/v1')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw unsafe('use https://, or http:// for a server on this machine or network')
  if (url.username || url.password) throw unsafe('leave user name and password out of the address')
  if (url.search || url.hash) throw unsafe('leave ? and # out of the address')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isForbidden(host)) throw unsafe('link-local, metadata and unspecified addresses are not allowed')
  if (url.protocol === 'http:' && !isPrivate(host)) throw unsafe('use https:// here; keys would travel in clear')
  return url.href.replace(/\/+$/, '')
}

/** A base URL for this provider: `basePath` is added where there is no path at all. */
export function baseUrlFor({ basePath }: Pick<ProviderDefinition, 'basePath'>, text: string): string {
  const url = safeBaseUrl(text)
  return new URL(url).pathname === '/' ? url + (basePath ?? '') : url
}

/** What is an address already is judged as it will be when it is connected to; a name is judged again then. */
const refusalOf = (address: string, protocol: 'https:' | 'http:') => addressRefusal({ address, port: 0, protocol, ownPort: -1 })

function isForbidden(host: string): boolean {
  return isIP(host) === 0 ? host === 'metadata.google.internal' : refusalOf(host, 'https:') !== null
}

function isPrivate(host: string): boolean {
  if (isIP(host) !== 0) return refusalOf(host, 'http:') === null
  return /(^|\.)localhost$|\.(local|lan|internal|home\.arpa)$/.test(host) || !host.includes('.')
}
