import { expect, test } from 'vitest'
import { createUnsaved } from '../../src-main/services/unsaved.ts'
import type { MarkRow, MemoryWrites, MeterRow } from '../../src-main/storage/types.ts'
import { nothingNew } from '../storage/fixtures.ts'

const changes = (some: Partial<MemoryWrites>): MemoryWrites => ({ ...nothingNew, ...some })
const mark = (owner: string, strikes = 1): MarkRow => ({
  scope: 'key',
  owner,
  model: '',
  outcome: 'rate-short',
  until: 1,
  reason: null,
  strikes,
  at: 0,
})
const meter = (owner: string, used = 1): MeterRow => ({
  scope: 'bucket',
  owner,
  model: 'm',
  unit: 'requests',
  window: 'slide:60000',
  source: 'set',
  limit: 5,
  used,
  at: 0,
  remaining: null,
  resetsAt: null,
  refills: false,
})

test('of what was spent the newest sum is written, and one that went and came again is there', () => {
  const row = { scope: 'pool', owner: 'main', day: 1, dayEndsAt: 2, month: 1, monthEndsAt: 3, total: 1 } as const
  const unsaved = createUnsaved()
  unsaved.add({ spent: [row] })
  unsaved.add({ spent: [{ ...row, total: 2 }], goneSpent: [{ scope: 'client', owner: 'main' }] })
  unsaved.add({ spent: [{ ...row, total: 3 }], goneSpent: [{ scope: 'pool', owner: 'main' }] })
  expect(unsaved.take()?.changes).toEqual(
    changes({ spent: [{ ...row, total: 3 }], goneSpent: [{ scope: 'client', owner: 'main' }] }),
  )
})

test('of quotas and days the newest is written, and none that was forgotten meanwhile', () => {
  const quota = (used: number, duration = 'DAY') => ({ client: 'editor', duration, used, intervalStart: 1 })
  const day = (name: string, calls: number, client = 'editor') => ({ client, day: name, calls, credits: calls })
  const unsaved = createUnsaved()
  unsaved.add({
    quotas: [quota(1), quota(1, 'HOUR')],
    clientDays: [day('2026-01-01', 1), day('2026-01-02', 1), day('2026-01-01', 1, 'ci')],
  })
  const span = { client: 'editor', from: '2026-01-01', to: '2026-01-01' }
  unsaved.add({ quotas: [quota(2)], goneQuotas: [{ client: 'editor', duration: 'HOUR' }], goneClientDays: [span] })
  unsaved.add({ clientDays: [day('2026-01-02', 5)] })
  expect(unsaved.take()?.changes).toEqual(
    changes({
      quotas: [quota(2)],
      goneQuotas: [{ client: 'editor', duration: 'HOUR' }],
      clientDays: [day('2026-01-01', 1, 'ci'), day('2026-01-02', 5)],
      goneClientDays: [span],
    }),
  )
})

test('of each mark and meter only the newest is written, whether it came or went', () => {
  const unsaved = createUnsaved()
  unsaved.add(changes({ marks: [mark('a'), mark('b')], meters: [meter('x')] }))
  unsaved.add(changes({ marks: [mark('a', 2)], goneMarks: [mark('b')], goneMeters: [meter('x')] }))
  unsaved.add(changes({ meters: [meter('x', 9)] }))
  expect(unsaved.take()?.changes).toEqual(changes({ marks: [mark('a', 2)], goneMarks: [mark('b')], meters: [meter('x', 9)] }))
})

test('what changes again while it is being written is written again; what could not be written comes again', () => {
  const unsaved = createUnsaved()
  unsaved.add(changes({ marks: [mark('a'), mark('b')] }))
  const failed = unsaved.take()
  expect(failed?.changes.marks).toHaveLength(2)
  const part = unsaved.take()
  unsaved.add(changes({ marks: [mark('a', 2)] }))
  part?.saved()
  const rest = unsaved.take()
  expect(rest?.changes).toEqual(changes({ marks: [mark('a', 2)] }))
  rest?.saved()
  expect(unsaved.take()).toBeNull()
})

test('much goes in parts, oldest first, and nothing twice', () => {
  const unsaved = createUnsaved()
  const owners = Array.from({ length: 1201 }, (_, n) => `k${n}`)
  unsaved.add(changes({ meters: owners.map((owner) => meter(owner)) }))
  const sizes: number[] = []
  const written: string[] = []
  for (let part = unsaved.take(); part; part = unsaved.take()) {
    sizes.push(part.changes.meters.length)
    written.push(...part.changes.meters.map(({ owner }) => owner))
    part.saved()
  }
  expect(sizes).toEqual([500, 500, 201])
  expect(written).toEqual(owners)
})
