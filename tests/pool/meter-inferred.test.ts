/** A meter against an upstream that keeps a limit and never names it. */
import { describe, expect, it } from 'vitest'
import { MeterRig, MINUTE } from './meter-rig.ts'

interface Upstream {
  /** Calls a minute. */
  limit: number
  /** Its minutes slide, or all begin at fixed moments. */
  slides: boolean
}

interface Day {
  taken: number
  /** Moments (mono ms) of refusals. */
  refusals: number[]
}

/** Calls as often as the meter lets it, at most every `everyMs`; answers come after `latencyMs`. */
function call(rig: MeterRig, upstream: Upstream, minutes: number, everyMs: number, latencyMs: number): Day {
  const day: Day = { taken: 0, refusals: [] }
  let arrivals: number[] = []
  const answers: { at: number; ok: boolean }[] = []
  for (let ms = 0; ms < minutes * MINUTE; ms += everyMs, rig.clock.advance(everyMs)) {
    const now = rig.clock.mono()
    for (; answers[0] && answers[0].at <= now; answers.shift()) {
      rig.settle(1, answers[0].ok ? 1 : 0)
      if (!answers[0].ok) rig.meter.infer(now)
    }
    if (rig.free() !== 0) continue
    rig.open()
    const since = upstream.slides ? now - MINUTE : Math.floor(now / MINUTE) * MINUTE - 1e-6
    arrivals = arrivals.filter((at) => at > since)
    const ok = arrivals.length < upstream.limit
    if (ok) arrivals.push(now)
    if (ok) day.taken++
    else day.refusals.push(now)
    answers.push({ at: now + latencyMs, ok })
  }
  return day
}

const counting = () => new MeterRig({ amount: Number.POSITIVE_INFINITY }, 'inferred')

describe('a limit that is never named', () => {
  it.each([
    [2, true],
    [5, true],
    [60, true],
    [200, true],
    [5, false],
    [60, false],
    [200, false],
  ])('of %i a minute (sliding: %s) costs one refusal a window at most, and nine tenths of it are used', (limit, slides) => {
    const { taken, refusals } = call(counting(), { limit, slides }, 1440, 50, 0)
    expect(refusals.length).toBeGreaterThan(0)
    for (const [i, at] of refusals.entries()) expect(at - (refusals[i - 1] ?? -MINUTE)).toBeGreaterThanOrEqual(MINUTE)
    expect(taken / (limit * 1440)).toBeGreaterThanOrEqual(0.9)
  })

  it('is not overrun by calls under way either, once it is found', () => {
    const { taken, refusals } = call(counting(), { limit: 120, slides: true }, 1440, 100, 700)
    const later = refusals.filter((at) => at > 2 * MINUTE)
    for (const [i, at] of later.entries()) expect(at - (later[i - 1] ?? -MINUTE)).toBeGreaterThanOrEqual(MINUTE)
    expect(taken / (120 * 1440)).toBeGreaterThanOrEqual(0.9)
  })

  it('over fixed minutes seems higher now and then, when calls straddle two of them: refusals stay below one in a thousand', () => {
    const { taken, refusals } = call(counting(), { limit: 120, slides: false }, 1440, 100, 700)
    expect(refusals.length).toBeLessThan(taken / 1000)
    expect(taken / (120 * 1440)).toBeGreaterThanOrEqual(0.9)
  })

  it('is tried less and less often', () => {
    const { refusals } = call(counting(), { limit: 20, slides: true }, 1440, 100, 0)
    const gaps = refusals.slice(1).map((at, i) => at - refusals[i]!)
    expect(gaps.at(-1)!).toBeGreaterThan(gaps[0]! * 5)
    expect(refusals.length).toBeLessThan(80)
  })

  it('that grows is followed within the hour', () => {
    const rig = counting()
    call(rig, { limit: 20, slides: true }, 60, 100, 0)
    const { taken } = call(rig, { limit: 400, slides: true }, 120, 100, 0)
    expect(taken / (400 * 120)).toBeGreaterThan(0.5)
    expect(call(rig, { limit: 400, slides: true }, 60, 100, 0).taken / (400 * 60)).toBeGreaterThan(0.85)
  })

  it('that was none, found out by a stray refusal, gives way also where every call takes long', () => {
    const rig = counting()
    call(rig, { limit: 3, slides: true }, 1, 100, 0)
    const { taken } = call(rig, { limit: Number.POSITIVE_INFINITY, slides: true }, 45, 100, 10_000)
    expect(taken / 45).toBeGreaterThan(30)
  })

  it('that shrinks is followed at once', () => {
    const rig = counting()
    call(rig, { limit: 100, slides: true }, 60, 100, 0)
    const { refusals, taken } = call(rig, { limit: 10, slides: true }, 60, 100, 0)
    expect(refusals.length).toBeLessThan(20)
    expect(taken / 600).toBeGreaterThan(0.7)
  })

  it('is forgotten after an hour without a refusal', () => {
    const rig = counting()
    call(rig, { limit: 3, slides: true }, 1, 100, 0)
    expect(rig.view()).toMatchObject({ limit: 3, source: 'inferred' })
    expect(rig.meter.idle(rig.clock.mono() + 59 * MINUTE)).toBe(false)
    rig.clock.advance(60 * MINUTE)
    expect(rig.view().limit).toBe(Number.POSITIVE_INFINITY)
    expect(rig.meter.idle(rig.clock.mono())).toBe(true)
  })

  it('outlives a restart', () => {
    const rig = counting()
    call(rig, { limit: 7, slides: true }, 3, 100, 0)
    const after = counting()
    after.clock.shiftWall(rig.clock.now() - after.clock.now())
    after.restore(rig.stored())
    expect(after.view()).toMatchObject({ limit: rig.view().limit, used: rig.view().used, source: 'inferred' })
  })

  it('is never found where a person has set one, nor over a calendar day', () => {
    const set = new MeterRig({ amount: 50 })
    const day = new MeterRig({ amount: Number.POSITIVE_INFINITY, window: { calendar: 'day', zone: 'UTC' } }, 'inferred')
    for (const rig of [set, day]) {
      rig.call()
      rig.meter.infer(rig.clock.mono())
    }
    expect(set.view().limit).toBe(50)
    expect(day.view().limit).toBe(Number.POSITIVE_INFINITY)
  })
})
