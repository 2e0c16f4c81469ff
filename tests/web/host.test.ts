/** Opening and closing the page's port. */
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createRouter } from '../../src-main/api/index.ts'
import { createWebHost } from '../../src-main/web/index.ts'
import { fakeServices, keptLog } from '../api/fake-services.ts'
import { adminToken, openHost } from './host.ts'

const open: Array<() => Promise<void> | void> = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

function occupy(host: string, port = 0): Promise<{ port: number; server: Server }> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen({ host, port, exclusive: true }, () => resolve({ port: (server.address() as AddressInfo).port, server }))
    open.push(() => void server.close())
  })
}

function newHost(rendererDir = join(import.meta.dirname, 'no-such-directory')) {
  const services = fakeServices()
  const log = keptLog()
  const host = createWebHost({ router: createRouter(), services, rendererDir, adminToken, log, clock: { mono: () => 0 } })
  open.push(() => host.close())
  return { host, log, services }
}

const canConnect = (port: number, host: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, host, () => (socket.destroy(), resolve(true))).on('error', () => resolve(false))
  })

describe('the web host', () => {
  it('listens on both loopback families with one port, and on nothing else', async () => {
    const { host } = newHost()
    const { port } = await host.listen(0)
    expect(await canConnect(port, '127.0.0.1')).toBe(true)
    expect(await canConnect(port, '::1')).toBe(true)
    expect(await canConnect(port, '127.0.0.2')).toBe(false)
  })

  it.each(['127.0.0.1', '::1'])(
    'refuses a port that is taken on %s, names a free one, and leaves nothing open',
    async (family) => {
      const taken = await occupy(family)
      const { host } = newHost()
      const error = await host.listen(taken.port).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'PORT_TAKEN', data: { nextPort: expect.any(Number) } })
      taken.server.close()
      expect(await canConnect(taken.port, '127.0.0.1')).toBe(false)
      const { nextPort } = (error as { data: { nextPort: number } }).data
      expect(await host.listen(nextPort)).toEqual({ port: nextPort })
    },
  )

  it('has no address before it listens and an address with a new code each time afterwards', async () => {
    const { host } = newHost()
    expect(() => host.newLoginUrl()).toThrow('does not listen yet')
    const { port } = await host.listen(0)
    const urls = [host.newLoginUrl(), host.newLoginUrl()]
    expect(urls[0]).not.toBe(urls[1])
    for (const url of urls) expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/#code=[A-Za-z0-9_-]{22}$`))
  })

  it('serves scripts without a built page, and says what is missing', async () => {
    const { host, log } = newHost()
    const { port } = await host.listen(0)
    const page = await fetch(`http://127.0.0.1:${port}/`)
    expect([page.status, await page.json()]).toMatchObject([404, { message: expect.stringContaining('npm run build') }])
    expect(log.lines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('npm run build') })
    const api = await fetch(`http://127.0.0.1:${port}/api/pools`, { headers: { authorization: `Bearer ${adminToken}` } })
    expect(api.status).toBe(200)
  })

  it('serves assets for ever and the page never from a cache; HEAD without a body', async () => {
    const { host, base } = await openHost()
    open.push(() => host.close())
    const asset = await fetch(`${base}/assets/index-abc.js`)
    expect([asset.headers.get('content-type'), asset.headers.get('cache-control')]).toEqual([
      'text/javascript; charset=utf-8',
      'max-age=31536000, immutable',
    ])
    const head = await fetch(base, { method: 'HEAD' })
    expect([head.status, head.headers.get('cache-control'), await head.text()]).toEqual([200, 'no-store', ''])
  })

  it('closes with live data under way, lets other calls finish, and frees the port', async () => {
    const { host, services, api, port } = await openHost()
    const live = await api('/live')
    const stopped = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    services.proxy.stop = () => {
      asked.resolve()
      return stopped.promise.then(() => services.proxy.status())
    }
    const slow = api('/proxy/stop', { method: 'POST' })
    await asked.promise
    while (services.listeners() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const closed = host.close()
    await expect(live.text()).rejects.toThrow('terminated')
    while (services.listeners() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    stopped.resolve()
    expect((await slow).status).toBe(200)
    await closed
    expect(await canConnect(port, '127.0.0.1')).toBe(false)
    expect(await canConnect(port, '::1')).toBe(false)
  })

  it('closes although a call never ends', async () => {
    const { host, services, api } = await openHost()
    services.proxy.stop = () => new Promise(() => {})
    const stuck = api('/proxy/stop', { method: 'POST' })
    stuck.catch(() => {})
    await api('/pools')
    await host.close()
    await expect(stuck).rejects.toThrow('fetch failed')
  })
})
