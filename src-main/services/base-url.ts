/** Which addresses a pool may point to: nothing that could make Keywheel a way into this machine or send keys in clear. */
import { isIP } from 'node:net'
import { KeywheelError } from '../../src-preload/contract/index.ts'

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

function isForbidden(host: string): boolean {
  if (isIP(host) === 4) return /^(0|169\.254|22[4-9]|23\d|24\d|25[0-5])\./.test(`${host}.`)
  if (isIP(host) === 6) return /^(fe[89ab]|ff|::$|fd00:ec2:|::ffff:)/i.test(host)
  return host === 'metadata.google.internal'
}

function isPrivate(host: string): boolean {
  if (isIP(host) === 4) return /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host)
  if (isIP(host) === 6) return host === '::1' || /^f[cd]/i.test(host)
  return host === 'localhost' || /\.(local|lan|internal|home\.arpa|localhost)$/.test(host) || !host.includes('.')
}
