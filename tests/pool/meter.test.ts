import { describe, expect, it } from 'vitest'
import { losAngeles, MeterRig, MINUTE, minute } from './meter-rig.ts'

const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('a limit over a sliding window', () => {
  it('is exact for few requests: a call counts from its start until its arrival plus the window', () => {
    const rig = new MeterRig({ amount: 2 })
    rig.open()
    rig.clock.advance(5000)
    rig.settle()
    rig.call()
    expect(rig.free()).toBe(MINUTE)
    rig.clock.advance(MINUTE - 1)
    expect(rig.free()).toBe(1)
    rig.clock.advance(1)
    expect(rig.free()).toBe(0)
  })

  it('says that only the end of a call makes room when the calls under way fill it', () => {
    const rig = new MeterRig({ amount: 2 })
    rig.open()
    rig.open()
    expect(rig.free()).toBe(-1)
    rig.settle(1, 0)
    expect(rig.free()).toBe(0)
  })

  it('lets large amounts go a little late and never early', () => {
    const rig = new MeterRig({ unit: 'total', amount: 10_000 })
    rig.call(10_000)
    const wait = rig.free(1)
    expect(wait).toBeGreaterThanOrEqual(MINUTE)
    expect(wait).toBeLessThanOrEqual(MINUTE * (1 + 1 / 200))
    rig.clock.advance(wait)
    expect(rig.free(10_000)).toBe(0)
  })

  it('reserves the estimate and keeps what was really used', () => {
    const rig = new MeterRig({ unit: 'total', amount: 100 })
    rig.open(90)
    expect(rig.free(20)).toBe(-1)
    rig.settle(90, 30)
    expect(rig.free(20)).toBe(0)
    rig.meter.adjust(60, rig.clock.mono())
    expect(rig.free(20)).toBeGreaterThan(0)
    expect(rig.view().used).toBe(90)
    rig.meter.adjust(-60, rig.clock.mono())
    expect(rig.view().used).toBe(30)
  })

  it('never takes more than the whole limit, and a full one not even a call without an estimate', () => {
    const rig = new MeterRig({ unit: 'total', amount: 100 })
    expect(rig.free(101)).toBe(Number.POSITIVE_INFINITY)
    rig.call(100)
    expect(rig.free(0)).toBeGreaterThan(0)
    expect(new MeterRig({ amount: 0 }).free()).toBe(Number.POSITIVE_INFINITY)
  })

  it('follows a changed limit at once, in both directions', () => {
    const rig = new MeterRig({ amount: 10 })
    for (let i = 0; i < 10; i++) rig.call()
    rig.meter.limit = 200
    expect(rig.drain()).toBe(190)
    rig.meter.limit = 5
    expect(rig.free()).toBeGreaterThan(0)
    rig.clock.advance(MINUTE + MINUTE / 200)
    expect(rig.drain()).toBe(5)
  })

  it('keeps a bounded memory and still forgets nothing', () => {
    const rig = new MeterRig({ amount: 128 })
    rig.meter.limit = 100_000
    for (let i = 0; i < 5000; i++) {
      rig.clock.advance(1)
      rig.call()
    }
    rig.meter.limit = 100
    for (let i = 0; i < 600; i++) {
      rig.clock.advance(1)
      rig.call()
    }
    expect(rig.view().used).toBe(5600)
    rig.clock.advance(2 * MINUTE)
    expect(rig.view().used).toBe(0)
    expect(rig.meter.idle(rig.clock.mono())).toBe(true)
  })
})

describe('a limit of calendar days', () => {
  it.each([
    ['23 hours when summer time begins', '2026-03-08T08:00:00Z', 23],
    ['25 hours when it ends', '2026-11-01T07:00:00Z', 25],
    ['24 hours otherwise', '2026-06-10T07:00:00Z', 24],
  ])('lasts %s in Los Angeles', (_, midnight, hours) => {
    const rig = new MeterRig({ window: losAngeles, amount: 3 })
    rig.clock.shiftWall(Date.parse(midnight) - rig.clock.now())
    expect(rig.drain()).toBe(3)
    expect(rig.free()).toBe(hours * HOUR)
    expect(rig.view().resetsAt).toBe(Date.parse(midnight) + hours * HOUR)
    rig.clock.advance(hours * HOUR - 1)
    expect(rig.free()).toBe(1)
    rig.clock.advance(1)
    expect(rig.drain()).toBe(3)
  })

  it('of months end on the first, after 28 to 31 days', () => {
    const rig = new MeterRig({ unit: 'nanos', window: { calendar: 'month', zone: 'UTC' }, amount: 1e9 })
    for (const days of [31, 28, 31, 30]) {
      rig.call(1e9)
      expect(rig.free()).toBe(days * DAY)
      rig.clock.advance(days * DAY)
    }
  })

  it('starts anew when the machine slept over midnight, though no time has passed for the program', () => {
    const rig = new MeterRig({ window: losAngeles, amount: 1 })
    rig.call()
    rig.clock.shiftWall(DAY)
    expect(rig.free()).toBe(0)
  })

  it('does not open the same day twice when the wall clock steps back over midnight', () => {
    const rig = new MeterRig({ window: { calendar: 'day', zone: 'UTC' }, amount: 2 })
    rig.call()
    rig.call()
    rig.clock.shiftWall(DAY + 1000)
    rig.call()
    rig.call()
    rig.clock.shiftWall(-5000)
    expect(rig.free()).toBe(DAY + 4000)
    rig.clock.advance(5000)
    expect(rig.free()).toBe(DAY - 1000)
  })

  it('that began in a future which was not true end with the day that is', () => {
    const rig = new MeterRig({ window: { calendar: 'day', zone: 'UTC' }, amount: 1 })
    rig.clock.shiftWall(365 * DAY)
    rig.call()
    rig.clock.shiftWall(-365 * DAY + HOUR)
    expect(rig.free()).toBe(23 * HOUR)
  })

  it('counts a call that was under way at midnight in both days', () => {
    const rig = new MeterRig({ window: { calendar: 'day', zone: 'UTC' }, amount: 2 })
    rig.open()
    rig.call()
    rig.clock.advance(DAY)
    rig.settle()
    expect(rig.drain()).toBe(1)
  })
})

it('a limit for ever ends once', () => {
  const rig = new MeterRig({ unit: 'nanos', window: 'forever', amount: 50 })
  rig.call(50)
  rig.clock.advance(1000 * DAY)
  expect(rig.free()).toBe(Number.POSITIVE_INFINITY)
  expect(rig.view()).toMatchObject({ used: 50, resetsAt: null })
})

describe('what the upstream announces', () => {
  it('closes the window until its reset, whatever was counted here', () => {
    const rig = new MeterRig({ amount: 10 }, 'announced')
    rig.announce({ limit: 10, remaining: 2, resetMs: 20_000 })
    expect(rig.drain()).toBe(2)
    expect(rig.free()).toBe(20_000)
    expect(rig.view()).toMatchObject({ used: 10, limit: 10, resetsAt: rig.clock.now() + 20_000 })
    rig.clock.advance(20_000)
    expect(rig.drain()).toBe(8)
  })

  it('flows back evenly where the upstream says so', () => {
    const rig = new MeterRig({ unit: 'total', amount: 1000 }, 'announced')
    rig.announce({ limit: 1000, remaining: 0, resetMs: 50_000, refills: true })
    expect(rig.free(100)).toBe(5000)
    rig.clock.advance(5000)
    rig.call(100)
    expect(rig.free(20)).toBe(1000)
  })

  it('never names this very moment for what does not fit now, however little is missing', () => {
    const rig = new MeterRig({ unit: 'total', amount: 1000 }, 'announced')
    rig.clock.advance(15_333_986.576352805)
    rig.announce({ limit: 1000, remaining: 0, resetMs: 50_000, refills: true })
    rig.clock.advance(5000)
    rig.clock.advance(-1e-9)
    expect(rig.free(100)).not.toBe(0)
    rig.clock.advance(1)
    expect(rig.free(100)).toBe(0)
  })

  it('does not count a call that was out as free', () => {
    const rig = new MeterRig({ amount: 10 }, 'announced')
    rig.open()
    rig.open()
    rig.announce({ remaining: 3, resetMs: 1000 })
    expect(rig.free()).toBe(0)
    rig.open()
    expect(rig.free()).toBe(1000)
    rig.settle(1, 0)
    expect(rig.free()).toBe(0)
  })

  it('is not narrowed by calls that were out and are counted in the answer already', () => {
    const rig = new MeterRig({ amount: 10 }, 'announced')
    rig.announce({ remaining: 9, resetMs: 10_000 })
    for (let i = 0; i < 8; i++) rig.open()
    rig.settle()
    // Whether the seven others are among those that are counted is not said: what was known before is.
    rig.announce({ remaining: 1, resetMs: 10_000 }, 0)
    expect(rig.free()).toBe(0)
    rig.open()
    expect(rig.free()).toBe(10_000)
  })

  it('is narrowed when somebody else draws on the account', () => {
    const rig = new MeterRig({ amount: 10 }, 'announced')
    rig.announce({ remaining: 9, resetMs: 10_000 })
    rig.open()
    rig.open()
    rig.settle()
    rig.announce({ remaining: 4, resetMs: 10_000 }, 0)
    expect(rig.drain()).toBe(3)
  })

  it('is not widened by an answer to a call that was sent before the news, only tightened', () => {
    const rig = new MeterRig({ amount: 10 }, 'announced')
    rig.open()
    rig.clock.advance(100)
    rig.open()
    rig.clock.advance(100)
    rig.settle()
    rig.announce({ remaining: 3, resetMs: 10_000 }, 100)
    rig.settle()
    rig.announce({ remaining: 9, resetMs: 10_000 }, 0)
    rig.open()
    rig.open()
    expect(rig.free()).toBe(10_000)
    rig.settle(1, 0)
    rig.announce({ remaining: 0, resetMs: 9000 }, 0)
    expect(rig.free()).toBe(9000)
  })

  it('does not count calls as free that came and went while the answer was under way', () => {
    const rig = new MeterRig({ amount: 100 }, 'announced')
    rig.announce({ remaining: 50, resetMs: 30_000 })
    rig.clock.advance(1000)
    rig.open()
    rig.clock.advance(1000)
    for (let i = 0; i < 10; i++) rig.call()
    rig.settle()
    rig.announce({ remaining: 49, resetMs: 29_000 }, 1000)
    expect(rig.drain()).toBe(39)
  })

  it('raises and lowers the limit, and what it does not say stays', () => {
    const rig = new MeterRig({ amount: 10 }, 'announced')
    rig.announce({ limit: 3 })
    expect(rig.drain()).toBe(3)
    rig.announce({ limit: 5, remaining: 1 })
    expect(rig.drain()).toBe(1)
    rig.announce({ limit: 9, resetMs: 1 })
    expect(rig.free()).toBe(MINUTE)
  })

  it('that does not know itself (-1) says nothing', () => {
    const rig = new MeterRig({ amount: 10 }, 'announced')
    rig.announce({ limit: -1, remaining: -1, resetMs: 0 })
    expect(rig.view()).toMatchObject({ limit: 10, used: 0 })
    expect(rig.drain()).toBe(10)
  })

  it('never changes a limit that a person has set', () => {
    const rig = new MeterRig({ amount: 10 })
    rig.announce({ limit: 1000, remaining: 1000, resetMs: 1000 })
    expect(rig.view().limit).toBe(10)
  })

  it('may know what is left without a limit', () => {
    const rig = new MeterRig({ amount: Number.POSITIVE_INFINITY }, 'announced')
    rig.announce({ remaining: 2, resetMs: 1000 })
    expect(rig.drain()).toBe(2)
    expect(rig.free()).toBe(1000)
  })
})

describe('the background lane', () => {
  it('leaves its part of the window to the interactive one', () => {
    const rig = new MeterRig({ amount: 100 })
    for (let calls = 0; calls < 80; calls++) rig.call()
    expect(rig.free(1, 0.2)).toBe(MINUTE)
    expect(rig.drain()).toBe(20)
  })

  it('is spread evenly over a sliding window', () => {
    const rig = new MeterRig({ amount: 100 })
    let calls = 0
    for (let ms = 0; ms < 10 * MINUTE; ms += 100, rig.clock.advance(100)) calls += rig.drain(1, 0.25)
    expect(calls).toBeGreaterThanOrEqual(749)
    expect(calls).toBeLessThanOrEqual(751)
    rig.drain(1, 0.25)
    expect(rig.free(1, 0.25)).toBeLessThanOrEqual(800)
  })

  it('is spread over what is left of a day, by what is left of its share', () => {
    const rig = new MeterRig({ window: { calendar: 'day', zone: 'UTC' }, amount: 100 })
    rig.clock.advance(12 * HOUR)
    for (let calls = 0; calls < 30; calls++) rig.call()
    rig.call(1, 1, 0.2)
    expect(rig.free(1, 0.2)).toBe((12 * HOUR) / 50)
    expect(rig.free()).toBe(0)
  })

  it('goes even where its share is less than one call', () => {
    const rig = new MeterRig({ amount: 1 })
    expect(rig.drain(1, 0.5)).toBe(1)
    rig.clock.advance(MINUTE)
    expect(rig.drain(1, 0.5)).toBe(1)
  })

  it('of a limit that is not known waits for nothing', () => {
    const rig = new MeterRig({ amount: Number.POSITIVE_INFINITY }, 'inferred')
    for (let i = 0; i < 1000; i++) rig.call(1, 1, 0.2)
    expect(rig.free(1, 0.2)).toBe(0)
  })
})

describe('the forecast', () => {
  it('says when a day ends early at the present pace', () => {
    const rig = new MeterRig({ window: { calendar: 'day', zone: 'UTC' }, amount: 1000 })
    for (let i = 0; i < 100; i++, rig.clock.advance(10_000)) rig.call()
    const { pace, endsAt } = rig.view()
    expect(pace).toBeGreaterThan(330)
    expect(pace).toBeLessThan(380)
    expect((endsAt! - rig.clock.now()) / HOUR).toBeCloseTo(900 / pace, 3)
  })

  it('forgets: half of the pace is gone after ten quiet minutes', () => {
    const rig = new MeterRig({ window: 'forever', amount: 1e9 })
    for (let i = 0; i < 10_000; i++, rig.clock.advance(1000)) rig.call()
    const before = rig.view().pace
    expect(before).toBeGreaterThan(3500)
    rig.clock.advance(600_000)
    expect(rig.view().pace / before).toBeCloseTo(0.5, 2)
  })

  it('is silent when the reset comes first, and when a window slides faster than it fills', () => {
    const day = new MeterRig({ window: { calendar: 'day', zone: 'UTC' }, amount: 1_000_000 })
    const slide = new MeterRig({ amount: 100 })
    for (let i = 0; i < 60; i++) {
      day.call()
      slide.call()
      day.clock.advance(10_000)
      slide.clock.advance(10_000)
    }
    expect(day.view().endsAt).toBeNull()
    expect(slide.view().endsAt).toBeNull()
  })

  it('of what is used up is now', () => {
    const rig = new MeterRig({ amount: 1 })
    rig.call()
    expect(rig.view().endsAt).toBe(rig.clock.now())
  })
})

describe('idle', () => {
  it('is a meter that holds nothing', () => {
    const rig = new MeterRig({ amount: 3, window: minute })
    expect(rig.meter.idle(0)).toBe(true)
    rig.open()
    expect(rig.meter.idle(0)).toBe(false)
    rig.settle()
    expect(rig.meter.idle(0)).toBe(false)
    expect(rig.stored()).not.toBeNull()
    rig.clock.advance(MINUTE)
    expect(rig.meter.idle(rig.clock.mono())).toBe(true)
    expect(rig.stored()).toBeNull()
  })
})
