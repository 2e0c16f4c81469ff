import { expect, it } from 'vitest'
import type { OutcomeClass } from '../../src-main/pool/types.ts'
import { outcomeClasses } from '../../src-main/pool/types.ts'
import * as fc from '../support/fast-check.ts'
import { rig, settle } from './rig.ts'

const caller = fc.record({
  at: fc.nat({ max: 3000 }),
  hold: fc.integer({ min: 1, max: 400 }),
  patience: fc.nat({ max: 4000 }),
  model: fc.constantFrom(undefined, 'm', 'n'),
  tried: fc.subarray(['k0', 'k1', 'k2'], { maxLength: 2 }),
  leavesAfter: fc.option(fc.nat({ max: 1000 }), { freq: 4 }),
  outcome: fc.oneof({ weight: 6, arbitrary: fc.constant<OutcomeClass>('ok') }, fc.constantFrom(...outcomeClasses)),
})

it('answers every caller once and in time, exceeds no limit and loses no slot, whoever comes, leaves or fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(caller, { minLength: 1, maxLength: 40, size: 'max' }),
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom(0, 1, 4),
      async (callers, keyConcurrency, concurrency) => {
        const house = rig(['k0', 'k1', 'k2'], { keyConcurrency, concurrency, noCreditMs: 900 })
        const busy = new Map<string, number>()
        let [inFlight, answers] = [0, 0]
        const wrong: string[] = []
        const claim = (holds: boolean, what: string) => holds || wrong.push(what)
        for (const one of callers) {
          house.clock.after(one.at, () => {
            const abort = new AbortController()
            const deadlineMs = house.clock.mono() + one.patience
            if (one.leavesAfter !== null) house.clock.after(one.leavesAfter, () => abort.abort('left'))
            const query = { pool: 'p', exclude: new Set(one.tried), ...(one.model ? { model: one.model } : {}) }
            house.engine.acquire(query, { deadlineMs, signal: abort.signal }).then(
              (result) => {
                answers++
                claim(house.clock.mono() <= deadlineMs, 'answered after the deadline')
                if (result.kind !== 'lease') return
                const { lease } = result
                claim(!one.tried.includes(lease.keyId), 'given a key that it had tried')
                busy.set(lease.keyId, (busy.get(lease.keyId) ?? 0) + 1)
                inFlight++
                claim((busy.get(lease.keyId) ?? 0) <= keyConcurrency, 'key over its limit')
                claim(concurrency === 0 || inFlight <= concurrency, 'pool over its limit')
                house.clock.after(one.hold, () => {
                  busy.set(lease.keyId, (busy.get(lease.keyId) ?? 0) - 1)
                  inFlight--
                  house.engine.report(lease, { class: one.outcome })
                })
              },
              (reason: unknown) => {
                answers++
                claim(reason === 'left', 'rejected for another reason')
              },
            )
          })
        }
        // A millisecond at a time, so that answers are seen at the moment at which they are given.
        for (let ms = 0; ms <= 9000; ms++) {
          house.clock.advance(ms === 0 ? 0 : 1)
          await settle()
        }
        expect(wrong).toEqual([])
        expect(answers).toBe(callers.length)
        expect(house.engine.pool('p')).toMatchObject({ inFlight: 0, waiting: 0 })
      },
    ),
    { numRuns: 60 },
  )
})
