/** A check of many keys without a network: over real sockets, on a clock that the test moves. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startScriptedUpstream } from '../../src-main/demo/index.ts'
import { checkMany } from '../../src-main/services/keys/check-pause.ts'
import type { KeyChecksEvent } from '../../src-preload/contract/index.ts'
import { VirtualClock } from '../support/clock.ts'
import { type House, openHouse, openPool, secretOf } from './house.ts'

const second = 1000

/** An upstream that is not there until it is opened; it refuses every key. */
async function absentUpstream() {
  const listen = async (port: number): Promise<[Server, number]> => {
    const server = createServer((_, response) =>
      response
        .writeHead(401, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: { code: 'invalid_api_key', message: 'no' } })),
    )
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return [server, (server.address() as AddressInfo).port]
  }
  const [reserved, port] = await listen(0)
  await new Promise((closed) => reserved.close(closed))
  return {
    host: `127.0.0.1:${port}`,
    async open() {
      const [server] = await listen(port)
      onTestFinished(() => {
        server.closeAllConnections()
        server.close()
      })
    },
  }
}

/** The pool `here` answers, `away` does not; each has `count` keys. */
async function openTwo(count: number) {
  const [house, here, away] = [await openHouse(), await startScriptedUpstream(), await absentUpstream()]
  onTestFinished(() => here.close())
  await openPool(house, 'here', `${here.url}/v1`)
  await openPool(house, 'away', `http://${away.host}/v1`)
  const ids: Record<'here' | 'away', string[]> = { here: [], away: [] }
  for (let n = 1; n <= count; n++) {
    ids.away.push(await addKey(house, 'away', n))
    ids.here.push(await addKey(house, 'here', 100 + n))
  }
  return { house, away, ids }
}

async function addKey(house: House, pool: string, n: number): Promise<string> {
  const { id } = await house.keys.create(
    { secret: secretOf(n), pools: [pool], tags: [], notes: '', weight: 1, priority: 0 },
    'local',
  )
  return id
}

/** The house's own checks in a batch on a clock of its own; `tries` = which keys were sent, in order. */
function startBatch(house: House, ids: readonly string[], hostOf: (id: string) => string) {
  const [clock, stopping] = [new VirtualClock(), new AbortController()]
  const [events, tries]: [KeyChecksEvent[], string[]] = [[], []]
  const check = (id: string) => {
    tries.push(id)
    return house.keys.check(id, 'local')
  }
  const placeOf = (id: string) => ({ name: hostOf(id), host: hostOf(id) })
  const ended = (async () => {
    for await (const event of checkMany(ids, { clock, placeOf, check }, stopping.signal)) events.push(event)
  })()
  const paused = () => events.findLast((event) => event.type === 'paused')?.upstreams
  return {
    clock,
    events,
    tries,
    ended,
    paused,
    stop: () => stopping.abort(),
    checked: () => events.flatMap((event) => (event.type === 'checked' ? [event.check.id] : [])),
    /** Lets the wait pass after which one key tries again, and that try fail. */
    async vainTry(waitMs: number) {
      clock.advance(waitMs - 1)
      const before = tries.length
      clock.advance(1)
      expect(tries).toHaveLength(before + 1)
      await vi.waitFor(() => expect(clock.pending).toBe(1))
    },
  }
}

/** As the window shows them. */
const states = (house: House, ids: readonly string[]) => [
  ...new Set(
    ids.map((id) => house.keys.get(id)).map(({ state, checkedAt }) => `${state} ${checkedAt === null ? 'never' : 'checked'}`),
  ),
]

describe('an upstream that cannot be reached', () => {
  test('pauses its own keys and no others; one of them tries now and then, and when it answers the rest go on', async () => {
    const { house, away, ids } = await openTwo(6)
    const all = ids.away.flatMap((id, n) => [id, ids.here[n] ?? ''])
    const batch = startBatch(house, all, (id) => (ids.away.includes(id) ? away.host : 'here'))
    await vi.waitFor(() => expect(batch.checked().toSorted()).toEqual(ids.here.toSorted()))
    await vi.waitFor(() => expect(batch.paused()).toEqual([{ host: away.host, unreached: 'upstream', left: 6 }]))
    // At most those that were under way when the first one failed.
    expect(batch.tries.filter((id) => ids.away.includes(id)).length).toBeLessThanOrEqual(4)
    for (const wait of [5, 10, 20, 40, 60, 60]) await batch.vainTry(wait * second)
    expect(states(house, ids.away)).toEqual(['unchecked never'])

    await away.open()
    batch.clock.advance(60 * second)
    await batch.ended
    // A refusal is an answer.
    expect(batch.paused()).toEqual([])
    expect(batch.checked()).toHaveLength(12)
    expect(states(house, ids.away)).toEqual(['invalid checked'])
  })

  test('is waited for until that is stopped: every key is as it was', async () => {
    const { house, away, ids } = await openTwo(3)
    const batch = startBatch(house, ids.away, () => away.host)
    await vi.waitFor(() => expect(batch.paused()).toHaveLength(1))
    await batch.vainTry(5 * second)
    const { length } = batch.tries
    batch.stop()
    await batch.ended
    expect(batch.clock.pending).toBe(0)
    await away.open()
    batch.clock.advance(600 * second)
    expect(batch.tries).toHaveLength(length)
    expect(states(house, ids.away)).toEqual(['unchecked never'])
  })

  test('is waited for ten minutes; then the keys that were not looked at are named', async () => {
    const { house, away, ids } = await openTwo(3)
    const batch = startBatch(house, ids.away, () => away.host)
    await vi.waitFor(() => expect(batch.paused()?.[0]?.left).toBe(3))
    let waited = 0
    for (const wait of [5, 10, 20, 40, 60, 60, 60, 60, 60, 60, 60, 60]) {
      await batch.vainTry(wait * second)
      waited += wait
    }
    batch.clock.advance((600 - waited) * second)
    await batch.ended
    expect(batch.events.findLast(({ type }) => type === 'left')).toMatchObject({ host: away.host })
    expect(batch.events.flatMap((event) => (event.type === 'left' ? event.ids : [])).toSorted()).toEqual(ids.away.toSorted())
    expect(batch.paused()).toEqual([])
    expect([batch.clock.pending, states(house, ids.away)]).toEqual([0, ['unchecked never']])
  })

  test('is not waited for when the workspace is left', async () => {
    const { house, away, ids } = await openTwo(2)
    const events: KeyChecksEvent[] = []
    const ended = (async () => {
      for await (const event of house.keys.checkMany([...ids.away, ...ids.here], 'local')) events.push(event)
    })()
    const paused = { type: 'paused', upstreams: [{ host: away.host, unreached: 'upstream', left: 2 }] }
    await vi.waitFor(() => expect(events).toContainEqual(paused))
    await house.close()
    await ended
    expect(house.log()).not.toContain('failed')
  })
})

test('a key that cannot be asked about is passed over, also when it was its turn to try', async () => {
  const { house, away, ids } = await openTwo(2)
  const [first = '', last = ''] = ids.away
  const batch = startBatch(house, ids.away, () => away.host)
  await vi.waitFor(() => expect(batch.paused()?.[0]?.left).toBe(2))
  await away.open()
  await house.keys.update(batch.tries.at(-1) === first ? first : last, { pools: [] }, 'local')
  batch.clock.advance(5 * second)
  await batch.ended
  expect(batch.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['skipped', 'checked']))
  expect(batch.events).toContainEqual(expect.objectContaining({ type: 'skipped', code: 'CHECK_UNAVAILABLE' }))
})

test('keys are told of once each, whatever becomes of them', async () => {
  const { house, ids } = await openTwo(3)
  const gone = await addKey(house, 'here', 200)
  await house.keys.remove([gone], 'local')
  const events: KeyChecksEvent[] = []
  for await (const event of house.keys.checkMany([gone, ...ids.here, ...ids.here], 'local')) events.push(event)
  expect(events.filter(({ type }) => type === 'checked')).toHaveLength(3)
  expect(events.filter(({ type }) => type !== 'checked')).toEqual([{ type: 'skipped', id: gone, code: 'KEY_NOT_FOUND' }])
})
