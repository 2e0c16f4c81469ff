/** What the overview looks at: what its address names, before what was last chosen. */
import { beforeEach, expect, test } from 'vitest'
import type { Pool } from '../../src-preload/contract/index.ts'
import { chosenBy } from '../../src-renderer/screens/overview/chosen.ts'

const kept = new Map<string, string>()
beforeEach(() => {
  kept.clear()
  globalThis.localStorage = { getItem: (key: string) => kept.get(key) ?? null } as Storage
})

const pools = [{ slug: 'main' }, { slug: 'other' }] as Pool[]
const chosen = (query: string, known: Pool[] | undefined = pools) => chosenBy(new URLSearchParams(query), known)

test('a day of all pools, what was last chosen, or what the address names', () => {
  expect(chosen('')).toEqual({ range: { kind: '24h' }, pool: null })
  kept.set('keywheel.range', '7d').set('keywheel.overview.pool', 'main')
  expect(chosen('')).toEqual({ range: { kind: '7d' }, pool: 'main' })
  expect(chosen('range=30d')).toEqual({ range: { kind: '30d' }, pool: 'main' })
  expect(chosen('range=100-200&pool=other')).toEqual({ range: { kind: 'custom', from: 100, to: 200 }, pool: 'other' })
  expect(chosen('range=yesterday&pool=')).toEqual({ range: { kind: '7d' }, pool: null })
})

test('a pool that is no more is no filter; before the pools are known it is one, so that nothing is asked twice', () => {
  expect(chosen('pool=gone').pool).toBeNull()
  expect(chosen('pool=main', undefined).pool).toBe('main')
})
