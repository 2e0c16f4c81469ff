/** Refused keys are asked again, seldom and few at a time. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { defaultRules } from '../../src-main/pool/rules.ts'
import type { OutcomeClass } from '../../src-main/pool/types.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { keepInvalidChecked } from '../../src-main/services/keys/probes.ts'
import { KeywheelError } from '../../src-preload/contract/index.ts'
import { key, nothingStored, pool } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'
import { secretOf } from './house.ts'
import { openStreet } from './street.ts'

const second = 1000
const week = 7 * 86_400_000
const reached = { unreached: null }

/** Keys of the pool `main` in a real engine; a free check answers with what it was told. */
async function bench(ids: readonly string[]) {
  const clock = new VirtualClock()
  const engine = createPoolEngine({ clock, random: () => 0, calendar: { periodEnd } })
  onTestFinished(() => engine.close())
  const keys = ids.map((id) => key(id))
  const memberships = ids.map((id) => ({ pool: 'main', keyId: id, priority: 0, weight: 1 }))
  const loaded = { ...nothingStored, pools: [pool()], keys, memberships }
  const catalog = createCatalog({ write: async () => undefined }, loaded)
  engine.setPool('main', defaultRules)
  for (const id of ids) {
    engine.setKey({ id, enabled: true, expiresAt: null })
    engine.setMember('main', id, { priority: 0, weight: 1 })
  }
  const answers = { next: 'key-invalid' as OutcomeClass | 'unavailable' | 'unreached' }
  const vault = { state: 'unlocked' }
  const checked: string[] = []
  const atOnce = { now: 0, most: 0 }
  const check = async (id: string) => {
    checked.push(id)
    atOnce.most = Math.max(atOnce.most, ++atOnce.now)
    await Promise.resolve()
    atOnce.now -= 1
    const { next } = answers
    if (next === 'unavailable') throw new KeywheelError('CHECK_UNAVAILABLE')
    if (next === 'unreached') return { unreached: 'network' } as const
    if (next !== 'ok' && next !== 'key-invalid') return reached
    engine.observe(id, { class: next })
    await catalog.commit({ putKeys: [{ ...catalog.key(id), checkedAt: clock.now() }] })
    return reached
  }
  const lines: string[] = []
  const log = { info: (_: object, text: string) => void lines.push(text), warn: () => undefined }
  // Keys in capitals are at another upstream.
  const placeOf = (id: string) => (id < 'a' ? 'there' : 'here')
  const start = () => keepInvalidChecked({ engine, catalog, vault: { status: () => vault } as never, clock, log, placeOf, check })
  let probes = start()
  return {
    engine,
    clock,
    vault,
    answers,
    checked,
    atOnce,
    lines,
    check,
    restart() {
      probes.stop()
      probes = start()
    },
    /** Traffic on a key ends with this outcome. */
    call(outcome: OutcomeClass) {
      const result = engine.tryLease({ pool: 'main' })
      if (result.kind !== 'lease') throw new Error(result.kind)
      engine.report(result.lease, { class: outcome })
      return result.lease.keyId
    },
    async pass(ms: number) {
      clock.advance(ms)
      const before = checked.length
      await probes.run()
      return checked.slice(before)
    },
  }
}

test('a key that traffic found refused is asked once about ten seconds later, then weekly', async () => {
  const { call, pass } = await bench(['a'])
  call('key-invalid')
  expect([await pass(0), await pass(9 * second)]).toEqual([[], []])
  expect(await pass(second)).toEqual(['a'])
  expect(await pass(week - second)).toEqual([])
  expect(await pass(second)).toEqual(['a'])
  expect(await pass(60 * second)).toEqual([])
  expect(await pass(week)).toEqual(['a'])
})

test('a key that turns out good serves again, and is left alone', async () => {
  const { engine, answers, call, pass } = await bench(['a'])
  call('key-invalid')
  expect(engine.key('a')?.health).toBe('invalid')
  answers.next = 'ok'
  expect(await pass(10 * second)).toEqual(['a'])
  expect(engine.key('a')?.health).toBe('ready')
  expect(await pass(week)).toEqual([])
})

test('without a verdict it is asked again in an hour', async () => {
  const { answers, call, pass } = await bench(['a'])
  call('key-invalid')
  answers.next = 'network'
  expect(await pass(10 * second)).toEqual(['a'])
  expect(await pass(3599 * second)).toEqual([])
  answers.next = 'unavailable'
  expect(await pass(second)).toEqual(['a'])
  expect(await pass(3600 * second)).toEqual(['a'])
})

test('what a person has checked since needs no second check for a week', async () => {
  const { check, call, pass, clock } = await bench(['a'])
  call('key-invalid')
  clock.advance(second)
  await check('a')
  expect(await pass(60 * second)).toEqual([])
  expect(await pass(3600 * second)).toEqual([])
  expect(await pass(week)).toEqual(['a'])
})

test('never more than three at a time, and none while the vault is locked', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const { vault, atOnce, engine, pass } = await bench(ids)
  for (const id of ids) engine.observe(id, { class: 'key-invalid' })
  vault.state = 'locked'
  expect(await pass(60 * second)).toEqual([])
  vault.state = 'unlocked'
  expect([await pass(0), await pass(0), await pass(0), await pass(0)].map((each) => each.length)).toEqual([3, 3, 1, 0])
  expect(atOnce.most).toBe(3)
})

test('an upstream that cannot be reached is tried with one of its keys, ever more seldom; the others go when it answers', async () => {
  const here = ['a', 'b', 'c', 'd', 'e']
  const { engine, answers, pass } = await bench([...here, 'A'])
  for (const id of here) engine.observe(id, { class: 'key-invalid' })
  answers.next = 'unreached'
  // Those that were under way together say it together.
  expect(await pass(10 * second)).toHaveLength(3)
  for (const wait of [5, 10, 20, 40]) {
    expect(await pass(wait * second - 1)).toEqual([])
    expect(await pass(1)).toHaveLength(1)
  }
  // Another upstream is another matter.
  engine.observe('A', { class: 'key-invalid' })
  expect(await pass(10 * second)).toEqual(['A'])
  engine.resume('A')
  // After hours it is once an hour.
  for (let n = 0; n < 10; n++) await pass(3600 * second)
  expect(await pass(3600 * second - 1)).toEqual([])
  answers.next = 'key-invalid'
  const asked = await pass(1)
  expect(asked).toHaveLength(1)
  asked.push(...(await pass(0)), ...(await pass(0)))
  expect(asked.toSorted()).toEqual(here)
})

test('other marks are none of its business', async () => {
  const { call, pass } = await bench(['a', 'b', 'c'])
  for (const outcome of ['rate-short', 'no-credit', 'rate-daily'] as const) call(outcome)
  expect(await pass(week)).toEqual([])
})

test('over a restart an unconfirmed key is asked soon, a confirmed one after its week', async () => {
  const { restart, call, pass } = await bench(['a', 'b'])
  call('key-invalid')
  expect(await pass(10 * second)).toEqual(['a'])
  call('key-invalid')
  restart()
  expect(await pass(10 * second)).toEqual(['b'])
  restart()
  expect(await pass(60 * second)).toEqual([])
  expect((await pass(week)).toSorted()).toEqual(['a', 'b'])
})

test('in the running application a key that was refused by mistake serves again by itself', async () => {
  const street = await openStreet([{ slug: 'main', keys: [1, 2] }])
  street.upstream.script(secretOf(1), [{ kind: 'key-invalid' }, { kind: 'ok' }])
  for (let n = 0; n < 2; n++) expect(await street.chat('main')).toMatchObject({ status: 200, key: 'key 2' })
  expect(street.keys.get(street.id(1)).state).toBe('invalid')
  await vi.waitFor(() => expect(street.keys.get(street.id(1)).state).toBe('ready'), { timeout: 40_000, interval: 200 })
  // It serves from the engine's memory before the audit is on disk.
  const checked = { actor: 'system', action: 'key.check', subject: street.id(1) }
  await vi.waitFor(() => expect(street.audit().at(-1)).toEqual(checked))
  expect(street.upstream.requests.at(-1)?.url).toBe('/v1/models')
}, 60_000)
