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

test('what is counted is not mended by resuming: the limits are shown', () => {
  const exhausted = key({ state: 'exhausted' })
  const today = { per: 'day', windowSeconds: null, used: 10 } as const
  const own = meter({ scope: 'key', ...today })
  expect(standingOf(exhausted, [meter(), own], now)).toEqual({ why: 'ownLimit', mend: 'limits', meter: own })
  expect(standingOf(exhausted, [meter(today)], now)?.why).toBe('accountLimit')
  expect(standingOf(exhausted, [meter({ scope: 'key', unit: 'usd', ...today })], now)?.why).toBe('budget')
})

test('a limit of one model, or a minute that will pass, is not what keeps a whole key back', () => {
  const meters = [meter({ used: 10, model: 'gpt-5', per: 'day', windowSeconds: null }), meter({ used: 10 })]
  expect(standingOf(key({ state: 'exhausted' }), meters, now)).toMatchObject({ why: 'exhausted', mend: 'resume' })
  expect(standingOf(key({ state: 'cooling' }), meters, now)).toMatchObject({ why: 'cooling', mend: 'resume' })
})
