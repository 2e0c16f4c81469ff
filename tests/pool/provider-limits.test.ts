import { expect, it } from 'vitest'
import type { Lease, Limit, Unit } from '../../src-main/pool/types.ts'
import * as fc from '../support/fast-check.ts'
import { type Rig, rig, seeded, strategyNames } from './rig.ts'

const units: Unit[] = ['requests', 'input', 'output', 'total', 'nanos']

interface Call {
  lease: Lease
  bucket: string
  arrived: boolean
  estimate: { input: number; output: number; nanos: number }
}

/** What an upstream with these very limits has counted, independently of the engine. */
class Ledger {
  readonly entries: { bucket: string; model: string; at: number; amounts: Record<Unit, number> }[] = []

  /** Whether any window of this length ever held more than the limit. */
  exceeds(bucket: string, model: string, { unit, window, amount }: Limit): boolean {
    if (window === 'forever' || !('slideMs' in window)) throw new Error('only sliding windows here')
    const all = this.entries.filter((entry) => entry.bucket === bucket && (model === '' || entry.model === model))
    return all.some(({ at }) => {
      const inside = all.filter((other) => other.at <= at && other.at > at - window.slideMs)
      return inside.reduce((sum, { amounts }) => sum + amounts[unit], 0) > amount
    })
  }
}

const anyLimit = fc.record({
  unit: fc.constantFrom(...units),
  window: fc.constantFrom({ slideMs: 1000 }, { slideMs: 5000 }),
  amount: fc.integer({ min: 1, max: 40 }),
})
const move = fc.record({
  do: fc.constantFrom('lease', 'lease', 'lease', 'touch', 'report', 'report', 'wait', 'wall'),
  model: fc.constantFrom('m', 'n'),
  lane: fc.constantFrom('interactive', 'background') as fc.Arbitrary<'interactive'>,
  input: fc.nat({ max: 8 }),
  output: fc.nat({ max: 8 }),
  nanos: fc.nat({ max: 8 }),
  /** What was really used of the estimate. */
  part: fc.double({ min: 0, max: 1, noNaN: true }),
  which: fc.nat({ max: 20 }),
  ms: fc.nat({ max: 900 }),
})

it('no window of any account or model is ever exceeded, whoever leases, reports late, expires or moves the clock', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...strategyNames),
      fc.array(anyLimit, { minLength: 1, maxLength: 3 }),
      fc.array(anyLimit, { maxLength: 2 }),
      fc.array(move, { minLength: 20, maxLength: 200, size: 'max' }),
      (strategy, whole, ofModel, moves) => {
        const house = rig([{ id: 'a', bucket: 'x' }, { id: 'b', bucket: 'x' }, 'c'], { strategy, leaseMs: 3000 }, seeded(2))
        const limits = { '': whole, m: ofModel }
        for (const bucket of ['x', 'c']) house.engine.setBucket(bucket, limits)
        const ledger = new Ledger()
        const streaming = run(house, ledger, moves)
        for (const bucket of ['x', 'c']) {
          for (const [model, some] of Object.entries(limits)) {
            for (const limit of some)
              expect({ bucket, model, limit, exceeded: ledger.exceeds(bucket, model, limit) }).toMatchObject({ exceeded: false })
          }
        }
        // And nobody is kept out for ever: when what streams has ended, everything fits again after the longest window.
        for (const { lease } of streaming) house.engine.report(lease, { class: 'ok' })
        house.clock.advance(20_000)
        expect(house.engine.tryLease({ pool: 'p', model: 'm' }).kind).toBe('lease')
      },
    ),
    { numRuns: 400 },
  )
})

type Move = typeof move extends fc.Arbitrary<infer T> ? T : never

/** Gives the calls whose answers still come; the others are reported, or taken back in time. */
function run(house: Rig, ledger: Ledger, moves: readonly Move[]): Call[] {
  const out: Call[] = []
  for (const one of moves) {
    const call = out[one.which % Math.max(1, out.length)]
    if (one.do === 'lease') {
      const estimate = { input: one.input, output: one.output, nanos: one.nanos }
      const result = house.engine.tryLease({ pool: 'p', model: one.model, lane: one.lane, cost: estimate })
      if (result.kind === 'lease')
        out.push({ lease: result.lease, bucket: result.lease.keyId === 'c' ? 'c' : 'x', arrived: false, estimate })
    } else if (one.do === 'wait') house.clock.advance(one.ms)
    else if (one.do === 'wall') house.clock.shiftWall((one.ms - 450) * 100_000)
    else if (call && one.do === 'touch') {
      house.engine.touch(call.lease)
      arrive(ledger, call, house.clock.mono())
    } else if (call) {
      const used = { output: Math.floor(call.estimate.output * one.part), nanos: Math.floor(call.estimate.nanos * one.part) }
      arrive(ledger, call, house.clock.mono())
      const amounts = { requests: 0, input: 0, output: used.output, total: used.output, nanos: used.nanos }
      ledger.entries.push({ bucket: call.bucket, model: call.lease.model ?? '', at: house.clock.mono(), amounts })
      house.engine.report(call.lease, { class: 'ok' }, used)
      out.splice(out.indexOf(call), 1)
    }
    // A lease that nobody touches for three seconds is taken back: the upstream never saw it.
    for (const lost of out.filter(({ arrived }) => !arrived)) if (!isOut(house, lost)) out.splice(out.indexOf(lost), 1)
  }
  return out.filter(({ arrived }) => arrived)
}

function isOut(house: Rig, { lease }: Call): boolean {
  return leasedAt.get(lease) === undefined ? remember(house, lease) : house.clock.mono() - (leasedAt.get(lease) ?? 0) < 3000
}

const leasedAt = new WeakMap<Lease, number>()

function remember(house: Rig, lease: Lease): boolean {
  leasedAt.set(lease, house.clock.mono())
  return true
}

function arrive(ledger: Ledger, call: Call, at: number): void {
  if (call.arrived) return
  call.arrived = true
  const { input } = call.estimate
  ledger.entries.push({
    bucket: call.bucket,
    model: call.lease.model ?? '',
    at,
    amounts: { requests: 1, input, output: 0, total: input, nanos: 0 },
  })
}
