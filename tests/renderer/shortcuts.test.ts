/** The keys that Keywheel promises, each in the one registry and none of them twice. */
import { expect, test } from 'vitest'
import { type CommandId, commandIds } from '../../src-preload/contract/index.ts'
import { listShortcuts, registry, talkShortcuts, windowShortcuts } from '../../src-renderer/commands/registry.ts'

const promised: Record<string, CommandId> = {
  'mod+K': 'palette.open',
  '1': 'go.overview',
  '2': 'go.keys',
  '3': 'go.traffic',
  '4': 'go.connect',
  '5': 'go.playground',
  '6': 'go.settings',
  'mod+,': 'go.settings',
  N: 'keys.add',
  'mod+Z': 'edit.undo',
  'mod+shift+P': 'proxy.toggle',
  'mod+shift+H': 'privacy.toggle',
  '?': 'help.shortcuts',
}

const keysOf = (id: CommandId) => [registry[id].shortcut, registry[id].also].filter((key) => typeof key === 'string')

test('these keys do these commands, and no others have any', () => {
  const bound = commandIds.flatMap((id) => keysOf(id).map((key) => [key, id]))
  expect(bound).toHaveLength(Object.keys(promised).length)
  expect(Object.fromEntries(bound)).toEqual(promised)
})

test('the help names those of the lists and of the window as well', () => {
  expect(listShortcuts.map(([, key]) => key)).toEqual(['↑+↓', '/', 'Space', 'Enter', 'shift+F10', 'C', 'R', 'E', 'Del'])
  expect(talkShortcuts.map(([, key]) => key)).toEqual(['/', 'Enter', 'shift+Enter', 'Esc'])
  expect(windowShortcuts.map(([, key]) => key)).toContain('mod+±')
})

test('no key of a list is a command’s as well', () => {
  const taken = new Set(commandIds.flatMap(keysOf))
  expect(listShortcuts.filter(([, key]) => taken.has(key))).toEqual([])
})
