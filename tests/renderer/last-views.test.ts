/** Where a person was: kept by place and workspace, without what is open for a moment. */
import { beforeEach, expect, test } from 'vitest'
import { lastPlace, rememberView, setViewsOf, viewOf } from '../../src-renderer/shell/last-views.ts'

const kept = new Map<string, string>()
beforeEach(() => {
  kept.clear()
  globalThis.localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage
  setViewsOf('default')
})

test('a place is come back to with its filters, and without the drawer that was open', () => {
  rememberView('keys', new URLSearchParams('pool=main&state=invalid&key=k1&sheet=pool'))
  rememberView('traffic', new URLSearchParams('outcome=failed&key=k1&request=r1'))
  expect(viewOf('keys')).toEqual({ pool: 'main', state: 'invalid' })
  expect(viewOf('traffic')).toEqual({ outcome: 'failed', key: 'k1' })
  expect(viewOf('connect')).toEqual({})
  expect(lastPlace()).toBe('traffic')
})

test('each workspace has its own; Welcome is nowhere to come back to', () => {
  rememberView('keys', new URLSearchParams('pool=main'))
  setViewsOf('team')
  expect([lastPlace(), viewOf('keys')]).toEqual([null, {}])
  rememberView('welcome', new URLSearchParams())
  expect(lastPlace()).toBeNull()
  setViewsOf('default')
  expect([lastPlace(), viewOf('keys')]).toEqual(['keys', { pool: 'main' }])
})

test('what was damaged is forgotten', () => {
  kept.set('keywheel.views.default', '{"last":"nowhere","params":{"keys":7,"traffic":"outcome=failed"}}')
  expect([lastPlace(), viewOf('keys'), viewOf('traffic')]).toEqual([null, {}, { outcome: 'failed' }])
  kept.set('keywheel.views.default', '{')
  expect([lastPlace(), viewOf('traffic')]).toEqual([null, {}])
})
