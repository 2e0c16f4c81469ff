/** What Settings can tell about a file and a plan without asking. */
import { describe, expect, it } from 'vitest'
import type { ImportPlan } from '../../src-preload/contract/index.ts'
import { isSealed } from '../../src-renderer/screens/settings/import-file.ts'
import { changesSomething } from '../../src-renderer/screens/settings/plan-effect.ts'

describe('a sealed file', () => {
  it.each([
    ['age armour', '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl', true],
    ['armour after blanks', '\n  -----BEGIN AGE ENCRYPTED FILE-----', true],
    [
      'Keywheel’s wrapping',
      JSON.stringify({ format: 'keywheel-export', version: 1, sealed: 'age', age: '-----BEGIN…' }, null, 2),
      true,
    ],
    ['a plain export', JSON.stringify({ format: 'keywheel-export', version: 1, pools: [] }), false],
    [
      'a plain export whose pool speaks of sealing',
      JSON.stringify({ format: 'keywheel-export', pools: [{ sealed: 'age' }] }),
      false,
    ],
    ['nothing', '', false],
  ])('%s', (_name, text, expected) => {
    expect(isSealed(text)).toBe(expected)
  })
})

describe('a plan', () => {
  const plan = (pools: ImportPlan['pools'][number]['action'][], counts: ImportPlan['keys']['counts']): ImportPlan => ({
    applied: false,
    pools: pools.map((action) => ({ slug: 'a', action, changes: [], before: null, after: null, reason: null })),
    routes: [],
    prompts: [],
    clients: [],
    remotes: [],
    settings: [],
    settingsBefore: {},
    settingsAfter: {},
    keys: { counts, rows: [], left: 0 },
  })
  it.each<[string, ImportPlan, boolean]>([
    ['a new pool', plan(['same', 'add'], {}), true],
    ['a replaced pool', plan(['replace'], {}), true],
    ['a new key', plan([], { add: 1 }), true],
    ['a key that joins a pool', plan(['same'], { link: 2 }), true],
    [
      'only what is there, refused, or without its secret',
      plan(['same', 'refused'], { same: 1, refused: 1, 'no-secret': 3 }),
      false,
    ],
    ['a new client', { ...plan([], {}), clients: [{ name: 'a', action: 'add', reason: null }] }, true],
    ['a route', { ...plan([], {}), routes: [{ model: 'a', action: 'replace', reason: null }] }, true],
    ['settings', { ...plan([], {}), settings: ['prices'] }, true],
    ['a server that is there', { ...plan([], {}), remotes: [{ name: 'a', action: 'same', reason: null }] }, false],
    ['nothing', plan([], {}), false],
  ])('of %s', (_name, given, expected) => {
    expect(changesSomething(given)).toBe(expected)
  })
})
