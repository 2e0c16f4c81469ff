/** The parts of the shell that need no window. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { commandMenus } from '../../src-main/desktop/command-menu.ts'
import { isQuiet } from '../../src-main/desktop/quiet.ts'
import { reachable, readWindowState, writeWindowState } from '../../src-main/desktop/window-state.ts'
import { languageFor, words } from '../../src-main/desktop/words.ts'
import { registry } from '../../src-renderer/commands/registry.ts'

const at = (time: string) => new Date(`2026-03-04T${time}:00`)

test.each([
  ['22:00', '08:00', '23:30', true],
  ['22:00', '08:00', '07:59', true],
  ['22:00', '08:00', '08:00', false],
  ['22:00', '08:00', '12:00', false],
  ['12:00', '13:00', '12:00', true],
  ['12:00', '13:00', '13:00', false],
  ['09:00', '09:00', '03:00', true],
])('quiet from %s to %s, at %s: %s', (from, to, time, quiet) => {
  expect(isQuiet({ from, to }, at(time))).toBe(quiet)
  expect(isQuiet(null, at(time))).toBe(false)
})

test('a window is put back only where its title bar can be taken hold of', () => {
  const screens = [{ x: 0, y: 0, width: 1440, height: 900 }]
  const window = { x: 200, y: 100, width: 1000, height: 700 }
  expect(reachable(window, screens)).toBe(window)
  for (const lost of [{ x: 1400 }, { x: -960 }, { y: -20 }, { y: 890 }])
    expect(reachable({ ...window, ...lost }, screens)).toBeNull()
  expect(reachable(null, screens)).toBeNull()
})

test('the window’s place is kept in a file of its own; one that cannot be read counts as none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-window-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'window.json')
  const nothing = { bounds: null, maximised: false, zoom: 0 }
  expect(readWindowState(path)).toEqual(nothing)
  const state = { bounds: { x: 1, y: 2, width: 900, height: 600 }, maximised: true, zoom: 1.5 }
  writeWindowState(path, state)
  expect(readWindowState(path)).toEqual(state)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  writeFileSync(path, '{"bounds":{"x":"left"},"zoom":99}')
  expect(readWindowState(path)).toEqual(nothing)
  writeFileSync(path, '{')
  expect(readWindowState(path)).toEqual(nothing)
})

test('the menu shows the keys that the page listens to', () => {
  const electron = (keys: string | null | undefined) => keys?.replace('mod', 'CommandOrControl').replace('shift', 'Shift') ?? null
  const wrong = Object.values(commandMenus)
    .flat()
    .filter((entry) => {
      const { shortcut, also } = registry[entry.command]
      const shown = 'accelerator' in entry ? entry.accelerator : null
      return shown !== electron(shortcut) && shown !== electron(also)
    })
  expect(wrong).toEqual([])
})

test('the shell speaks the language of the setting, or the system’s', () => {
  expect([languageFor('system', 'zh-Hans-CN'), languageFor('system', 'de-DE'), languageFor('en', 'zh-CN')]).toEqual([
    'zh',
    'en',
    'en',
  ])
  expect(words.zh.pool('Main', 1, 3)).toContain('Main')
})
