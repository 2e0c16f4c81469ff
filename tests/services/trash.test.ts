import { expect, test } from 'vitest'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { createTrash, trashMs } from '../../src-main/services/trash.ts'
import type { ConfigWrites, KeyRow, Loaded } from '../../src-main/storage/types.ts'
import type { Vault } from '../../src-main/vault/types.ts'
import { key as fixtureKey, pool as fixturePool, nothingStored } from '../storage/fixtures.ts'

const keyRow = (id: string, deletedAt: number | null, fingerprint: string | null = `print of ${id}`): KeyRow =>
  fixtureKey(id, { provider: fingerprint === null ? 'demo' : 'openai', fingerprint, deletedAt })
const poolRow = (slug: string, deletedAt: number | null) => fixturePool({ slug, deletedAt })

/** A catalog over nothing but a list of what was written, a vault of which only state and removal count, and a clock to turn. */
function bench(loaded: Partial<Loaded>) {
  const written: ConfigWrites[] = []
  const catalog = createCatalog({ write: async (writes) => void written.push(writes) }, { ...nothingStored, ...loaded })
  const state = { open: true, now: 0 }
  const removed: string[] = []
  const vault = {
    status: () => ({ state: state.open ? 'unlocked' : 'locked' }),
    async remove(ids: readonly string[], commit: (writes: object) => Promise<void>) {
      await commit({ removeRecords: [...ids] })
      removed.push(...ids)
    },
  } as unknown as Vault
  const trash = createTrash(catalog, vault, { now: () => state.now, mono: () => state.now, after: () => () => {} })
  return { catalog, trash, state, removed, written }
}

test('what was deleted stays until its time is over, to the millisecond, and then goes with its secret in one step', async () => {
  const { catalog, trash, state, removed, written } = bench({
    keys: [keyRow('a', 1000), keyRow('b', null)],
    pools: [poolRow('p', 1000)],
  })
  state.now = 1000 + trashMs - 1
  await trash.sweep()
  expect([catalog.keys.size, catalog.pools.size, written]).toEqual([2, 1, []])
  state.now += 1
  await trash.sweep()
  expect([[...catalog.keys.keys()], catalog.pools.size, removed]).toEqual([['b'], 0, ['a']])
  expect(written.at(-1)).toMatchObject({
    removeKeys: ['a'],
    vault: { removeRecords: ['a'] },
    audit: [{ actor: 'system', action: 'purge', subject: 'a' }],
  })
})

test('a locked vault keeps its keys in the trash; demo keys and pools go', async () => {
  const { catalog, trash, state, removed } = bench({
    keys: [keyRow('a', 0), keyRow('demo-key', 0, null)],
    pools: [poolRow('p', 0)],
  })
  state.now = trashMs
  state.open = false
  await trash.sweep()
  expect([[...catalog.keys.keys()], catalog.pools.size]).toEqual([['a'], 0])
  state.open = true
  await trash.sweep()
  expect([catalog.keys.size, removed]).toEqual([0, ['a']])
})

test('a pool that goes takes its demo keys along, and leaves the others without it', async () => {
  const { catalog, trash, state } = bench({
    keys: [keyRow('demo-key', null, null), keyRow('b', null)],
    pools: [poolRow('p', 0), poolRow('q', null)],
    memberships: [
      { pool: 'p', keyId: 'demo-key', priority: 0, weight: 1 },
      { pool: 'p', keyId: 'b', priority: 0, weight: 1 },
      { pool: 'q', keyId: 'b', priority: 0, weight: 1 },
    ],
  })
  expect(catalog.livePoolsOf('b').map(({ pool }) => pool)).toEqual(['q'])
  state.now = trashMs
  await trash.sweep()
  expect([...catalog.keys.keys()]).toEqual(['b'])
  expect([...catalog.poolsOf('b').keys()]).toEqual(['q'])
  expect(catalog.keysOf('p').size).toBe(0)
})

test('a write that fails changes nothing in memory, and the next change goes on', async () => {
  const { catalog } = bench({})
  const failing = createCatalog(
    {
      write: async () => {
        throw new Error('disk full')
      },
    },
    { ...nothingStored, keys: [keyRow('a', null)] },
  )
  const seen: ConfigWrites[] = []
  failing.observe((writes) => void seen.push(writes))
  await expect(failing.exclusive(() => failing.commit({ removeKeys: ['a'], putSettings: { theme: 'dark' } }))).rejects.toThrow(
    'disk full',
  )
  expect([failing.keys.size, failing.settings().theme, seen]).toEqual([1, 'system', []])
  await expect(failing.exclusive(async () => 'goes on')).resolves.toBe('goes on')
  await catalog.commit({ putKeys: [keyRow('x', null, 'print')] })
  await catalog.commit({ putKeys: [keyRow('x', null, 'other print')] })
  expect([catalog.keyByFingerprint('print'), catalog.keyByFingerprint('other print')?.id]).toEqual([undefined, 'x'])
})
