/** A refusal that names its limit: how long the call waits then, after a restart, and after "resume now". */
import { expect, it } from 'vitest'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import type { LimitReading } from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'
import { calendar, type Rig, rig, rules } from './rig.ts'

/** "Limit 3, Used 3", a bucket that flows back evenly: the next call fits 20 s later. */
const full: LimitReading = {
  unit: 'requests',
  window: { slideMs: 60_000 },
  limit: 3,
  remaining: 0,
  resetMs: null,
  refills: true,
  scope: 'model',
}

function refused(house: Rig): void {
  const lease = house.take({ model: 'm' })
  house.engine.learn(lease, [full])
  house.engine.report(lease, { class: 'rate-short', holdMs: 20_000 })
}

const waitOf = ({ engine, clock }: Pick<Rig, 'engine' | 'clock'>) => {
  const result = engine.tryLease({ pool: 'p', model: 'm' })
  return result.kind === 'wait' && result.wakeAt !== null ? result.wakeAt - clock.mono() : result.kind
}

it('the refused call is not counted once more in a limit that it made known', () => {
  const house = rig(['a'])
  refused(house)
  expect(waitOf(house)).toBeCloseTo(20_000, -1)
  expect(house.engine.meters('a')).toMatchObject([{ source: 'announced', limit: 3, used: 3, reserved: 0 }])
})

it('what flows back goes on flowing back over a restart', () => {
  const house = rig(['a'])
  refused(house)
  house.clock.advance(5000)
  const clock = new VirtualClock(house.clock.now())
  const engine = createPoolEngine({ clock, random: () => 0, calendar })
  engine.setPool('p', rules)
  engine.setKey({ id: 'a', enabled: true, expiresAt: null })
  engine.setMember('p', 'a', { priority: 0, weight: 1 })
  engine.restoreMemory(house.engine.takeMemory())
  expect(waitOf({ engine, clock })).toBeCloseTo(15_000, -1)
})

it('resume now forgets it, and keeps what was counted of limits that were set', () => {
  const house = rig(['a'])
  house.engine.setBucket('a', { m: [{ unit: 'requests', window: { calendar: 'day', zone: 'UTC' }, amount: 2 }] })
  refused(house)
  house.engine.resume('a')
  expect(house.call('ok', { model: 'm' })).toBe('a')
  expect(waitOf(house)).not.toBe('lease')
  expect(house.engine.meters('a')).toMatchObject([{ source: 'set', used: 2, limit: 2 }])
})

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('a model called %s is one as any other', (model) => {
  const house = rig([{ id: 'a', limits: { x: [{ unit: 'requests', window: { slideMs: 1000 }, amount: 5 }] } }])
  house.engine.setBucket('a', { 'y*': [{ unit: 'requests', window: { slideMs: 1000 }, amount: 5 }] })
  expect(house.call('ok', { model })).toBe('a')
  expect(house.engine.key('a')?.inFlight).toBe(0)
})

it('a limit of 0 for all models does not end at midnight', () => {
  const house = rig(['a'])
  house.engine.setBucket('a', { '': [{ unit: 'requests', window: { calendar: 'day', zone: 'UTC' }, amount: 0 }] })
  expect(house.engine.key('a')).toMatchObject({ health: 'exhausted', reason: 'limit of 0 requests', until: null })
  house.engine.setBucket('a', {})
  expect(house.engine.key('a')).toMatchObject({ health: 'ready', reason: null })
  expect(house.call()).toBe('a')
})
