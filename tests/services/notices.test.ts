/** What a person is told: once for each trouble, until it is over, in a list that has an end. */
import { expect, onTestFinished, test } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { createBus } from '../../src-main/services/bus.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { syncEngine } from '../../src-main/services/engine-sync.ts'
import { createKeyViews } from '../../src-main/services/keys/key-view.ts'
import { createNoticeDesk } from '../../src-main/services/notices/notices.ts'
import { runwayOf } from '../../src-main/services/pools/runway.ts'
import { spendingOf } from '../../src-main/services/spending/rules.ts'
import type { ApprovalRow, Storage } from '../../src-main/storage/types.ts'
import { type NoticeKind, settingsSchema } from '../../src-preload/contract/index.ts'
import { client, key, newStorage, pool } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'
import { openHouse } from './house.ts'
import { openStreet } from './street.ts'

const minute = 60_000

/** The pool `main` with these keys in a real engine, over a real database. */
async function bench(keys = [key('a'), key('b')], storage?: Storage, clock = new VirtualClock()) {
  const store = storage ?? (await newStorage())
  if (!storage) {
    await store.write({
      putPools: [pool()],
      putKeys: keys,
      setMemberships: keys.map(({ id }) => ({ keyId: id, pools: [{ pool: 'main', priority: 0, weight: 1 }] })),
    })
  }
  const catalog = createCatalog(store, await store.load())
  const engine = createPoolEngine({ clock, random: () => 0, calendar: { periodEnd } })
  onTestFinished(() => engine.close())
  const lines: string[] = []
  const log = { info: () => undefined, warn: (_: object, text: string) => void lines.push(text) }
  syncEngine(engine, catalog, log)
  const spending = spendingOf(catalog, [], clock, { periodEnd })
  const vault = { state: 'unlocked' }
  const bus = createBus()
  const told: string[] = []
  bus.subscribe((event) => event.type === 'notice' && told.push(`${event.notice.kind} ${event.notice.subject ?? ''}`.trim()))
  const views = createKeyViews(catalog, engine)
  const desk = createNoticeDesk({ catalog, engine, views, spending, bus, clock, log, vault: { status: () => vault } as never })
  onTestFinished(() => desk.stop())
  return {
    store,
    catalog,
    engine,
    spending,
    clock,
    vault,
    desk,
    told,
    lines,
    /** Kinds that stand, and those that are over. */
    list: () => desk.service.list().map(({ kind, subject, endedAt }) => `${kind} ${subject ?? ''}${endedAt ? ' over' : ''}`),
    /** The person's choice of kinds. */
    switch: (kind: NoticeKind, on: boolean) => {
      const { notices } = catalog.settings()
      return catalog.commit({ putSettings: { notices: { ...notices, kinds: { ...notices.kinds, [kind]: on } } } })
    },
    call(tokens = 0) {
      const result = engine.tryLease({ pool: 'main', model: 'm' })
      if (result.kind !== 'lease') throw new Error(result.kind)
      engine.report(result.lease, { class: 'ok' }, { input: tokens, output: 0, nanos: 0 })
    },
  }
}

/** Of a program that waits for its token. */
function approval(clock: VirtualClock, id: string): ApprovalRow {
  return {
    id,
    code: id,
    name: 'Editor',
    pools: null,
    state: 'pending',
    address: '127.0.0.1',
    process: null,
    pollHash: id,
    decision: null,
    createdAt: clock.now(),
    expiresAt: clock.now() + 10 * minute,
    decidedAt: null,
    clientId: null,
  }
}

test('a refused key is told once, is over when it works again, and is told anew the next time', async () => {
  const { engine, desk, told, list, clock } = await bench()
  await desk.look()
  expect(told).toEqual([])
  engine.observe('a', { class: 'key-invalid' })
  await desk.look()
  await desk.look()
  expect(told).toEqual(['key-invalid main'])
  const values = { label: 'Key a', key: 'a', pool: 'Main' }
  expect(desk.service.list()).toEqual([
    { id: expect.any(String), kind: 'key-invalid', subject: 'main', values, at: clock.now(), readAt: null, endedAt: null },
  ])
  engine.observe('a', { class: 'ok' })
  await desk.look()
  expect(list()).toEqual(['key-invalid main over'])
  engine.observe('a', { class: 'key-invalid' })
  await desk.look()
  expect(told).toEqual(['key-invalid main', 'key-invalid main'])
})

test('refused keys of a pool are one notice: it grows silently until it is read, is told again for more, and is over with the last', async () => {
  const ids = Array.from({ length: 260 }, (_, at) => `k${at}`)
  const { engine, desk, told, list, clock } = await bench(ids.map((id) => key(id)))
  const refuse = async (from: number, to: number) => {
    for (const id of ids.slice(from, to)) engine.observe(id, { class: 'key-invalid' })
    clock.advance(minute)
    await desk.look()
  }
  await refuse(0, 200)
  await refuse(200, 250)
  expect(told).toEqual(['key-invalid main'])
  expect(desk.service.list()).toMatchObject([{ values: { count: 250, pool: 'Main' }, at: clock.now(), readAt: null }])
  await desk.service.read()
  await refuse(0, 250)
  expect(desk.service.list()).toMatchObject([{ readAt: expect.any(Number) }])
  // One comes back: what was told stays as it was told.
  engine.observe('k0', { class: 'ok' })
  await desk.look()
  expect(desk.service.list()).toMatchObject([{ values: { count: 250 }, readAt: expect.any(Number) }])
  await refuse(250, 260)
  expect(told).toEqual(['key-invalid main', 'key-invalid main'])
  expect(desk.service.list()).toMatchObject([{ values: { count: 259 }, at: clock.now(), readAt: null }])
  for (const id of ids) engine.observe(id, { class: 'ok' })
  await desk.look()
  expect(list()).toEqual(['key-invalid main over'])
})

test('a refused key that is moved to another pool is no new trouble', async () => {
  const { engine, desk, told, catalog } = await bench()
  engine.observe('a', { class: 'key-invalid' })
  await desk.look()
  const pools = [{ pool: 'other', priority: 0, weight: 1 }]
  await catalog.commit({ putPools: [pool({ slug: 'other' })], setMemberships: [{ keyId: 'a', pools }] })
  await desk.look()
  engine.observe('b', { class: 'key-invalid' })
  await desk.look()
  expect(told).toEqual(['key-invalid main'])
  expect(desk.service.list()).toMatchObject([{ values: { count: 2 }, endedAt: null }])
})

test('what stands and what was read is known after a restart', async () => {
  const { engine, desk, store, told } = await bench()
  engine.observe('a', { class: 'key-invalid' })
  await desk.look()
  expect(await desk.service.read()).toEqual({ read: 1 })
  expect(await desk.service.read()).toEqual({ read: 0 })
  const again = await bench([], store)
  again.engine.observe('a', { class: 'key-invalid' })
  await again.desk.look()
  expect([told, again.told]).toEqual([['key-invalid main'], []])
  expect(again.desk.service.list()).toMatchObject([{ subject: 'main', readAt: expect.any(Number), endedAt: null }])
})

test('a pool is told of when it has had no ready key for ten seconds; not when a person switched its keys off or the vault is locked', async () => {
  const { engine, desk, told, list, clock, vault, catalog } = await bench()
  for (const id of ['a', 'b']) engine.observe(id, { class: 'no-credit' })
  await desk.look()
  clock.advance(9999)
  await desk.look()
  expect(told).toEqual([])
  clock.advance(1)
  await desk.look()
  expect(told).toEqual(['pool-dry main'])
  engine.resume('a')
  await desk.look()
  expect(list()).toEqual(['pool-dry main over'])

  engine.observe('a', { class: 'no-credit' })
  vault.state = 'locked'
  await desk.look()
  clock.advance(minute)
  await desk.look()
  vault.state = 'unlocked'
  await catalog.commit({ putKeys: [...catalog.keys.values()].map((row) => ({ ...row, enabled: false })) })
  clock.advance(minute)
  await desk.look()
  expect(told).toEqual(['pool-dry main'])
})

test('budgets of keys, pools and clients are told at four fifths and when they are spent', async () => {
  const budget = { usd: 10, per: 'total' } as const
  const { engine, spending, desk, told, catalog } = await bench([key('a', { budget })])
  await catalog.commit({ putPools: [pool({ config: { budget } })], putClients: [client({ budget })] })
  const spend = (usd: number) => {
    const taken = spending.reserve('main', 'editor', usd * 1e9)
    if (taken.kind !== 'reserved') throw new Error(taken.kind)
    taken.settle(usd * 1e9)
    const lease = engine.tryLease({ pool: 'main', model: 'm' })
    if (lease.kind !== 'lease') throw new Error(lease.kind)
    engine.report(lease.lease, { class: 'ok' }, { input: 0, output: 0, nanos: usd * 1e9 })
  }
  spend(7.9)
  await desk.look()
  expect(told).toEqual([])
  spend(0.2)
  await desk.look()
  expect(told.toSorted()).toEqual(['budget-near editor', 'budget-near main', 'budget-near main'])
  spend(1.9)
  await desk.look()
  await desk.look()
  expect(told.filter((each) => each.startsWith('budget-spent')).toSorted()).toEqual([
    'budget-spent editor',
    'budget-spent main',
    'budget-spent main',
  ])
  expect(desk.service.list()).toContainEqual(
    expect.objectContaining({ subject: 'editor', values: { of: 'client', name: 'Editor', per: 'total', usd: 10, share: 1 } }),
  )
  // More money: near is over as well.
  await catalog.commit({ putClients: [client({ budget: { usd: 100, per: 'total' } })] })
  await desk.look()
  expect(desk.service.list().filter(({ subject, endedAt }) => subject === 'editor' && endedAt === null)).toEqual([])
})

test('an account whose daily limit ends within the hour is told of, once for all its keys', async () => {
  const limits = { '*': { tpd: 1000 } }
  const keys = [key('a', { limits, account: 'team' }), key('b', { account: 'team' })]
  const { desk, told, clock, call, catalog, engine } = await bench(keys)
  const runway = () => runwayOf({ limit: 8 }, { catalog, engine, clock })
  await desk.look()
  expect(told).toEqual([])
  expect(await runway()).toMatchObject({ usedUp: 0, next: null, ending: [] })
  for (let at = 0; at < 20; at += 1) {
    call(45)
    clock.advance(minute)
    await desk.look()
  }
  expect(told).toEqual(['runway-short main'])
  expect(desk.service.list()[0]?.values).toMatchObject({ account: 'team', unit: 'total', per: 'day' })
  const endsAt = expect.any(Number)
  expect(await runway()).toMatchObject({
    usedUp: 0,
    next: { account: 'team', endsAt },
    ending: [{ pool: 'main', accounts: 1, account: 'team', endsAt }],
  })
  for (let at = 0; at < 4; at += 1) call(300)
  expect(await runway()).toMatchObject({ usedUp: 1, next: null, ending: [] })
})

test('who asks for a token is told of within a moment, and it is over with the decision', async () => {
  const { desk, told, list, clock, catalog } = await bench()
  const asking = approval(clock, 'ask-1')
  await catalog.commit({ putApprovals: [asking] })
  clock.advance(100)
  await expect.poll(() => told).toEqual(['approval-pending ask-1'])
  await catalog.commit({ putApprovals: [{ ...asking, state: 'denied' }] })
  await desk.look()
  expect(list()).toEqual(['approval-pending ask-1 over'])
})

test('work that fails is told of once, until it succeeds', async () => {
  const { desk, told, list } = await bench()
  const fails = () => desk.watch('backup-failed', Promise.reject(new Error('disk full')))
  await expect(fails()).rejects.toThrow('disk full')
  await expect(fails()).rejects.toThrow('disk full')
  await desk.look()
  expect(list()).toEqual(['backup-failed '])
  await desk.watch('backup-failed', Promise.resolve())
  expect([told, list()]).toEqual([['backup-failed'], ['backup-failed  over']])
})

test('a kind that a person does not want is not told, and what stood of it is over', async () => {
  const { engine, desk, told, list, switch: set } = await bench()
  engine.observe('a', { class: 'key-invalid' })
  await desk.look()
  await set('key-invalid', false)
  await desk.look()
  engine.observe('b', { class: 'key-invalid' })
  await desk.look()
  expect([told, list()]).toEqual([['key-invalid main'], ['key-invalid main over']])
  await set('key-invalid', true)
  await desk.look()
  expect(told).toHaveLength(2)
  expect(settingsSchema.parse({}).notices).toMatchObject({ desktop: true, quiet: null })
})

test('the list has at most 200: what is over goes first, and nothing is told again and again', async () => {
  const { desk, told, store, catalog, clock } = await bench()
  const asking = Array.from({ length: 250 }, (_, at) => approval(clock, `ask-${at}`))
  await catalog.commit({ putApprovals: asking.slice(249) })
  await desk.look()
  await catalog.commit({ removeApprovals: ['ask-249'] })
  await desk.look()
  await catalog.commit({ putApprovals: asking })
  await desk.look()
  await desk.look()
  expect(told).toHaveLength(201)
  expect(desk.service.list().filter(({ endedAt }) => endedAt === null)).toHaveLength(200)
  expect((await store.load()).notices).toHaveLength(200)
})

test('in the whole application a key that its provider refuses is told of, and erasing everything takes it away', async () => {
  const street = await openStreet([{ slug: 'main', keys: [1, 2] }])
  street.upstream.script('*', { kind: 'key-invalid' })
  const kinds: string[] = []
  street.subscribe((event) => event.type === 'notice' && kinds.push(event.notice.kind))
  await street.chat('main')
  await expect.poll(() => street.notices.list()[0]?.values, { timeout: 10_000 }).toMatchObject({ count: 2 })
  expect(kinds).toEqual(['key-invalid'])
  expect(JSON.stringify(street.notices.list())).not.toContain('sk-test')
  await street.system.erase('local')
  expect(street.notices.list()).toEqual([])
  await street.close()
  expect((await openHouse({ dataDir: street.dataDir })).notices.list()).toEqual([])
})
