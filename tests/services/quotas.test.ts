/** The book of quotas: over calendars and clocks, over other definitions, over a restart. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import type { QuotaTaken } from '../../src-main/proxy/types.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { dayNames } from '../../src-main/services/clients/client-days.ts'
import { type ClientUse, createClientUse } from '../../src-main/services/clients/client-use.ts'
import { createQuotas, type QuotaBook } from '../../src-main/services/clients/quotas.ts'
import { keepMemory } from '../../src-main/services/memory.ts'
import type { ClientRow, Loaded, QuotaRow, Storage } from '../../src-main/storage/types.ts'
import { type CreditRule, creditRule } from '../../src-preload/contract/quota.ts'
import { client, memoryLog, newFolder, newStorage, nothingNew, nothingStored } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'
import * as fc from '../support/fast-check.ts'

const at = (iso: string) => Date.parse(iso)
type Definition = ClientRow['quotas'][number]
const quota = (duration: Definition['duration'], credits: number, start: string, zone = 'UTC'): Definition => ({
  duration,
  credits,
  start: at(start),
  zone,
})
const daily = quota('DAY', 3, '2026-01-01T00:00:00Z')

interface Given {
  quotas?: Definition[]
  rules?: CreditRule[]
  remembered?: readonly QuotaRow[]
  clock?: VirtualClock
}

/** The book of the client `editor`. */
function openBook({ quotas = [daily], rules = [], remembered = [], clock = new VirtualClock() }: Given = {}) {
  const dayOf = dayNames('UTC', { periodEnd })
  const book = createQuotas({ clients: [{ id: 'editor', quotas }], remembered, rules: () => rules, clock, dayOf })
  return { book, clock }
}

const plain = { pool: 'main', model: 'gpt', tokens: 0, nanos: 0 }
const ok = { reached: true, tokens: 0, nanos: 0 }
const unreached = { reached: false, tokens: null, nanos: null }

function take(book: Pick<QuotaBook, 'take'>, call: Partial<typeof plain> = {}): QuotaTaken {
  const taken = book.take('editor', { ...plain, ...call })
  if (taken?.kind !== 'taken') throw new Error(JSON.stringify(taken))
  return taken
}
const isShort = (book: QuotaBook) => book.take('editor', plain)?.kind === 'short'
const used = (book: QuotaBook) => book.standing('editor').map((one) => one.used)

describe('a call', () => {
  test('takes from all quotas, or from none', () => {
    const { book } = openBook({ quotas: [quota('MINUTE', 2, '2026-01-01T00:00:00Z'), daily] })
    take(book)
    take(book)
    expect(book.take('editor', plain)).toMatchObject({
      kind: 'short',
      required: 1,
      state: { duration: 'MINUTE', limit: 2, remaining: 0, renewsAt: at('2026-01-01T00:01:00Z') },
    })
    expect(used(book)).toEqual([2, 2])
  })

  test('of a client without quotas is nobody’s matter', () => {
    const { book } = openBook()
    expect(book.take('nobody', plain)).toBeNull()
    expect(book.standing('nobody')).toEqual([])
    expect(book.takeMemory().quotas).toHaveLength(1)
  })

  test('settles once, and says what it has cost', () => {
    const { book } = openBook({ rules: [creditRule.parse({ perCall: 0.25, perThousandTokens: 1 })] })
    const call = take(book, { tokens: 1000 })
    expect(used(book)).toEqual([1.25])
    expect(call.settle({ reached: true, tokens: 500, nanos: null })).toBe(0.75)
    expect(call.settle(unreached)).toBe(0.75)
    expect(used(book)).toEqual([0.75])
    expect(take(book, { tokens: 1000 }).settle(unreached)).toBe(0)
    expect(take(book, { tokens: 1000 }).settle({ reached: true, tokens: null, nanos: null })).toBe(1.25)
    expect(used(book)).toEqual([2])
  })

  test('is settled by the rule that it was taken by', () => {
    const rules = [creditRule.parse({ perCall: 2 })]
    const { book } = openBook({ rules })
    const call = take(book)
    rules[0] = creditRule.parse({ perCall: 0 })
    expect(call.settle(ok)).toBe(2)
    expect(take(book).settle(ok)).toBe(0)
  })

  test('leaves what other clients have', () => {
    const clock = new VirtualClock()
    const clients = ['editor', 'ci'].map((id) => ({ id, quotas: [daily] }))
    const book = createQuotas({ clients, remembered: [], rules: () => [], clock, dayOf: dayNames('UTC', { periodEnd }) })
    take(book)
    expect(book.standing('ci')[0]?.used).toBe(0)
  })
})

describe('an interval ends by the calendar', () => {
  test.each([
    ['a month that began on the 31st', quota('MONTH', 1, '2026-01-31T09:00:00Z'), '2026-02-27T12:00:00Z', '2026-02-28T09:00:00Z'],
    ['the short month after it', quota('MONTH', 1, '2026-01-31T09:00:00Z'), '2026-02-28T09:00:00Z', '2026-03-31T09:00:00Z'],
    ['a month in a leap year', quota('MONTH', 1, '2027-12-31T00:00:00Z'), '2028-02-28T23:00:00Z', '2028-02-29T00:00:00Z'],
    ['a year from 29 February', quota('YEAR', 1, '2024-02-29T00:00:00Z'), '2026-03-01T00:00:00Z', '2027-02-28T00:00:00Z'],
    ['that year in the next leap year', quota('YEAR', 1, '2024-02-29T00:00:00Z'), '2027-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    // 29 March 2026 has 23 hours in Paris, 25 October has 25.
    [
      'a day of 23 hours',
      quota('DAY', 1, '2025-12-31T23:00:00Z', 'Europe/Paris'),
      '2026-03-28T23:00:00Z',
      '2026-03-29T22:00:00Z',
    ],
    [
      'a day of 25 hours',
      quota('DAY', 1, '2025-12-31T23:00:00Z', 'Europe/Paris'),
      '2026-10-24T22:00:00Z',
      '2026-10-25T23:00:00Z',
    ],
    [
      'a week over summer time',
      quota('WEEK', 1, '2026-03-23T08:00:00Z', 'Europe/Paris'),
      '2026-03-27T00:00:00Z',
      '2026-03-30T07:00:00Z',
    ],
    ['an hour', quota('HOUR', 1, '2026-01-01T00:10:00Z'), '2026-03-29T01:10:00Z', '2026-03-29T02:10:00Z'],
  ] as const)('%s', (_, definition, from, until) => {
    const { book, clock } = openBook({ quotas: [definition], clock: new VirtualClock(at(from)) })
    take(book).settle(ok)
    expect(book.standing('editor')).toEqual([{ ...definition, used: 1, remaining: 0, renewsAt: at(until) }])
    clock.advance(at(until) - at(from) - 1)
    expect(isShort(book)).toBe(true)
    clock.advance(1)
    expect(book.standing('editor')[0]).toMatchObject({ used: 0, remaining: 1 })
    expect(isShort(book)).toBe(false)
  })

  test('a clock that is set back opens none twice; one that was years ahead holds none for years', () => {
    const { book, clock } = openBook({ clock: new VirtualClock(at('2026-01-02T00:00:30Z')) })
    for (let i = 0; i < 3; i++) take(book).settle(ok)
    clock.shiftWall(-60_000)
    expect(isShort(book)).toBe(true)
    clock.shiftWall(60_000)
    expect(isShort(book)).toBe(true)
    clock.shiftWall(-10 * 86_400_000)
    expect(isShort(book)).toBe(true)
    clock.advance(86_400_000)
    expect(used(book)).toEqual([0])
  })

  test('what a call under way gives back when it is over is not the next one’s', () => {
    const { book, clock } = openBook({ clock: new VirtualClock(at('2026-01-01T23:59:59Z')) })
    const late = take(book)
    clock.advance(2000)
    take(book)
    late.settle(unreached)
    expect(used(book)).toEqual([1])
  })
})

describe('another definition', () => {
  test('counts what was used of the same duration, and frees or refuses at once', () => {
    const { book } = openBook()
    for (let i = 0; i < 3; i++) take(book).settle(ok)
    book.define('editor', [{ ...daily, credits: 5 }])
    expect(book.standing('editor')[0]).toMatchObject({ credits: 5, used: 3, remaining: 2 })
    book.define('editor', [{ ...daily, credits: 1 }])
    expect(book.standing('editor')[0]).toMatchObject({ used: 3, remaining: 0 })
    expect(isShort(book)).toBe(true)
  })

  test('of another duration begins at nothing, and one that comes again as well', () => {
    const { book } = openBook()
    take(book)
    const hourly = quota('HOUR', 2, '2026-01-01T00:00:00Z')
    book.define('editor', [hourly])
    expect(used(book)).toEqual([0])
    expect(book.takeMemory()).toEqual({
      quotas: [{ client: 'editor', duration: 'HOUR', used: 0, intervalStart: at('2026-01-01T00:00:00Z') }],
      goneQuotas: [{ client: 'editor', duration: 'DAY' }],
    })
    book.define('editor', [hourly, daily])
    expect(used(book)).toEqual([0, 0])
    expect(book.takeMemory().goneQuotas).toEqual([])
  })

  test('calls under way settle with it', () => {
    const { book } = openBook()
    const call = take(book)
    book.define('editor', [{ ...daily, credits: 9 }])
    call.settle(unreached)
    expect(used(book)).toEqual([0])
  })

  test('none at all: nothing is held against the client, and calls under way harm nothing', () => {
    const { book } = openBook()
    const call = take(book)
    book.define('editor', [])
    call.settle(ok)
    expect(book.take('editor', plain)).toBeNull()
    expect(book.takeMemory()).toEqual({ quotas: [], goneQuotas: [{ client: 'editor', duration: 'DAY' }] })
  })
})

test('in whatever order calls begin, end and fail, no more than the quota is ever used, and what is used is what they cost', () => {
  const step = fc.record({
    start: fc.boolean(),
    tokens: fc.integer({ min: 0, max: 4000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    reached: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const rules = [creditRule.parse({ perCall: 0.1, perThousandTokens: 1 })]
      const { book } = openBook({ quotas: [{ ...daily, credits: 10 }], rules })
      const under: { taken: QuotaTaken; tokens: number }[] = []
      let cost = 0
      for (const { start, tokens, share, reached } of steps) {
        const taken = start ? book.take('editor', { ...plain, tokens }) : null
        if (taken?.kind === 'taken') under.push({ taken, tokens })
        const [call] = start ? [] : under.splice(Math.floor(share * under.length * 0.999), 1)
        if (call) cost += call.taken.settle({ reached, tokens: Math.floor(call.tokens * share), nanos: null })
        expect(used(book)[0]).toBeLessThanOrEqual(10)
      }
      for (const { taken } of under) cost += taken.settle({ reached: true, tokens: null, nanos: null })
      expect(used(book)[0]).toBeCloseTo(cost, 9)
    }),
    { numRuns: 200 },
  )
})

/** What clients use, kept in this storage, with an engine and budgets that have nothing to say. */
async function kept(storage: Pick<Storage, 'saveMemory' | 'clientDays' | 'write'>, loaded: Loaded, clock: VirtualClock) {
  const catalog = createCatalog(storage, loaded)
  const engine = createPoolEngine({ clock, random: () => 0, calendar: { periodEnd } })
  onTestFinished(() => engine.close())
  const use = createClientUse({ catalog, remembered: loaded.memory, storage, clock, calendar: { periodEnd } })
  const spending = { takeMemory: () => ({ spent: [], goneSpent: [] }) }
  const owners = { key: new Set<string>(), bucket: new Set<string>() }
  const memory = keepMemory(loaded.memory, { engine, spending, clientUse: use, storage, clock, log: memoryLog(), owners })
  return { catalog, use, memory }
}
const takeOf = (use: ClientUse) => take(use)

describe('over a restart', () => {
  const monthly = quota('MONTH', 3, '2026-01-31T09:00:00Z')
  const editor = client({ quotas: [monthly] })

  test('what was used is there, of the interval it was used in', async () => {
    const storage = await newStorage()
    await storage.write({ putClients: [editor] })
    const clock = new VirtualClock(at('2026-02-10T00:00:00Z'))
    const before = await kept(storage, await storage.load(), clock)
    takeOf(before.use).settle(ok)
    // Still under way when it ends: it may have been made.
    takeOf(before.use)
    await before.memory.close()
    const after = await kept(storage, await storage.load(), clock)
    expect(after.use.standing('editor')).toEqual([{ ...monthly, used: 2, remaining: 1, renewsAt: at('2026-02-28T09:00:00Z') }])
    await after.memory.close()
    clock.advance(20 * 86_400_000)
    const later = await kept(storage, await storage.load(), clock)
    expect(later.use.standing('editor')[0]).toMatchObject({ used: 0, renewsAt: at('2026-03-31T09:00:00Z') })
    await later.memory.close()
  })

  test('a clock that was set back meanwhile opens no interval twice', async () => {
    const storage = await newStorage()
    await storage.write({ putClients: [editor] })
    const clock = new VirtualClock(at('2026-02-28T09:00:30Z'))
    const before = await kept(storage, await storage.load(), clock)
    for (let i = 0; i < 3; i++) takeOf(before.use).settle(ok)
    await before.memory.close()
    clock.shiftWall(-60_000)
    const after = await kept(storage, await storage.load(), clock)
    expect(after.use.take('editor', plain)).toMatchObject({ kind: 'short' })
    await after.memory.close()
  })

  test('what is remembered of clients and quotas that are gone is cleaned away', async () => {
    const storage = await newStorage()
    await storage.write({ putClients: [editor] })
    const row = (name: string, duration: string) => ({
      client: name,
      duration,
      used: 1e6,
      intervalStart: at('2026-01-31T09:00:00Z'),
    })
    const day = (name: string) => ({ client: name, day: '2026-02-01', calls: 1, credits: 1 })
    await storage.saveMemory({
      ...nothingNew,
      quotas: [row('gone', 'DAY'), row('editor', 'DAY'), row('editor', 'MONTH')],
      clientDays: [day('gone'), day('editor')],
    })
    const { memory, use } = await kept(storage, await storage.load(), new VirtualClock(at('2026-02-02T00:00:00Z')))
    expect(use.standing('editor')).toMatchObject([{ duration: 'MONTH', used: 1 }])
    await memory.close()
    const left = (await storage.load()).memory
    expect(left.quotas).toEqual([row('editor', 'MONTH')])
    expect(left.clientDays).toEqual([day('editor')])
  })

  test('a client that is removed is forgotten; calls of it that still end bring nothing back', async () => {
    const storage = await newStorage()
    await storage.write({ putClients: [editor] })
    const { catalog, memory, use } = await kept(storage, await storage.load(), new VirtualClock(at('2026-02-02T00:00:00Z')))
    const call = takeOf(use)
    takeOf(use).settle(ok)
    use.finished({ clientId: 'editor', credits: 1 })
    await memory.save()
    expect((await storage.load()).memory).toMatchObject({ quotas: [{ used: 2e6 }], clientDays: [{ calls: 1 }] })
    await catalog.commit({ removeClients: ['editor'] })
    call.settle(ok)
    use.finished({ clientId: 'editor', credits: 1 })
    await memory.close()
    expect((await storage.load()).memory).toEqual(nothingStored.memory)
  })

  test('a killed process has forgotten nothing that was written', { timeout: 30_000 }, async () => {
    const folder = newFolder()
    const child = spawn(process.execPath, [new URL('./quotas-child.ts', import.meta.url).pathname, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    child.kill('SIGKILL')
    expect((await exited)[1]).toBe('SIGKILL')
    const written = Number(line.toString().trim().split('\n').at(-1))
    expect(written).toBeGreaterThan(0)
    const storage = await newStorage({ folder })
    const { quotas, clientDays } = (await storage.load()).memory
    expect(quotas[0]?.used).toBeGreaterThanOrEqual(written)
    expect(clientDays[0]?.credits).toBeGreaterThanOrEqual(written / 1e6)
  })
})
