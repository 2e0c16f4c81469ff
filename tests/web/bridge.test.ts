/** The window's side of both transports: a headless page against a real host, a desktop window against a real port. */
import type { MessagePort as NodeMessagePort } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { createRouter, type ServedPortHandle, serveMessagePort } from '../../src-main/api/index.ts'
import type { LiveBatch } from '../../src-preload/contract/index.ts'
import { backOff } from '../../src-renderer/bridge/follow-live.ts'
import { type Connection, type ConnectionState, connect } from '../../src-renderer/bridge/index.ts'
import type { Page } from '../../src-renderer/bridge/page.ts'
import { fakeServices, keptLog } from '../api/fake-services.ts'
import { type OpenHost, openHost } from './host.ts'

const closing: Array<() => Promise<void> | void> = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface FakePage extends Page {
  stored: Map<string, string>
  go(hash: string): void
  reloads: number
}

function pageAt(url: string, more: Partial<Page> = {}): FakePage {
  const { origin, protocol, hash, pathname, search } = new URL(url)
  const stored = new Map<string, string>()
  const listeners = new Set<() => void>()
  const page: FakePage = {
    stored,
    reloads: 0,
    location: { origin, protocol, hash, pathname, search, reload: () => void (page.reloads += 1) },
    history: {
      state: null,
      replaceState: (_state, _title, path) => void (page.location.hash = new URL(String(path), origin).hash),
    },
    sessionStorage: {
      getItem: (name) => stored.get(name) ?? null,
      setItem: (name, value) => void stored.set(name, value),
      removeItem: (name) => void stored.delete(name),
    },
    navigator: { userAgent: 'Mozilla/5.0 Chrome/153.0.0.0' },
    fetch: (input, init) => fetch(input, init),
    postMessage: () => {},
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
    go(to) {
      page.location.hash = to
      for (const listener of listeners) listener()
    },
    ...more,
  }
  return page
}

function opened(page: Page): Connection {
  const connection = connect(page)
  closing.unshift(() => connection.close())
  return connection
}

async function host(): Promise<OpenHost> {
  const at = await openHost()
  closing.push(() => at.host.close())
  return at
}

async function reached(connection: Connection, state: ConnectionState): Promise<void> {
  while (connection.state() !== state) await new Promise((resolve) => setTimeout(resolve, 5))
}

function nextBatch(connection: Connection): Promise<LiveBatch> {
  return new Promise((resolve) => {
    const off = connection.onLive((batch) => (off(), resolve(batch)))
  })
}

describe('a headless page', () => {
  it('exchanges the code at once, takes it out of the address, and calls', async () => {
    const at = await host()
    const page = pageAt(at.host.newLoginUrl())
    const connection = opened(page)
    expect(page.location.hash).toBe('')
    expect(await connection.client.pools.list()).toHaveLength(1)
    await reached(connection, 'open')
    expect([...page.stored.values()]).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
  })

  it('goes on with its session after a reload, without a code', async () => {
    const at = await host()
    const first = pageAt(at.host.newLoginUrl())
    await opened(first).client.pools.list()
    const second = pageAt(at.base)
    for (const [name, value] of first.stored) second.stored.set(name, value)
    expect(await opened(second).client.pools.list()).toHaveLength(1)
  })

  it.each(['', '#code=wrongwrongwrongwrongw'])('is expired without a session (%j), and says so to every call', async (hash) => {
    const at = await host()
    const connection = opened(pageAt(`${at.base}/${hash}`))
    await expect(connection.client.pools.list()).rejects.toMatchObject({ name: 'ConnectionError', reason: 'expired' })
    await reached(connection, 'expired')
  })

  it('expires when its bearer is no longer known, and comes back with a new address in the same tab', async () => {
    const at = await host()
    const page = pageAt(at.base)
    page.stored.set('keywheel.session', 'a bearer of an earlier run')
    const connection = opened(page)
    await reached(connection, 'expired')
    expect(page.stored.size).toBe(0)
    page.go(new URL(at.host.newLoginUrl()).hash)
    await reached(connection, 'open')
    expect(page.location.hash).toBe('')
    expect(await connection.client.pools.list()).toHaveLength(1)
  })

  it('is where it was when a new address was opened in it', async () => {
    const at = await host()
    const page = pageAt(at.host.newLoginUrl())
    const connection = opened(page)
    await reached(connection, 'open')
    page.go('#/keys?sheet=pool')
    page.go(new URL(at.host.newLoginUrl()).hash)
    expect(page.location.hash).toBe('#/keys?sheet=pool')
    expect(await connection.client.pools.list()).toHaveLength(1)
  })

  it('expires when a call is refused for want of a session', async () => {
    const at = await host()
    const connection = opened(pageAt(at.host.newLoginUrl()))
    await reached(connection, 'open')
    at.clock.at += 8 * 24 * 3_600_000
    await expect(connection.client.pools.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect(connection.state()).toBe('expired')
  })

  it('gets live data in batches, and gives errors their codes', async () => {
    const at = await host()
    const connection = opened(pageAt(at.host.newLoginUrl()))
    await reached(connection, 'open')
    const batch = nextBatch(connection)
    while (at.services.listeners() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    at.services.emit({ type: 'changed', what: 'keys' })
    expect(await batch).toEqual({ events: [{ type: 'changed', what: 'keys' }], dropped: 0 })
    await expect(connection.client.pools.get({ slug: 'none' })).rejects.toMatchObject({ code: 'POOL_NOT_FOUND', defined: true })
  })

  it('is lost when Keywheel stops answering, tries again, and says that something was missed', async () => {
    const at = await host()
    let reachable = true
    const streams = new Set<AbortController>()
    const page = pageAt(at.host.newLoginUrl(), {
      fetch: (input, init) => {
        if (!reachable) return Promise.reject(new TypeError('fetch failed'))
        const cut = new AbortController()
        streams.add(cut)
        const own = input instanceof Request ? input.signal : undefined
        return fetch(input, { ...init, signal: own ? AbortSignal.any([own, cut.signal]) : cut.signal })
      },
    })
    const connection = opened(page)
    await reached(connection, 'open')
    reachable = false
    for (const stream of streams) stream.abort()
    await reached(connection, 'lost')
    await expect(connection.client.pools.list()).rejects.toMatchObject({ name: 'ConnectionError', reason: 'lost' })
    const missed = nextBatch(connection)
    reachable = true
    connection.retry()
    expect(await missed).toEqual({ events: [], dropped: 1 })
    expect(connection.state()).toBe('open')
  })

  it('comes back by itself', async () => {
    const at = await host()
    let refusals = 1
    const page = pageAt(at.host.newLoginUrl(), {
      fetch: (input, init) => {
        const isLive = input instanceof Request && input.url.endsWith('/live')
        return isLive && refusals-- > 0 ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init)
      },
    })
    const connection = opened(page)
    const states: ConnectionState[] = []
    connection.subscribe(() => states.push(connection.state()))
    await reached(connection, 'open')
    expect(states).toEqual(['lost', 'open'])
  })

  it('ends its subscription when it is closed', async () => {
    const at = await host()
    const connection = opened(pageAt(at.host.newLoginUrl()))
    await reached(connection, 'open')
    while (at.services.listeners() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    connection.close()
    while (at.services.listeners() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(at.services.listeners()).toBe(0)
  })
})

/** What preload and main do: take the one port and serve it. */
function desktop(more: Partial<Page> = {}) {
  const services = fakeServices()
  const posted: unknown[] = []
  let served: ServedPortHandle | undefined
  const page = pageAt('http://bundle.app.localhost/', {
    navigator: { userAgent: 'Mozilla/5.0 Chrome/150.0.0.0 Electron/45.4.1' },
    postMessage(message, targetOrigin, [port]) {
      posted.push(message, targetOrigin)
      const context = { services, actor: 'local' as const, log: keptLog() }
      served = serveMessagePort(port as unknown as NodeMessagePort, { router: createRouter(), context })
    },
    ...more,
  })
  const connection = opened(page)
  closing.push(() => served?.close())
  return { page, services, connection, posted, served: () => served }
}

describe('a desktop window', () => {
  it('hands over one port, to its own origin only, and calls over it', async () => {
    const { connection, posted } = desktop()
    expect(posted).toEqual(['keywheel:port', '/'])
    expect(await connection.client.pools.list()).toHaveLength(1)
    await reached(connection, 'open')
  })

  it('is told by app: as well, whatever the browser calls itself', () => {
    const { posted } = desktop({
      navigator: { userAgent: 'Chrome' },
      location: { ...pageAt('http://bundle/').location, protocol: 'app:' },
    })
    expect(posted).toHaveLength(2)
  })

  it('rejects waiting and later calls when the port closes, and is lost until the page loads anew', async () => {
    const { connection, services, served, page } = desktop()
    await reached(connection, 'open')
    services.pools.trust = () => new Promise(() => {})
    const waiting = connection.client.pools.trust({ slug: 'main' })
    waiting.catch(() => {})
    await connection.client.pools.list()
    served()?.close()
    await expect(waiting).rejects.toMatchObject({ name: 'ConnectionError', reason: 'lost' })
    await expect(connection.client.pools.list()).rejects.toMatchObject({ name: 'ConnectionError', reason: 'lost' })
    await reached(connection, 'lost')
    connection.retry()
    expect(page.reloads).toBe(1)
  })

  it('uses HTTP in a browser made with Electron that carries a code', async () => {
    const at = await host()
    const page = pageAt(at.host.newLoginUrl(), { navigator: { userAgent: 'Code/1.0 Electron/45.0.0' } })
    expect(await opened(page).client.pools.list()).toHaveLength(1)
  })
})

describe('back-off', () => {
  it('doubles from half a second to ten, a fifth less at most', () => {
    expect([1, 2, 3, 4, 5, 6, 50].map((failures) => backOff(failures, 0))).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    expect(backOff(1, 1)).toBe(400)
  })
})
