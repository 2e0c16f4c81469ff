/** The proxies that the environment names, as curl and most other programs read them. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { ProxyLogin } from '../../proxy/types.ts'
import { type Excepts, noProxy } from './exceptions.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface ProxyAddress {
  proxy: URL
  login?: ProxyLogin
}

export interface EnvironmentProxies {
  /** For upstreams of this protocol (with its colon); null = none. INVALID_INPUT when what is named is no proxy that can be used. */
  proxyFor(protocol: string): ProxyAddress | null
  excepts: Excepts
}

/** Read when it is asked for: a variable that nobody needs may hold anything. */
export function environmentProxies(env: Environment): EnvironmentProxies {
  const named = (...names: string[]) => {
    // Lower case first, as in curl. An empty variable is one that was not set.
    const name = names.flatMap((one) => [one.toLowerCase(), one]).find((one) => env[one])
    return name === undefined ? null : parseProxy(env[name] ?? '', name)
  }
  return {
    proxyFor: (protocol) => (protocol === 'https:' ? named('HTTPS_PROXY', 'ALL_PROXY') : named('HTTP_PROXY', 'ALL_PROXY')),
    excepts: noProxy(env['no_proxy'] || env['NO_PROXY'] || ''),
  }
}

const schemes = ['http:', 'https:', 'socks5:', 'socks5h:']

/** `host:port` alone is an HTTP proxy; `socks:` is what desktops write for SOCKS5. The value is never quoted: it may hold a password. */
function parseProxy(text: string, name: string): ProxyAddress {
  const whole = (/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`).replace(/^socks:/i, 'socks5:')
  const url = URL.parse(whole)
  if (url === null || !schemes.includes(url.protocol) || url.hostname === '') {
    const message = `The environment's ${name} is no proxy that Keywheel can use. Give it an address such as http://proxy:3128 or socks5://127.0.0.1:1080, or choose another way in Settings.`
    throw new KeywheelError('INVALID_INPUT', message, { fields: [{ path: name, message }] })
  }
  const login = { user: decoded(url.username), password: decoded(url.password) }
  url.username = ''
  url.password = ''
  return login.user === '' && login.password === '' ? { proxy: url } : { proxy: url, login }
}

/** Many write a password as it is, with its % signs. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
