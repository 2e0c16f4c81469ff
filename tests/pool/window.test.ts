import { describe, expect, it } from 'vitest'
import { CallWindow } from '../../src-main/pool/window.ts'
import * as fc from '../support/fast-check.ts'

const step = fc.record({ ms: fc.nat({ max: 60 }), arriveAfter: fc.nat({ max: 3 }) })

describe('the sliding window', () => {
  it('never lets more calls arrive in any span than the limit, wherever between start and first byte they arrive', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 500 }),
        fc.array(step, { maxLength: 300, size: 'max' }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (limit, span, steps, where) => {
          const window = new CallWindow()
          const open: number[] = []
          const arrivals: number[] = []
          let now = 0
          const arrive = () => {
            const start = open.shift()!
            arrivals.push(start + (where.next().value as number) * (now - start))
            window.settle(now)
          }
          for (const { ms, arriveAfter } of steps) {
            now += ms
            if (window.freeAt(limit, span, now) === 0) {
              window.open()
              open.push(now)
            }
            while (open.length > arriveAfter) arrive()
          }
          while (open.length > 0) arrive()
          const sorted = arrivals.toSorted((a, b) => a - b)
          for (let i = limit; i < sorted.length; i++) expect(sorted[i]! - sorted[i - limit]!).toBeGreaterThanOrEqual(span)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('keeps nobody out longer than it must', () => {
    const window = new CallWindow()
    for (let at = 0; at < 100; at++) {
      expect(window.freeAt(100, 1000, at)).toBe(0)
      window.open()
      window.settle(at)
    }
    for (let at = 1000; at < 1100; at++) {
      expect(window.freeAt(100, 1000, at - 1)).toBe(at)
      expect(window.freeAt(100, 1000, at)).toBe(0)
      window.open()
      window.settle(at)
    }
  })

  it('serves several limits at once from one memory', () => {
    const window = new CallWindow()
    for (let at = 0; at < 50; at += 10) {
      window.freeAt(5, 1000, at)
      window.open()
      window.settle(at)
    }
    expect(window.freeAt(5, 1000, 45)).toBe(1000)
    expect(window.freeAt(2, 100, 45)).toBe(130)
    expect(window.freeAt(2, 10, 45)).toBe(0)
  })
})
