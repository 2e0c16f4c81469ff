/** Why a key does not serve: one reason, one mend. */
import { expect, test } from 'vitest'
import { standingOf } from '../../src-renderer/screens/keys/standing.ts'
import { key, meter } from './build-limits.ts'

const now = 1_000_000

test('a key that serves needs no words', () => {
  expect(standingOf(key(), [meter({ used: 10 })], now)).toBeNull()
  expect(standingOf(key({ state: 'unchecked', expiresAt: now + 1 }), [], now)).toBeNull()
})

test.each([
  [{ enabled: false, state: 'disabled' }, 'disabled', 'enable'],
  [{ state: 'disabled', expiresAt: now }, 'expired', 'extend'],
  [{ state: 'invalid' }, 'invalid', 'check'],
  [{ state: 'cooling' }, 'cooling', 'resume'],
  [{ state: 'exhausted' }, 'exhausted', 'resume'],
] as const)('%o: %s, %s', (changes, why, mend) => {
  expect(standingOf(key(changes), [], now)).toMatchObject({ why, mend })
})

test('what was set by hand is mended by hand: resuming would not help', () => {
  const exhausted = key({ state: 'exhausted' })
  const own = meter({ scope: 'key', used: 10 })
  expect(standingOf(exhausted, [meter(), own], now)).toEqual({ why: 'ownLimit', mend: 'limits', meter: own })
  expect(standingOf(exhausted, [meter({ used: 10 })], now)?.why).toBe('accountLimit')
  expect(standingOf(exhausted, [meter({ scope: 'key', unit: 'usd', used: 10 })], now)?.why).toBe('budget')
})

test('a limit of one model, or one that the provider announced, is not what keeps the key back', () => {
  const meters = [meter({ used: 10, model: 'gpt-5' }), meter({ used: 10, source: 'announced' })]
  expect(standingOf(key({ state: 'cooling' }), meters, now)).toMatchObject({ why: 'cooling', mend: 'resume' })
})
