import { createServer, type Server } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LiveEvent } from '../../src-preload/contract/index.ts'
import { type House, openHouse, openPool, secretOf } from './house.ts'

async function occupied(): Promise<number> {
  const server: Server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return (server.address() as { port: number }).port
}

/** A port that was free a moment ago. */
async function free(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

function statesOf(house: House): string[] {
  const states: string[] = []
  house.subscribe((event: LiveEvent) => {
    if (event.type === 'proxy.state') states.push(event.status.state)
  })
  return states
}
const answers = (port: number | null) => fetch(`http://127.0.0.1:${port}/healthz`).then(({ status }) => status)

describe('the switch of the proxy', () => {
  test('off and on again leads back to where it was, whoever chose the port', async () => {
    const house = await openHouse()
    const { port } = house.proxy.status()
    await house.proxy.stop('local')
    expect(house.proxy.status()).toMatchObject({ state: 'off', url: null, port: null })
    expect((await house.proxy.start({}, 'local')).port).toBe(port)
    expect(house.settings.get().proxyPort).toBe(8787)
    const chosen = await free()
    expect((await house.proxy.start({ port: chosen }, 'local')).port).toBe(chosen)
    expect(house.settings.get().proxyPort).toBe(chosen)
    await house.proxy.stop('local')
    expect((await house.proxy.start({}, 'local')).port).toBe(chosen)
    const set = await free()
    await house.settings.update({ proxyPort: set }, 'local')
    await house.proxy.stop('local')
    expect((await house.proxy.start({}, 'local')).port).toBe(set)
  })

  test('moving to another port goes through stopping and starting, and never looks off', async () => {
    const house = await openHouse()
    await house.pools.demo('local')
    await expect.poll(() => house.proxy.status().state).toBe('on')
    const states = statesOf(house)
    const port = await free()
    await house.proxy.start({ port }, 'local')
    expect(states.filter((state) => state !== 'degraded')).toEqual(['stopping', 'starting', 'on'])
    expect(await answers(port)).toBe(200)
  })

  test('two at once: one has its way, the other hears that the proxy is busy', async () => {
    const house = await openHouse()
    const port = await free()
    const all = await Promise.allSettled([
      house.proxy.stop('local'),
      house.proxy.start({ port }, 'local'),
      house.proxy.stop('local'),
    ])
    expect(all.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'done'))).toEqual([
      'done',
      'PROXY_BUSY',
      'PROXY_BUSY',
    ])
    const again = await Promise.allSettled([house.proxy.start({ port }, 'local'), house.proxy.start({ port }, 'local')])
    expect(again.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await answers(port)).toBe(200)
  })

  test('a taken port is a state with a way out, and the way out works', async () => {
    const house = await openHouse()
    const taken = await occupied()
    await expect(house.proxy.start({ port: taken }, 'local')).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      data: { nextPort: expect.any(Number) },
    })
    const { state, url, reason } = house.proxy.status()
    expect({ state, url, reason }).toMatchObject({ state: 'error', url: null, reason: { code: 'PORT_TAKEN' } })
    expect(house.settings.get().proxyPort).not.toBe(taken)
    expect((await house.proxy.start({ port: reason?.nextPort ?? 0 }, 'local')).port).toBe(reason?.nextPort)
  })

  test('switched off it stays off at the next start; on, it comes back on its port; a port for one run is not remembered', async () => {
    const house = await openHouse()
    const chosen = await free()
    await house.proxy.start({ port: chosen }, 'local')
    await house.close()
    const second = await openHouse({ dataDir: house.dataDir, proxyPort: undefined })
    expect(second.proxy.status().port).toBe(chosen)
    await second.close()
    const third = await openHouse({ dataDir: house.dataDir, proxyPort: 0 })
    expect(third.proxy.status().port).not.toBe(chosen)
    expect(third.settings.get().proxyPort).toBe(chosen)
    await third.proxy.stop('local')
    await third.close()
    const fourth = await openHouse({ dataDir: house.dataDir })
    expect(fourth.proxy.status()).toMatchObject({ state: 'off' })
    await fourth.proxy.start({}, 'local')
    await fourth.settings.update({ proxyRestore: false }, 'local')
    await fourth.close()
    const fifth = await openHouse({ dataDir: house.dataDir })
    expect(fifth.proxy.status()).toMatchObject({ state: 'off' })
  })

  test('a port that is taken at the start does not keep the rest from working', async () => {
    const house = await openHouse({ proxyPort: await occupied() })
    expect(house.proxy.status()).toMatchObject({ state: 'error', reason: { code: 'PORT_TAKEN' } })
    await openPool(house, 'a')
    expect((await house.proxy.start({ port: 0 }, 'local')).state).toBe('degraded')
  })

  test('degraded without a ready key, on with one, and told without being asked', async () => {
    const house = await openHouse()
    const states = statesOf(house)
    expect(house.proxy.status()).toMatchObject({ state: 'degraded', reason: { code: 'NO_READY_KEY' } })
    await openPool(house, 'a')
    const { id } = await house.keys.create(
      { secret: secretOf(1), pools: ['a'], tags: [], notes: '', weight: 1, priority: 0 },
      'local',
    )
    await expect.poll(() => states.at(-1)).toBe('on')
    await house.keys.enable([id], false, 'local')
    await expect.poll(() => states.at(-1)).toBe('degraded')
  })

  test('with the vault locked only the demo pool counts', async () => {
    const house = await openHouse({ lock: 'passphrase' })
    await openPool(house, 'a')
    await house.keys.create({ secret: secretOf(1), pools: ['a'], tags: [], notes: '', weight: 1, priority: 0 }, 'local')
    await house.close()
    const locked = await openHouse({ dataDir: house.dataDir, lock: 'nothing' })
    expect(locked.proxy.status().state).toBe('degraded')
    const states = statesOf(locked)
    await locked.vault.unlock({ passphrase: 'correct horse battery' }, 'local')
    await expect.poll(() => states.at(-1)).toBe('on')
  })

  test('whatever is asked for while everything closes, in the end it is off, and stays off', async () => {
    const house = await openHouse()
    const { port } = house.proxy.status()
    const next = await free()
    await Promise.allSettled([house.proxy.start({ port: next }, 'local'), house.close()])
    for (const one of [port, next]) await expect(answers(one)).rejects.toThrow('fetch failed')
    await expect(house.proxy.start({ port: 0 }, 'local')).rejects.toMatchObject({ code: 'PROXY_BUSY' })
    expect(house.proxy.status().state).toBe('off')
  })
})
