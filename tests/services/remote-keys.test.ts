/** A server's lists, whatever comes after whatever: the pool has what the last one says, and nobody else's keys are touched. */

import { expect, test } from 'vitest'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { newKey } from '../../src-main/services/keys/new-key.ts'
import { newPool } from '../../src-main/services/pools/pool-row.ts'
import { fingerprinted, planKeys } from '../../src-main/services/remotes/keys.ts'
import { trashMs } from '../../src-main/services/trash.ts'
import type { ConfigWrites, KeyRow } from '../../src-main/storage/types.ts'
import { nothingStored } from '../storage/fixtures.ts'
import * as fc from '../support/fast-check.ts'

const origin = 'https://api.example.com'
const pool = (slug: string) => newPool({ slug, draft: false, provider: 'custom', baseUrl: `${origin}/v1`, strategy: 'lru' }, 0)

/** The keys table, as far as it refuses: one row per fingerprint and per name, at every single row that is written. */
class Table {
  readonly rows = new Map<string, KeyRow>()

  write({ putKeys = [], removeKeys = [] }: ConfigWrites): Promise<void> {
    for (const id of removeKeys) this.rows.delete(id)
    for (const row of putKeys) {
      for (const other of this.rows.values()) {
        if (other.id === row.id) continue
        if (row.fingerprint !== null && other.fingerprint === row.fingerprint) throw new Error('UNIQUE fingerprint')
        if (row.identifier !== null && other.identifier === row.identifier) throw new Error('UNIQUE identifier')
      }
      this.rows.set(row.id, row)
    }
    return Promise.resolve()
  }
}

function scene() {
  const table = new Table()
  const links = [{ remoteId: 'r', identifier: 'p', pool: 'p', mode: 'sync' as const, interval: 60, report: false, createdAt: 0 }]
  const loaded = { ...nothingStored, pools: [pool('p'), pool('own')], links }
  const catalog = createCatalog(table, loaded)
  let now = 1000
  return {
    catalog,
    table,
    /** One look at the server. */
    async look(list: readonly { identifier: string; rawKey: string }[], later = 1000) {
      now += later
      const raw = list.map((key) => ({ ...key, alias: null, tags: [] }))
      const listed = await fingerprinted(raw, new Map(), { fingerprint: (secret) => `f:${secret}` })
      const plan = await planKeys(listed, { catalog, pool: catalog.pool('p'), origin, now })
      await catalog.commit(plan.writes)
      return plan
    },
    async own(secret: string) {
      const row = newKey({ secret, fingerprint: `f:${secret}`, label: secret, provider: 'custom', origins: [], now })
      await catalog.commit({
        putKeys: [row],
        setMemberships: [{ keyId: row.id, pools: [{ pool: 'own', priority: 3, weight: 9 }] }],
      })
      return row
    },
    secrets: () =>
      catalog
        .liveKeysOf('p')
        .map(({ fingerprint }) => String(fingerprint).slice(2))
        .toSorted(),
  }
}

const entry = fc.record({
  identifier: fc.constantFrom('a', 'b', 'c', 'd'),
  rawKey: fc.constantFrom('s1', 's2', 's3', 's4', 's5'),
})
const list = fc.uniqueArray(entry, { selector: ({ identifier }) => identifier, maxLength: 4 })

test('the pool always has the secrets of the last list, each once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(list, fc.constantFrom(1000, trashMs + 1000)), { minLength: 1, maxLength: 8 }),
      async (lists) => {
        const { look, secrets, catalog } = scene()
        for (const [each, later] of lists) {
          await look(each, later)
          expect(secrets()).toEqual([...new Set(each.map(({ rawKey }) => rawKey))].toSorted())
          for (const { identifier, rawKey } of each) {
            const { keyId = '' } = catalog.linkKeysOf('p').get(identifier) ?? {}
            expect(catalog.keys.get(keyId)?.fingerprint).toBe(`f:${rawKey}`)
          }
          // The same list again changes nothing.
          const { writes, secrets: sealed } = await look(each, 0)
          expect([writes.putKeys, writes.setMemberships, sealed]).toEqual([[], [], []])
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('keys of the person are never changed, moved or deleted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(list, fc.constantFrom(1000, trashMs + 1000)), { minLength: 1, maxLength: 8 }),
      async (lists) => {
        const { look, own, catalog } = scene()
        const [one, two] = [await own('s1'), await own('s2')]
        for (const [each, later] of lists) {
          await look(each, later)
          for (const row of [one, two]) {
            const { audience: _, ...now } = catalog.key(row.id)
            const { audience: __, ...before } = row
            expect(now).toEqual(before)
            expect(catalog.poolsOf(row.id).get('own')).toEqual({ priority: 3, weight: 9 })
          }
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('a key that stays away is deleted only when it is still missing after the trash time, and only if the server brought it', async () => {
  const { look, own, catalog, secrets } = scene()
  const mine = await own('s1')
  const both = [
    { identifier: 'a', rawKey: 's1' },
    { identifier: 'b', rawKey: 's2' },
  ]
  await look(both)
  const brought = catalog.linkKeysOf('p').get('b')?.keyId ?? ''
  await look([{ identifier: 'c', rawKey: 's3' }])
  expect([secrets(), catalog.key(brought).deletedAt]).toEqual([['s3'], null])
  await look([{ identifier: 'c', rawKey: 's3' }], trashMs)
  expect(catalog.keys.get(brought)?.deletedAt).toEqual(expect.any(Number))
  expect(catalog.key(mine.id).deletedAt).toBeNull()
  expect([...catalog.linkKeysOf('p').keys()]).toEqual(['c'])
})
