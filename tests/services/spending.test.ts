import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { keepMemory } from '../../src-main/services/memory.ts'
import { spendingOf } from '../../src-main/services/spending/rules.ts'
import { type BudgetRule, createSpending, type SpendingBook } from '../../src-main/services/spending/spending.ts'
import type { Loaded, SpentRow, Storage } from '../../src-main/storage/types.ts'
import type { Budget } from '../../src-preload/contract/index.ts'
import {
  client as clientRowOf,
  memoryLog,
  newFolder,
  newStorage,
  nothingNew,
  nothingStored,
  noUse,
  pool,
} from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'
import * as fc from '../support/fast-check.ts'

const usd = 1e9
const calendar = { periodEnd }

interface Given {
  pool?: Budget | null
  client?: Budget | null
  zone?: string
  remembered?: readonly SpentRow[]
  clock?: VirtualClock
}

/** A book over the pool `main` and the client `editor`, whose rules may be changed. */
function book({ pool: ofPool = null, client = null, zone = 'UTC', remembered = [], clock = new VirtualClock() }: Given = {}) {
  const rules = new Map<string, BudgetRule>([
    ['pool main', { budget: ofPool, zone }],
    ['client editor', { budget: client, zone }],
  ])
  const spending = createSpending({ remembered, clock, calendar, ruleOf: (scope, owner) => rules.get(`${scope} ${owner}`) })
  return { spending, clock, rules }
}

function reserve(spending: SpendingBook, nanos: number, ofPool = 'main', client = 'editor') {
  const set = spending.reserve(ofPool, client, nanos)
  if (set.kind === 'spent') throw new Error(`spent: ${set.of}`)
  return set
}

const refusal = (spending: SpendingBook, nanos: number) => {
  const set = spending.reserve('main', 'editor', nanos)
  return set.kind === 'spent' ? set : null
}

test('what is set aside counts at once, what a call really cost at its end, and the estimate when nobody knows', () => {
  const { spending } = book({ pool: { usd: 1, per: 'total' } })
  const [known, unknown, failed] = [0.3, 0.3, 0.3].map((share) => reserve(spending, share * usd))
  expect(spending.spent('pool', 'main')).toMatchObject({ used: 0, reserved: 0.9 * usd })
  known?.settle(0.1 * usd)
  unknown?.settle(null)
  failed?.settle(0)
  expect(spending.spent('pool', 'main')).toEqual({
    budget: { usd: 1, per: 'total' },
    used: 0.4 * usd,
    reserved: 0,
    resetsAt: null,
  })
  expect(spending.spent('client', 'editor')).toMatchObject({ budget: null, used: 0.4 * usd })
})

test('a call settles once', () => {
  const { spending } = book()
  const set = reserve(spending, 5)
  set.settle(7)
  set.settle(7)
  set.settle(null)
  expect(spending.spent('pool', 'main')).toMatchObject({ used: 7, reserved: 0 })
})

test.each(['pool', 'client'] as const)('a used-up budget of the %s refuses, and names itself', (scope) => {
  const { spending } = book({ [scope]: { usd: 1, per: 'total' } })
  reserve(spending, usd).settle(usd)
  expect(refusal(spending, 0)).toEqual({ kind: 'spent', of: scope, until: null })
})

test('a refused call sets nothing aside anywhere', () => {
  const { spending } = book({ pool: { usd: 10, per: 'total' }, client: { usd: 1, per: 'total' } })
  expect(refusal(spending, 2 * usd)).toMatchObject({ of: 'client' })
  expect(spending.spent('pool', 'main')?.reserved).toBe(0)
  expect(spending.spent('client', 'editor')?.reserved).toBe(0)
})

test('a budget of nothing lets nothing through, and never will', () => {
  const { spending } = book({ pool: { usd: 0, per: 'day' } })
  expect(refusal(spending, 0)).toMatchObject({ of: 'pool', until: null })
})

test('a call that is dearer than the whole budget is never let through, and is told so', () => {
  const { spending } = book({ pool: { usd: 1, per: 'day' } })
  expect(refusal(spending, 2 * usd)).toMatchObject({ until: null })
  expect(refusal(spending, usd)).toBeNull()
})

test('figures that make no sense spoil no sum', () => {
  const { spending } = book()
  for (const nanos of [Number.NaN, -5, Number.POSITIVE_INFINITY, 0.4]) reserve(spending, nanos).settle(nanos)
  expect(spending.spent('pool', 'main')).toMatchObject({ used: 1e14, reserved: 0 })
})

test('who is not there is not counted, and holds up nothing', () => {
  const { spending } = book()
  reserve(spending, 5, 'nowhere', 'nobody').settle(5)
  expect(spending.spent('pool', 'nowhere')).toBeNull()
  expect(spending.takeMemory()).toEqual({ spent: [], goneSpent: [] })
})

describe('periods', () => {
  test.each([
    // Midnight in Paris is 23:00 UTC in winter.
    ['day', Date.UTC(2026, 0, 31, 22, 59), Date.UTC(2026, 0, 31, 23)],
    ['month', Date.UTC(2026, 0, 31, 22, 59), Date.UTC(2026, 0, 31, 23)],
    ['month', Date.UTC(2026, 0, 5), Date.UTC(2026, 0, 31, 23)],
    // The 29th of March has 23 hours.
    ['day', Date.UTC(2026, 2, 29, 0), Date.UTC(2026, 2, 29, 22)],
  ] as const)('a %s ends by the calendar of its zone (%d)', (per, now, until) => {
    const { spending, clock } = book({ pool: { usd: 1, per }, zone: 'Europe/Paris', clock: new VirtualClock(now) })
    reserve(spending, usd).settle(usd)
    expect(refusal(spending, 1)).toEqual({ kind: 'spent', of: 'pool', until })
    clock.advance(until - now - 1)
    expect(refusal(spending, 1)).not.toBeNull()
    clock.advance(1)
    expect(spending.spent('pool', 'main')).toMatchObject({ used: 0 })
    expect(refusal(spending, usd)).toBeNull()
  })

  test('a budget that is given or changed later holds from the beginning of its period', () => {
    const { spending, rules } = book()
    reserve(spending, usd).settle(usd)
    for (const per of ['day', 'month', 'total'] as const) {
      rules.set('pool main', { budget: { usd: 1, per }, zone: 'UTC' })
      expect(refusal(spending, 1)).toMatchObject({ of: 'pool' })
    }
    rules.set('pool main', { budget: { usd: 2, per: 'total' }, zone: 'UTC' })
    expect(refusal(spending, usd)).toBeNull()
  })

  test('a clock that is put back opens no day twice; one that was far ahead holds no day open', () => {
    const { spending, clock } = book({ pool: { usd: 1, per: 'day' }, clock: new VirtualClock(Date.UTC(2026, 0, 2, 0, 1)) })
    reserve(spending, usd).settle(usd)
    clock.shiftWall(-120_000)
    expect(refusal(spending, 1)).toMatchObject({ until: Date.UTC(2026, 0, 3) })
    clock.shiftWall(-10 * 86_400_000)
    expect(refusal(spending, 1)).toMatchObject({ until: Date.UTC(2025, 11, 23) })
  })

  test('another zone ends the day elsewhere, and keeps what was spent in it', () => {
    const { spending, rules } = book({ pool: { usd: 1, per: 'day' } })
    reserve(spending, usd).settle(usd)
    rules.set('pool main', { budget: { usd: 1, per: 'day' }, zone: 'Asia/Tokyo' })
    expect(refusal(spending, 1)).toMatchObject({ until: Date.UTC(2026, 0, 1, 15) })
  })
})

describe('many calls at once', () => {
  const step = fc.record({
    start: fc.boolean(),
    estimate: fc.integer({ min: 0, max: 400 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })

  /** Starts and ends calls in any order; gives back what was spent in the end. */
  function run(steps: readonly { start: boolean; estimate: number; share: number }[], dear: number | null): number {
    const { spending } = book({ pool: { usd: 1000 / usd, per: 'total' } })
    const under: { settle(nanos: number): void; estimate: number }[] = []
    let spent = 0
    let started = 0
    const end = (share: number) => {
      const [call] = under.splice(Math.floor(share * under.length * 0.999), 1)
      if (!call) return
      const cost = Math.floor(call.estimate * share)
      spent += cost
      call.settle(cost)
    }
    for (const { start, estimate, share } of steps) {
      const set = start ? spending.reserve('main', 'editor', estimate) : null
      if (set === null) end(share)
      else if (set.kind === 'reserved' && started++ === dear) {
        set.settle(estimate + 77)
        spent += estimate + 77
      } else if (set.kind === 'reserved') under.push({ estimate, settle: (nanos) => set.settle(nanos) })
    }
    while (under.length > 0) end(1)
    expect(spending.spent('pool', 'main')).toMatchObject({ used: spent, reserved: 0 })
    return spent
  }

  test('never spend more than the budget while estimates hold', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        expect(run(steps, null)).toBeLessThanOrEqual(1000)
      }),
    )
  })

  test('exceed it by no more than what one call was misjudged by', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat({ max: 20 }), (steps, dear) => {
        expect(run(steps, dear)).toBeLessThanOrEqual(1077)
      }),
    )
  })
})

/** A book that is kept in this storage, with an engine that has nothing to say. */
function kept(storage: Pick<Storage, 'saveMemory'>, remembered: readonly SpentRow[], clock: VirtualClock) {
  const made = book({ pool: { usd: 1, per: 'month' }, remembered, clock })
  const engine = createPoolEngine({ clock, random: () => 0, calendar })
  onTestFinished(() => engine.close())
  const owners = { key: new Set<string>(), bucket: new Set<string>() }
  const memory = keepMemory(
    { marks: [], meters: [] },
    { engine, spending: made.spending, clientUse: noUse, storage, clock, log: memoryLog(), owners },
  )
  return { ...made, memory }
}

test('what was spent is there after a restart, in the periods it was spent in', async () => {
  const storage = await newStorage()
  const clock = new VirtualClock(Date.UTC(2026, 0, 31, 12))
  const before = kept(storage, [], clock)
  reserve(before.spending, usd).settle(0.75 * usd)
  await before.memory.close()
  const { spent } = (await storage.load()).memory
  expect(spent.map(({ scope, owner, total }) => [scope, owner, total])).toEqual([
    ['pool', 'main', 0.75 * usd],
    ['client', 'editor', 0.75 * usd],
  ])
  const after = kept(storage, spent, clock)
  expect(refusal(after.spending, 0.5 * usd)).toMatchObject({ until: Date.UTC(2026, 1, 1) })
  clock.advance(12 * 3_600_000)
  expect(after.spending.spent('pool', 'main')).toMatchObject({ used: 0 })
  await after.memory.close()
})

test('what was spent by who is gone is cleaned away at the start, and when it goes', async () => {
  const storage = await newStorage()
  const row = (owner: string): SpentRow => ({ scope: 'pool', owner, day: 1, dayEndsAt: 1, month: 1, monthEndsAt: 1, total: 1 })
  await storage.saveMemory({ ...nothingNew, spent: [row('gone'), row('main')] })
  const { memory, spending } = kept(storage, (await storage.load()).memory.spent, new VirtualClock())
  await memory.close()
  expect((await storage.load()).memory.spent.map(({ owner }) => owner)).toEqual(['main'])
  const late = reserve(spending, 5)
  spending.forget('pool', 'main')
  late.settle(5)
  expect(spending.takeMemory()).toMatchObject({ spent: [{ scope: 'client' }], goneSpent: [{ scope: 'pool', owner: 'main' }] })
  expect(spending.spent('pool', 'main')).toMatchObject({ used: 0 })
})

test('a killed process has forgotten nothing that was written, and writes every second', { timeout: 30_000 }, async () => {
  const folder = newFolder()
  const child = spawn(process.execPath, [new URL('./spending-child.ts', import.meta.url).pathname, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  child.kill('SIGKILL')
  expect((await exited)[1]).toBe('SIGKILL')
  const written = Number(line.toString().trim().split('\n').at(-1))
  expect(written).toBeGreaterThan(0)
  const storage = await newStorage({ folder })
  const [row] = (await storage.load()).memory.spent
  expect(row).toMatchObject({ scope: 'pool', owner: 'main' })
  expect(row?.total).toBeGreaterThanOrEqual(written)
})

describe('the budgets of the catalog', () => {
  const clientRow = (budget: Budget | null) => clientRowOf({ budget })
  const loaded = (fields: Partial<Loaded>): Loaded => ({ ...nothingStored, ...fields })

  test('are those of its rows, by the zone of the pool, of its provider or of this machine', async () => {
    const catalog = createCatalog(
      { write: async () => undefined },
      loaded({ pools: [pool({ provider: 'gemini', config: { budget: { usd: 1, per: 'day' } } })], clients: [clientRow(null)] }),
    )
    const noon = Date.UTC(2026, 0, 15, 12)
    const spending = spendingOf(catalog, [], new VirtualClock(noon), calendar)
    // Midnight in California.
    expect(spending.spent('pool', 'main')).toMatchObject({ budget: { usd: 1 }, resetsAt: Date.UTC(2026, 0, 16, 8) })
    const budget = { usd: 2, per: 'day' } as const
    await catalog.commit({
      putPools: [pool({ config: { budget, limitZone: 'Asia/Tokyo' } })],
      putClients: [clientRow(budget)],
    })
    expect(spending.spent('pool', 'main')).toMatchObject({ budget, resetsAt: Date.UTC(2026, 0, 15, 15) })
    const machine = new Intl.DateTimeFormat().resolvedOptions().timeZone
    expect(spending.spent('client', 'editor')).toMatchObject({ budget, resetsAt: periodEnd('day', machine, noon) })
  })

  test('go with them', async () => {
    const catalog = createCatalog({ write: async () => undefined }, loaded({ pools: [pool()], clients: [clientRow(null)] }))
    const spending = spendingOf(catalog, [], new VirtualClock(), calendar)
    reserve(spending, 5).settle(5)
    await catalog.commit({ removePools: ['main'], removeClients: ['editor'] })
    expect(spending.spent('pool', 'main')).toBeNull()
    expect(spending.takeMemory()).toEqual({
      spent: [],
      goneSpent: [
        { scope: 'pool', owner: 'main' },
        { scope: 'client', owner: 'editor' },
      ],
    })
  })
})
