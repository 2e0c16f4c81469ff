/** Whether a key waits for trust, where pasted keys go, and what moving does to a key's pools. */
import { expect, test } from 'vitest'
import type { Key } from '../../src-preload/contract/index.ts'
import { firstTarget, newTarget, withGuess } from '../../src-renderer/screens/keys/add/target.ts'
import { trustOf, usableKeys } from '../../src-renderer/screens/keys/trust.ts'
import { poolsAfterMove } from '../../src-renderer/screens/keys/use-move-keys.ts'
import { pool } from './build-rows.ts'

const keyIn = (...slugs: string[]) => ({ pools: slugs.map((slug) => ({ pool: slug, priority: 0, weight: 1 })) }) as Key
const counts = { total: 2, ready: 1, cooling: 0, exhausted: 0, invalid: 0, disabled: 0, unchecked: 1 }
const trusted = pool({ slug: 'a', keys: counts })
const halfTrusted = pool({ slug: 'b', keys: counts, untrustedKeys: 1 })
const untrusted = pool({ slug: 'c', keys: counts, untrustedKeys: 2 })
const pools = [trusted, halfTrusted, untrusted]

test('a key waits for trust only where all keys of all its pools do', () => {
  expect(trustOf(keyIn('a'), pools)).toBe('trusted')
  expect(trustOf(keyIn('b'), pools)).toBe('some')
  expect(trustOf(keyIn('c'), pools)).toBe('waiting')
  expect(trustOf(keyIn('a', 'c'), pools)).toBe('some')
})

test('keys without trust are not counted as usable', () => {
  expect(pools.map(usableKeys)).toEqual([2, 1, 0])
})

test('keys go to a pool of their provider until a pool is chosen', () => {
  const openai = pool({ slug: 'one', provider: 'openai' })
  const claude = pool({ slug: 'two', provider: 'anthropic' })
  const guessed = (wanted: string | null, guess: string | null, here = [openai, claude]) =>
    withGuess(firstTarget(here, wanted), guess === null ? [] : [{ provider: guess, keys: 1, new: 1 }], here)
  expect(guessed(null, null)).toMatchObject({ slug: 'one' })
  expect(guessed(null, 'anthropic')).toMatchObject({ slug: 'two' })
  expect(guessed('one', 'anthropic')).toMatchObject({ slug: 'one' })
  expect(guessed(null, 'gemini')).toMatchObject({ kind: 'new', provider: 'gemini' })
  expect(guessed(null, 'gemini', [])).toEqual({ ...newTarget, provider: 'gemini' })
})

test('a key leaves the pool that is looked at, or else all of them', () => {
  expect(poolsAfterMove(['a', 'b'], 'c', 'a')).toEqual(['b', 'c'])
  expect(poolsAfterMove(['a', 'b'], 'b', 'a')).toEqual(['b'])
  expect(poolsAfterMove(['a', 'b'], 'c', null)).toEqual(['c'])
})
