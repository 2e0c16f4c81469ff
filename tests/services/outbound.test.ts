/** By which way calls leave: what the key, the pool, the settings and the environment say. */
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../src-main/services/catalog.ts'
import { noProxy } from '../../src-main/services/outbound/exceptions.ts'
import { createWays, type Leaving } from '../../src-main/services/outbound/outbound.ts'
import type { ConfigWrites, KeyRow } from '../../src-main/storage/types.ts'
import { poolConfig, type Settings, settingsSchema } from '../../src-preload/contract/index.ts'

interface Said {
  env?: Record<string, string>
  settings?: Partial<Settings>
  key?: string | null
  pool?: string | null
  http2?: boolean
  url?: string
}

function rig({ env = {}, settings = {}, key = null, pool = null, http2 = false, url = 'https://api.openai.com/v1' }: Said) {
  let current = settingsSchema.parse(settings)
  let told: (writes: ConfigWrites) => void = () => {}
  const catalog: Pick<Catalog, 'keys' | 'settings' | 'observe'> = {
    keys: new Map([['k', { outbound: key } as KeyRow]]),
    settings: () => current,
    observe: (observer) => {
      told = observer
    },
  }
  const wayFor = createWays({ catalog, env })
  const leaving: Leaving = { baseUrl: new URL(url), config: { ...poolConfig.parse({}), outbound: pool, http2 } }
  return {
    way: () => wayFor('k', leaving),
    wayOf: (keyId: string) => wayFor(keyId, leaving),
    change(putSettings: Partial<Settings>) {
      current = settingsSchema.parse({ ...current, ...putSettings })
      told({ putSettings })
    },
  }
}

const proxyOf = (said: Said) => rig(said).way().proxy?.href ?? null

const envProxy = { HTTPS_PROXY: 'http://env:3128' }

describe('the way out', () => {
  it.each<[what: string, said: Said, proxy: string | null]>([
    ['nothing said', {}, null],
    ['the environment', { env: envProxy }, 'http://env:3128/'],
    ['settings before the environment', { env: envProxy, settings: { outbound: 'http://set:1' } }, 'http://set:1/'],
    ['settings say direct', { env: envProxy, settings: { outbound: 'direct' } }, null],
    ['the pool before settings', { settings: { outbound: 'http://set:1' }, pool: 'socks5h://pool:2' }, 'socks5h://pool:2'],
    ['the pool says direct', { settings: { outbound: 'http://set:1' }, pool: 'direct' }, null],
    ['the pool says system', { env: envProxy, settings: { outbound: 'direct' }, pool: 'system' }, 'http://env:3128/'],
    ['the key before the pool', { pool: 'http://pool:2', key: 'https://key:3' }, 'https://key:3/'],
    ['the key says direct', { pool: 'http://pool:2', key: 'direct' }, null],
    ['lower case first', { env: { ...envProxy, https_proxy: 'http://low:1' } }, 'http://low:1/'],
    ['for everything', { env: { ALL_PROXY: 'socks5://all:1080' } }, 'socks5://all:1080'],
    ['its own before the one for everything', { env: { ...envProxy, ALL_PROXY: 'socks5://all:1080' } }, 'http://env:3128/'],
    ['an empty variable', { env: { https_proxy: '', HTTPS_PROXY: 'http://env:3128' } }, 'http://env:3128/'],
    ['another protocol’s', { env: { HTTP_PROXY: 'http://plain:1' } }, null],
    ['for plain http', { env: { ...envProxy, HTTP_PROXY: 'http://plain:1' }, url: 'http://10.1.2.3/v1' }, 'http://plain:1/'],
    ['host and port alone', { env: { HTTPS_PROXY: 'env:3128' } }, 'http://env:3128/'],
    ['as desktops write SOCKS', { env: { ALL_PROXY: 'socks://127.0.0.1:1080/' } }, 'socks5://127.0.0.1:1080/'],
    ['NO_PROXY', { env: { ...envProxy, NO_PROXY: 'openai.com' } }, null],
    ['NO_PROXY is only about the environment', { env: { NO_PROXY: '*' }, pool: 'http://pool:2' }, 'http://pool:2/'],
    ['the exceptions in settings are about all', { settings: { noProxy: 'api.openai.com' }, key: 'http://key:3' }, null],
    ['this machine by name', { key: 'http://key:3', url: 'http://localhost:11434/v1' }, null],
    ['this machine by address', { key: 'http://key:3', url: 'http://127.9.9.9:1/v1' }, null],
    ['this machine by IPv6', { key: 'http://key:3', url: 'http://[::1]:1/v1' }, null],
    ['this machine with a dot', { key: 'http://key:3', url: 'https://LOCALHOST.:1/v1' }, null],
    ['a name that only looks like it', { key: 'http://key:3', url: 'https://localhost.example.com' }, 'http://key:3/'],
  ])('%s', (_what, said, proxy) => {
    expect(proxyOf(said)).toBe(proxy)
  })

  it('a password with a bare % is one, too', () => {
    const { login } = rig({ env: { HTTPS_PROXY: 'http://me:100%sure@env:3128' } }).way()
    expect(login).toEqual({ user: 'me', password: '100%sure' })
  })

  it('user and password of the environment go apart from the address', () => {
    const { proxy, login } = rig({ env: { HTTPS_PROXY: 'http://me%40corp:p%3Aw@env:3128' } }).way()
    expect(proxy?.href).toBe('http://env:3128/')
    expect(login).toEqual({ user: 'me@corp', password: 'p:w' })
  })

  it.each(['socks4://old:1080', 'ftp://x', 'http://', 'nonsense://', 'http://:secret@'])(
    'an environment that says %s is an error that names the variable and no value, never a way without a proxy',
    (value) => {
      const { way } = rig({ env: { HTTPS_PROXY: value.replace('://', '://me:hunter2@') } })
      expect(way).toThrow(/HTTPS_PROXY/)
      expect(way).not.toThrow(/hunter2/)
      expect(rig({ env: { HTTPS_PROXY: value }, pool: 'direct' }).way().proxy).toBeNull()
    },
  )

  it('a change of settings counts from the next call on', () => {
    const { way, change } = rig({ settings: { outbound: 'http://set:1' } })
    const before = way()
    expect(way()).toBe(before)
    change({ outbound: 'http://set:2' })
    expect(way().proxy?.href).toBe('http://set:2/')
    change({ noProxy: '.openai.com' })
    expect(way().proxy).toBeNull()
    expect(before.proxy?.href).toBe('http://set:1/')
  })

  it('a key that is not known goes as its pool does, and HTTP/2 is as the pool says', () => {
    expect(rig({ pool: 'http://pool:2', http2: true }).wayOf('gone')).toMatchObject({ http2: true })
    expect(rig({ http2: true }).way()).toEqual({ proxy: null, http2: true })
  })
})

describe('exceptions', () => {
  it.each<[list: string, host: string, port: number, excepted: boolean]>([
    ['', 'a.com', 443, false],
    ['*', 'a.com', 443, true],
    ['a.com', 'a.com', 443, true],
    ['a.com', 'A.COM', 443, true],
    ['A.com', 'x.a.com', 443, true],
    ['.a.com', 'x.a.com', 443, true],
    ['*.a.com', 'x.y.a.com', 443, true],
    ['a.com', 'ba.com', 443, false],
    ['x.a.com', 'a.com', 443, false],
    ['b.com, a.com', 'a.com', 443, true],
    ['b.com a.com', 'a.com', 443, true],
    ['a.com:8443', 'a.com', 443, false],
    ['a.com:8443', 'a.com', 8443, true],
    ['10.0.0.0/8', '10.9.8.7', 443, true],
    ['10.0.0.0/8', '11.0.0.1', 443, false],
    ['10.0.0.0/8', '10.example.com', 443, false],
    ['10.0.0.1', '10.0.0.1', 443, true],
    ['10.0.0.1:80', '10.0.0.1', 443, false],
    ['::1', '::1', 443, true],
    ['[fd00::1]:443', 'fd00::1', 443, true],
    ['fd00::/8', 'fd12::1', 443, true],
    ['10.0.0.0/99', '10.0.0.1', 443, false],
    ['10.0.0.0/x', '10.0.0.1', 443, false],
    ['.', 'a.com', 443, false],
    [',,', 'a.com', 443, false],
  ])('%j and %s:%d', (list, host, port, excepted) => {
    expect(noProxy(list)(host, port)).toBe(excepted)
  })
})
