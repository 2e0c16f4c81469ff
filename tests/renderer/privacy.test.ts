/** Privacy mode: what is hidden of an answer, and that nothing hidden is ever sent back. */
import { expect, test } from 'vitest'
import { formatPool } from '../../src-renderer/format.ts'
import { codeName, isMasked, maskAnswer } from '../../src-renderer/privacy/mask.ts'
import { hiddenOf, snippetsFor } from '../../src-renderer/screens/connect/snippets.ts'

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

test('names are hidden where they identify somebody, and not where they name a provider or model', () => {
  expect(isMasked(maskAnswer('clients', [{ name: 'Bob’s laptop', tokenHint: 'x9z1' }]))).toBe(true)
  expect(isMasked(maskAnswer('remotes', [{ url: 'https://pool.initech.example' }]))).toBe(true)
  expect(maskAnswer('pools', [{ id: 'openai', name: 'OpenAI' }])).toEqual([{ id: 'openai', name: 'OpenAI' }])
  expect(isMasked(maskAnswer('notices', { values: { pool: 'Initech', count: 2 } }))).toBe(true)
  expect(maskAnswer('settings', { creditRules: [{ pool: '*' }] })).toEqual({ creditRules: [{ pool: '*' }] })
  expect(isMasked(maskAnswer('settings', { creditRules: [{ pool: 'initech' }] }))).toBe(true)
  expect(isMasked(maskAnswer('history', { before: { name: 'Initech' } }))).toBe(true)
  expect(maskAnswer('proxy', { url: 'http://127.0.0.1:8787' })).toEqual({ url: 'http://127.0.0.1:8787' })
  expect(isMasked(maskAnswer('keys', { type: 'paused', upstreams: [{ host: 'llm.initech.example', left: 3 }] }))).toBe(true)
  expect(isMasked(maskAnswer('proxy', { offline: { hosts: ['llm.initech.example'] } }))).toBe(true)
  expect(maskAnswer('settings', { outbound: 'system' })).toEqual({ outbound: 'system' })
  expect(isMasked(maskAnswer('settings', { outbound: 'http://bob:pw@proxy.example:3128' }))).toBe(true)
})

test('a pool is called the same by its name and by its slug, and is still asked for by the slug', () => {
  const pool = { slug: 'initech', name: 'Initech GmbH', provider: 'openai', alias: null, keys: { total: 2 } }
  const masked = maskAnswer('pools', pool)
  expect(masked).toEqual({ ...pool, name: codeName('initech') })
  expect(maskAnswer('pools', masked)).toEqual(masked)
  const kept = globalThis.localStorage
  globalThis.localStorage = { getItem: (name: string) => (name === 'keywheel.privacy' ? 'on' : null) } as Storage
  const target = { proxyUrl: 'http://127.0.0.1:8787', slug: 'initech', provider: 'openai', token: 'kw-token' }
  expect(formatPool('initech')).toBe(masked.name)
  expect(JSON.stringify(snippetsFor('curl', hiddenOf(target)))).not.toMatch(/initech|kw-token/)
  globalThis.localStorage = kept
  expect(formatPool('initech')).toBe('initech')
  expect(hiddenOf(target)).toBe(target)
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
