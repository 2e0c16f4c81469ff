import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src-main/pool/clock.ts'

const day = 86_400_000

afterEach(() => vi.useRealTimers())

describe('the system clock', () => {
  it('runs a timer once and calls it off', async () => {
    const clock = systemClock()
    const ran: string[] = []
    const off = clock.after(1, () => ran.push('called off'))
    off()
    await new Promise<void>((resolve) => {
      clock.after(5, () => {
        ran.push('ran')
        resolve()
      })
    })
    expect(ran).toEqual(['ran'])
  })

  it('tells wall time in ms since 1970 and monotonic time that does not go back', () => {
    const clock = systemClock()
    expect(clock.now()).toBeGreaterThan(Date.UTC(2025, 0, 1))
    const first = clock.mono()
    expect(clock.mono()).toBeGreaterThanOrEqual(first)
  })

  it('waits longer than Node’s timers can', () => {
    vi.useFakeTimers()
    const asked = vi.spyOn(globalThis, 'setTimeout')
    let ran = 0
    systemClock().after(40 * day, () => ran++)
    vi.advanceTimersByTime(40 * day - 1)
    expect(ran).toBe(0)
    vi.advanceTimersByTime(1)
    expect(ran).toBe(1)
    expect(Math.max(...asked.mock.calls.map(([, ms]) => ms ?? 0))).toBeLessThanOrEqual(day)
  })

  it('calls a long wait off in its middle', () => {
    vi.useFakeTimers()
    let ran = 0
    const off = systemClock().after(3 * day, () => ran++)
    vi.advanceTimersByTime(2.5 * day)
    off()
    vi.advanceTimersByTime(10 * day)
    expect(ran).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})
