/** Privacy mode: what is hidden of an answer, and that nothing hidden is ever sent back. */
import { expect, test } from 'vitest'
import { isMasked, maskAnswer } from '../../src-renderer/privacy/mask.ts'

test('a key keeps its states and counts and loses what identifies it', () => {
  const key = {
    id: 'k1',
    label: 'Ada at Initech',
    hint: 'sk-…ab12',
    notes: 'card of Bob',
    state: 'cooling',
    provider: 'openai',
    pools: [{ pool: 'main', priority: 0, weight: 1 }],
    account: { id: 'initech', source: 'set' as const },
    reason: 'Rate limit reached in organization org-A1b2C3d4 for ada@initech.example',
  }
  const shown = JSON.stringify(maskAnswer('keys', { items: [key], counts: { ready: 3 } }))
  for (const told of ['Ada', 'ab12', 'Bob', 'initech', 'A1b2C3d4']) expect(shown).not.toContain(told)
  expect(maskAnswer('keys', key)).toMatchObject({ id: key.id, state: key.state, provider: key.provider, pools: key.pools })
  expect(shown).toContain('"ready":3')
})

test('the same name is masked alike everywhere, and two names differ', () => {
  const masked = (keyLabel: string) => maskAnswer('requests', { keyLabel }).keyLabel
  expect(masked('night shift')).toBe(masked('night shift'))
  expect(maskAnswer('keys', { label: 'night shift' }).label).toBe(masked('night shift'))
  expect(masked('day shift')).not.toBe(masked('night shift'))
})

test('names are hidden where they identify somebody, and not where they name a pool or model', () => {
  expect(isMasked(maskAnswer('clients', [{ name: 'Bob’s laptop', tokenHint: 'x9z1' }]))).toBe(true)
  expect(isMasked(maskAnswer('remotes', [{ url: 'https://pool.initech.example' }]))).toBe(true)
  expect(maskAnswer('pools', [{ name: 'Main', slug: 'main' }])).toEqual([{ name: 'Main', slug: 'main' }])
  expect(maskAnswer('proxy', { url: 'http://127.0.0.1:8787' })).toEqual({ url: 'http://127.0.0.1:8787' })
  expect(maskAnswer('settings', { outbound: 'system' })).toEqual({ outbound: 'system' })
  expect(isMasked(maskAnswer('settings', { outbound: 'http://bob:pw@proxy.example:3128' }))).toBe(true)
})

test('what has nothing to hide is the very same object, and masking twice changes nothing', () => {
  const series = { points: [{ at: 1, requests: 2 }] }
  expect(maskAnswer('usage', series)).toBe(series)
  const once = maskAnswer('keys', { label: 'a' })
  expect(maskAnswer('keys', once)).toBe(once)
})

test('a masked text is known again wherever it stands in an input', () => {
  const { label } = maskAnswer('keys', { label: 'night shift' })
  expect(isMasked({ patch: { tags: ['x', label] } })).toBe(true)
  expect(isMasked({ label: 'night ••••' })).toBe(false)
  expect(isMasked(null)).toBe(false)
})
