/** Keys of several providers in one paste: which go where. */
import { expect, test } from 'vitest'
import { isMixed, placesFor, splitKeys } from '../../src-renderer/screens/keys/add/split.ts'
import { firstTarget, withGuess } from '../../src-renderer/screens/keys/add/target.ts'
import { provider } from './build-provider.ts'
import { pool } from './build-rows.ts'

const providers = [
  provider({ id: 'openai', baseUrl: 'https://openai.invalid' }),
  provider({ id: 'anthropic', baseUrl: 'https://anthropic.invalid' }),
  provider({ id: 'openai-compatible', baseUrl: null }),
]
const main = pool({ slug: 'main', provider: 'openai' })
const demo = pool({ slug: 'demo', provider: 'demo' })
const count = (name: string | null, fresh: number, keys = fresh) => ({ provider: name, keys, new: fresh })
const mixture = [count('openai', 8), count('anthropic', 6), count('openai-compatible', 2), count(null, 1)]

test('keys of one provider, and of none, are no mixture; those that are here already count', () => {
  expect(isMixed([count('openai', 3), count(null, 2)])).toBe(false)
  expect(isMixed([count('openai', 3), count('anthropic', 0, 1)])).toBe(true)
})

test('each goes to the pool of its provider or a new one; what has neither goes with the most', () => {
  expect(placesFor(mixture, [demo, main], providers)).toEqual(['main', '+anthropic'])
  expect(splitKeys(mixture, {}, [demo, main], providers)).toEqual([
    { provider: 'openai', count: 8, place: 'main' },
    { provider: 'anthropic', count: 6, place: '+anthropic' },
    { provider: 'openai-compatible', count: 2, place: 'main' },
    { provider: '', count: 1, place: 'main' },
  ])
})

test('what a person chose holds as long as that place is there', () => {
  const chosen = splitKeys(mixture, { anthropic: 'main', '': '+anthropic', openai: 'gone' }, [main], providers)
  expect(chosen.map(({ place }) => place)).toEqual(['main', 'main', 'main', '+anthropic'])
})

test('nothing new, no part; no place at all, no part', () => {
  expect(splitKeys([count('openai', 0, 2), count('anthropic', 1)], {}, [], providers)).toEqual([
    { provider: 'anthropic', count: 1, place: '+anthropic' },
  ])
  expect(splitKeys([count(null, 2)], {}, [], providers)).toEqual([])
})

test('a mixture is split until a pool is chosen, and no longer once one kind is left', () => {
  const split = withGuess(firstTarget([main], null), mixture, [main])
  expect(split.kind).toBe('split')
  expect(withGuess(split, [count('openai', 1)], [main])).toMatchObject({ kind: 'existing', slug: 'main' })
  expect(withGuess(firstTarget([main], 'main'), mixture, [main])).toMatchObject({ kind: 'existing', slug: 'main' })
})
