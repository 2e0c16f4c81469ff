import { describe, expect, it } from 'vitest'
import type { LeaseQuery } from '../../src-main/pool/types.ts'
import { type Rig, rig, rules, settle } from './rig.ts'

type Result = Awaited<ReturnType<Rig['engine']['acquire']>>

/** Starts an acquire and keeps what it came to. */
function ask(house: Rig, waitMs: number, query: Partial<LeaseQuery> = {}, signal?: AbortSignal) {
  const asked: { result?: Result; error?: unknown } = {}
  house.engine.acquire({ pool: 'p', ...query }, { deadlineMs: house.clock.mono() + waitMs, ...(signal ? { signal } : {}) }).then(
    (result) => (asked.result = result),
    (error: unknown) => (asked.error = error),
  )
  return asked
}

describe('acquire', () => {
  it('gives a ready key at once', async () => {
    const asked = ask(rig(['a']), 0)
    await settle()
    expect(asked.result).toMatchObject({ kind: 'lease', lease: { keyId: 'a' } })
  })

  it('serves in the order of arrival when a slot is given back', async () => {
    const house = rig(['a'], { concurrency: 1 })
    let lease = house.take()
    const waiting = Array.from({ length: 20 }, () => ask(house, 1000))
    expect(house.engine.pool('p')?.waiting).toBe(20)
    for (const [at, asked] of waiting.entries()) {
      house.engine.report(lease, { class: 'ok' })
      await settle()
      expect(waiting.filter((one) => one.result).length).toBe(at + 1)
      if (asked.result?.kind !== 'lease') throw new Error('out of turn')
      lease = asked.result.lease
    }
  })

  it('is fair across models when the pool is what is full', async () => {
    const house = rig(['a', 'b'], { concurrency: 1 })
    const lease = house.take()
    const first = ask(house, 1000, { model: 'm' })
    const second = ask(house, 1000, { model: 'n' })
    house.engine.report(lease, { class: 'ok' })
    await settle()
    expect(first.result?.kind).toBe('lease')
    expect(second.result).toBeUndefined()
  })

  it('does not let a call for one model wait behind one whose model cools down', async () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    house.call({ class: 'rate-short', holdMs: 5000 }, { model: 'm' })
    const blocked = ask(house, 9000, { model: 'm' })
    const free = ask(house, 9000, { model: 'n' })
    await settle()
    expect(free.result?.kind).toBe('lease')
    expect(blocked.result).toBeUndefined()
  })

  it('does not let a retry that has tried the ready key block the others', async () => {
    const house = rig(['a', 'b'], { keyConcurrency: 1 })
    const [a] = [house.take(), house.take()]
    const retry = ask(house, 9000, { exclude: new Set(['a']) })
    const fresh = ask(house, 9000)
    house.engine.report(a, { class: 'ok' })
    await settle()
    expect(retry.result).toBeUndefined()
    expect(fresh.result).toMatchObject({ kind: 'lease', lease: { keyId: 'a' } })
  })

  it('wakes when a cool-down ends', async () => {
    const house = rig(['a'])
    house.call({ class: 'rate-short', holdMs: 700 })
    const asked = ask(house, 1000)
    house.clock.advance(699)
    await settle()
    expect(asked.result).toBeUndefined()
    house.clock.advance(1)
    await settle()
    expect(asked.result?.kind).toBe('lease')
  })

  it('wakes when the window has room, also once a slow call has arrived', async () => {
    const house = rig(['a'], { rateLimit: 1, rateIntervalMs: 1000 })
    const lease = house.take()
    const asked = ask(house, 9000)
    house.clock.advance(2000)
    house.engine.touch(lease)
    house.clock.advance(999)
    await settle()
    expect(asked.result).toBeUndefined()
    house.clock.advance(1)
    await settle()
    expect(asked.result?.kind).toBe('lease')
  })

  it('refuses at once what could only be had after the deadline, and says when', async () => {
    const house = rig(['a', 'b'])
    house.call({ class: 'rate-short', holdMs: 60_000 })
    house.call({ class: 'rate-short', holdMs: 40_000 })
    const asked = ask(house, 30_000)
    await settle()
    expect(asked.result).toEqual({ kind: 'exhausted', reason: 'none-usable', retryAfterMs: 40_000 })
  })

  it('refuses those who wait as soon as their last hope is gone', async () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    const lease = house.take()
    const asked = [ask(house, 5000), ask(house, 5000)]
    house.engine.report(lease, { class: 'no-credit' })
    await settle()
    for (const one of asked) expect(one.result).toEqual({ kind: 'exhausted', reason: 'none-usable', retryAfterMs: 3_600_000 })
  })

  it('gives up at the deadline', async () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    house.take()
    const asked = ask(house, 5000)
    house.clock.advance(4999)
    await settle()
    expect(asked.result).toBeUndefined()
    house.clock.advance(1)
    await settle()
    expect(asked.result).toEqual({ kind: 'exhausted', reason: 'queue-timeout', retryAfterMs: null })
    expect(house.engine.pool('p')?.waiting).toBe(0)
  })

  it('serves at the deadline rather than refuse, when a blocked loop made every timer late', async () => {
    const house = rig(['a'])
    house.call({ class: 'rate-short', holdMs: 1000 })
    const asked = ask(house, 2000)
    house.clock.freeze(60_000)
    house.clock.advance(0)
    await settle()
    expect(asked.result?.kind).toBe('lease')
  })

  it('lets those who wait go before a newcomer, even when the timer is late', async () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    house.call({ class: 'rate-short', holdMs: 1000 })
    const first = ask(house, 5000)
    house.clock.freeze(1500)
    const late = ask(house, 5000)
    await settle()
    expect(first.result?.kind).toBe('lease')
    expect(late.result).toBeUndefined()
  })

  it('leaves the queue on abort, with the reason, and leaks nothing', async () => {
    const house = rig(['a'], { concurrency: 1 })
    const lease = house.take()
    const abort = new AbortController()
    const gone = ask(house, 5000, {}, abort.signal)
    const stays = ask(house, 5000)
    const reason = new Error('the client left')
    abort.abort(reason)
    await settle()
    expect(gone.error).toBe(reason)
    house.engine.report(lease, { class: 'ok' })
    await settle()
    expect(stays.result?.kind).toBe('lease')
    expect(house.engine.pool('p')).toMatchObject({ inFlight: 1, waiting: 0 })
  })

  it('rejects at once when it was aborted before', async () => {
    const asked = ask(rig(['a']), 1000, {}, AbortSignal.abort('too late'))
    await settle()
    expect(asked.error).toBe('too late')
  })

  it.each([
    ['a new key', (house: Rig) => house.engine.setKey({ id: 'b', enabled: true, expiresAt: null })],
    ['a resumed key', (house: Rig) => house.engine.resume('a')],
    ['a higher limit', (house: Rig) => house.engine.setPool('p', { ...rules, keyConcurrency: 0 })],
  ])('is served by %s', async (name, change) => {
    const house = rig(['a'], { keyConcurrency: 1 })
    if (name === 'a resumed key') house.call({ class: 'rate-short', holdMs: 4000 })
    else house.take()
    const asked = ask(house, 5000)
    change(house)
    if (name === 'a new key') house.engine.setMember('p', 'b', { priority: 0, weight: 1 })
    await settle()
    expect(asked.result?.kind).toBe('lease')
  })

  it('answers everybody when the pool is removed and when the engine closes', async () => {
    const house = rig(['a'], { concurrency: 1 })
    house.take()
    const [one, two] = [ask(house, 5000), ask(house, 5000, { model: 'm' })]
    house.engine.removePool('p')
    await settle()
    expect(one.result).toMatchObject({ reason: 'unknown-pool' })
    expect(two.result).toMatchObject({ reason: 'unknown-pool' })

    const other = rig(['a'], { concurrency: 1 })
    other.take()
    const last = ask(other, 5000)
    other.engine.close()
    await settle()
    expect(last.result?.kind).toBe('exhausted')
    expect(other.clock.pending).toBe(0)
  })
})
