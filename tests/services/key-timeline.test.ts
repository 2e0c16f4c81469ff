/** What happened to a key: written down as it happens, kept over restarts, gone with the key. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { defaultRules } from '../../src-main/pool/rules.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { createKeyViews } from '../../src-main/services/keys/key-view.ts'
import { keepTimeline } from '../../src-main/services/keys/timeline.ts'
import { trashMs } from '../../src-main/services/trash.ts'
import type { KeyEventRow, Storage } from '../../src-main/storage/types.ts'
import { key, newStorage } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'
import { secretOf } from './house.ts'
import { openStreet } from './street.ts'

const quick = { queueTimeout: 0 }

test('each change of state is told in the provider’s words, with its model and its end, the newest first', async () => {
  const street = await openStreet([{ slug: 'main', keys: [1], config: quick }])
  const id = street.id(1)
  expect(await street.keys.timeline(id)).toEqual([])
  street.upstream.script(secretOf(1), [{ kind: 'rate-short', retryAfterS: 600 }, { kind: 'key-invalid' }])
  await street.chat('main', 'big')
  const [limited] = await street.keys.timeline(id)
  expect(limited).toMatchObject({ state: 'cooling', model: 'big', reason: street.keys.get(id).reason })
  expect(limited?.until).toBeGreaterThan(Date.now() + 590_000)
  await street.chat('main', 'small')
  await street.keys.enable([id], false, 'local')
  await street.keys.enable([id], true, 'local')
  await street.keys.resume(id, 'local')
  const told = (await street.keys.timeline(id)).map(({ state, model, until }) => [state, model, until === null])
  expect(told).toEqual([
    ['unchecked', null, true],
    ['invalid', null, true],
    ['disabled', null, true],
    ['invalid', null, true],
    ['cooling', 'big', false],
  ])
})

test('calls that change nothing leave no trace', async () => {
  const street = await openStreet([{ slug: 'main', keys: [1], config: quick }])
  for (let n = 0; n < 5; n++) await street.chat('main')
  await street.keys.check(street.id(1), 'local')
  expect(await street.keys.timeline(street.id(1))).toEqual([])
})

test('it survives a restart, which tells nothing twice, and goes with its key', async () => {
  const street = await openStreet([{ slug: 'main', keys: [1, 2], config: quick }])
  for (const n of [1, 2]) {
    street.upstream.script(secretOf(n), { kind: 'no-credit' })
    await street.chat('main')
  }
  const before = await street.keys.timeline(street.id(1))
  expect(before).toMatchObject([{ state: 'exhausted' }])
  await street.close()
  const again = await openStreet([], street.dataDir)
  expect(await again.keys.timeline(street.id(1))).toEqual(before)
  await again.keys.remove([street.id(1)], 'local')
  await again.keys.restore([street.id(1)], 'local')
  expect(await again.keys.timeline(street.id(1))).toEqual(before)
  await again.system.erase('local')
  await expect(again.keys.timeline(street.id(1))).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })
})

/** The keys a and b of one account, without the rest of the house. */
function bench(storage: Pick<Storage, 'addKeyEvents' | 'keyEvents' | 'forgetKeyEvents'>) {
  const clock = new VirtualClock()
  const engine = createPoolEngine({ clock, random: () => 0, calendar: { periodEnd } })
  onTestFinished(() => engine.close())
  const write = () => Promise.resolve()
  const rows = ['a', 'b'].map((id) => key(id, { checkedAt: 1 }))
  const catalog = createCatalog(
    { write },
    {
      pools: [],
      keys: rows,
      memberships: [],
      clients: [],
      approvals: [],
      remotes: [],
      links: [],
      linkKeys: [],
      users: [],
      refreshes: [],
      routes: [],
      prompts: [],
      promptVersions: [],
      notices: [],
      settings: {},
      memory: { marks: [], meters: [], spent: [], quotas: [], clientDays: [] },
    },
  )
  engine.setPool('main', defaultRules)
  for (const { id } of rows) {
    engine.setKey({ id, enabled: true, expiresAt: null, bucket: 'team' })
    engine.setMember('main', id, { priority: 0, weight: 1 })
  }
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (_: object, text: string) => void warnings.push(text) }
  const timeline = keepTimeline({ engine, catalog, views: createKeyViews(catalog, engine), storage, clock, log })
  return { clock, engine, catalog, timeline, warnings, rows }
}

test('what ends by itself is told as well, and what holds for the account for each of its keys', async () => {
  const storage = await newStorage()
  const { clock, engine, timeline } = bench(storage)
  engine.observe('a', { class: 'rate-short', holdMs: 5000, message: 'slow down' }, 'm')
  const at = clock.now()
  clock.advance(6000)
  const cooling = { at, state: 'cooling', model: 'm', reason: 'slow down', until: at + 5000 }
  const ready = { at: at + 5000, state: 'ready', model: null, reason: null, until: null }
  for (const id of ['a', 'b']) expect(await timeline.of(id)).toEqual([ready, cooling])
  await timeline.close()
})

test('writes come once a second and not by the call; of each key the last 20 stay', async () => {
  const storage = await newStorage()
  const writes: number[] = []
  const counted = {
    ...storage,
    addKeyEvents: (rows: readonly KeyEventRow[]) => (writes.push(rows.length), storage.addKeyEvents(rows)),
  }
  const { clock, engine, timeline } = bench(counted)
  for (let n = 0; n < 15; n++) {
    engine.observe('a', { class: 'key-invalid', message: `no ${n}` })
    engine.observe('a', { class: 'ok' })
  }
  expect(writes).toEqual([])
  clock.advance(1000)
  await vi.waitFor(() => expect(writes).toEqual([30]))
  const told = await timeline.of('a')
  expect(told).toHaveLength(20)
  expect(told[1]?.reason).toBe('no 14')
  await timeline.close()
})

test('what could not be written is tried again; a key that is gone, or made anew in its place, has no past', async () => {
  const storage = await newStorage()
  let full = true
  const failing = {
    ...storage,
    addKeyEvents: (rows: readonly KeyEventRow[]) => (full ? Promise.reject(new Error('full')) : storage.addKeyEvents(rows)),
  }
  const { clock, engine, catalog, timeline, warnings, rows } = bench(failing)
  for (const id of ['a', 'b']) engine.observe(id, { class: 'key-invalid' })
  clock.advance(1000)
  await vi.waitFor(() => expect(warnings).toHaveLength(1))
  full = false
  expect(await timeline.of('a')).toMatchObject([{ state: 'invalid' }])
  await catalog.commit({ removeKeys: ['a'] })
  const again = rows.filter(({ id }) => id === 'b').map((row) => ({ ...row, createdAt: row.createdAt + trashMs }))
  await catalog.commit({ putKeys: again })
  expect(await timeline.of('a')).toEqual([])
  expect(await timeline.of('b')).toEqual([])
  await timeline.close()
})
