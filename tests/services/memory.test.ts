/** What the engine learns is on disk within a second, and comes back. */
import { expect, onTestFinished, test } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { defaultRules } from '../../src-main/pool/rules.ts'
import { keepMemory } from '../../src-main/services/memory.ts'
import type { MemoryRows, MemoryWrites, Storage } from '../../src-main/storage/types.ts'
import { newStorage, nothingNew, noUse } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'

const nothing: MemoryRows = { marks: [], meters: [], spent: [], quotas: [], clientDays: [] }
const spending = { takeMemory: () => ({ spent: [], goneSpent: [] }) }
const perDay = { '': [{ unit: 'requests', window: { calendar: 'day', zone: 'UTC' }, amount: 3 }] } as const

/** An engine with the keys a and b (of the account `openai:team`), and what keeps its memory. */
function bench(
  storage: Pick<Storage, 'saveMemory'>,
  remembered: Pick<MemoryRows, 'marks' | 'meters'>,
  clock = new VirtualClock(),
) {
  const engine = createPoolEngine({ clock, random: () => 0, calendar: { periodEnd } })
  onTestFinished(() => engine.close())
  engine.setPool('main', defaultRules)
  for (const id of ['a', 'b']) {
    engine.setKey({ id, enabled: true, expiresAt: null, limits: perDay, ...(id === 'b' ? { bucket: 'openai:team' } : {}) })
    engine.setMember('main', id, { priority: 0, weight: 1 })
  }
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (_: object, text: string) => void warnings.push(text) }
  const owners = { key: new Set(['a', 'b']), bucket: new Set(['a', 'openai:team']) }
  const memory = keepMemory(remembered, { engine, spending, clientUse: noUse, storage, clock, log, owners })
  const call = (keyId: string, outcome: 'ok' | 'rate-short' | 'key-invalid' | 'no-credit') => {
    const exclude = new Set(['a', 'b'].filter((id) => id !== keyId))
    const result = engine.tryLease({ pool: 'main', model: 'm', exclude })
    if (result.kind !== 'lease') throw new Error(result.kind)
    engine.report(result.lease, { class: outcome })
  }
  return { engine, clock, memory, warnings, call }
}

test('cool-downs, invalid marks and counters come back after a restart', async () => {
  const storage = await newStorage()
  const { engine, clock, memory, call } = bench(storage, nothing)
  call('a', 'ok')
  call('a', 'key-invalid')
  call('b', 'no-credit')
  const before = ['a', 'b'].map((id) => [engine.key(id)?.health, engine.key(id)?.until, engine.meters(id)[0]?.used])
  expect(before.map(([health]) => health)).toEqual(['invalid', 'exhausted'])
  await memory.close()
  const stored = (await storage.load()).memory
  expect(stored.marks.map(({ scope, owner, outcome }) => `${scope} ${owner} ${outcome}`).toSorted()).toEqual([
    'bucket openai:team no-credit',
    'key a key-invalid',
  ])
  clock.advance(1000)
  const again = bench(storage, stored, clock)
  expect(
    ['a', 'b'].map((id) => [again.engine.key(id)?.health, again.engine.key(id)?.until, again.engine.meters(id)[0]?.used]),
  ).toEqual(before)
})

test('it is written every second without being asked, and a mark that ended is taken away', async () => {
  const storage = await newStorage()
  const { engine, clock, call } = bench(storage, nothing)
  call('a', 'rate-short')
  clock.advance(1000)
  await expect.poll(async () => (await storage.load()).memory.marks).toHaveLength(1)
  engine.resume('a')
  const marks = async () => {
    clock.advance(1000)
    return (await storage.load()).memory.marks
  }
  await expect.poll(marks).toEqual([])
})

test('what cannot be written is written later, in its newest state and without holding up anything', async () => {
  const written: MemoryWrites[] = []
  let full = true
  const saveMemory = async (changes: MemoryWrites) => {
    if (full) throw new Error('disk full')
    written.push(changes)
  }
  const { engine, clock, memory, warnings, call } = bench({ saveMemory }, nothing)
  call('a', 'rate-short')
  clock.advance(1000)
  await expect.poll(() => warnings).toHaveLength(1)
  engine.resume('a')
  call('b', 'key-invalid')
  full = false
  await memory.close()
  const marks = written.flatMap((changes) => changes.marks.map(({ owner }) => owner))
  expect(marks).toEqual(['b'])
})

test('what is remembered of keys and accounts that are gone is cleaned away at the start', async () => {
  const storage = await newStorage()
  const mark = { model: '', outcome: 'key-invalid', until: null, reason: null, strikes: 1, at: 1 }
  const meter = {
    model: '',
    unit: 'requests',
    source: 'set',
    limit: 5,
    used: 1,
    at: 1,
    remaining: null,
    resetsAt: null,
    refills: false,
  }
  const gone = {
    marks: [
      { scope: 'key', owner: 'gone', ...mark },
      { scope: 'bucket', owner: 'openai:gone', ...mark, outcome: 'no-credit' },
      { scope: 'key', owner: 'a', ...mark },
    ],
    meters: [{ scope: 'bucket', owner: 'gone', window: 'day:UTC', ...meter }],
  } satisfies Partial<MemoryRows>
  await storage.saveMemory({ ...nothingNew, ...gone })
  const { engine, memory } = bench(storage, (await storage.load()).memory)
  expect(engine.key('a')?.health).toBe('invalid')
  await memory.close()
  const left = (await storage.load()).memory
  expect([...left.marks, ...left.meters].map(({ owner }) => owner).filter((owner) => owner.includes('gone'))).toEqual([])
  expect(left.marks).toHaveLength(1)
})

test('what is remembered of a key goes with the key, and of an account with its last key', async () => {
  const storage = await newStorage()
  const { engine, clock, memory, call } = bench(storage, nothing)
  call('a', 'key-invalid')
  call('b', 'no-credit')
  clock.advance(1000)
  await expect.poll(async () => (await storage.load()).memory.marks).toHaveLength(2)
  for (const id of ['a', 'b']) engine.removeKey(id)
  // Calls that were under way may be reported for a while.
  clock.advance(3_600_000)
  await memory.close()
  expect((await storage.load()).memory).toEqual(nothing)
})

test('rows that this program does not understand keep nothing from starting', () => {
  const mark = { scope: 'key', owner: 'a', model: '', until: null, reason: null, strikes: 1, at: 1 } as const
  const meter = { scope: 'key', owner: 'a', model: '', unit: 'parsecs', window: 'day:UTC', source: 'set' } as const
  const figures = { limit: 5, used: 1, at: 1, remaining: null, resetsAt: null, refills: false }
  const { engine } = bench(
    { saveMemory: async () => undefined },
    {
      marks: [{ ...mark, outcome: 'bored' }],
      meters: [
        { ...meter, ...figures },
        { ...meter, ...figures, unit: 'requests', window: 'day:Mars/Olympus' },
        { ...meter, ...figures, unit: 'requests', source: 'dreamt' },
      ],
    },
  )
  expect(engine.key('a')?.health).toBe('ready')
})
