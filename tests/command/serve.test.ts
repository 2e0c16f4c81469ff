/** `keywheel serve`: the application itself, found by the other commands and stopped like any program. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/host.ts'
import { keywheel, startCommand, until } from './desk.ts'

test('it serves with the options of npm run serve, and ends with 0 at SIGTERM', async () => {
  const dataDir = temporaryFolder()
  const ports = ['--proxy-port', '0', '--ui-port', '0']
  const options = [...ports, '--no-open', '--json', '--key-file', join(dataDir, 'vault.key')]
  const env = { KEYWHEEL_DATA_DIR: dataDir, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
  const { child, stdout, ended } = startCommand(['serve', ...options], { env })
  await until(() => stdout().includes('\n'))
  const { proxy } = JSON.parse(stdout()) as { proxy: string }
  expect(await keywheel(['status'], { env })).toMatchObject({ code: 0, stdout: expect.stringContaining(proxy) })
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, signal: null })
  expect(existsSync(join(dataDir, 'running.json'))).toBe(false)
})

test('it opens the workspace that is named before it or after it', async () => {
  const dataDir = temporaryFolder()
  const named = ['--workspace', 'nowhere']
  for (const args of [
    [...named, 'serve'],
    ['serve', ...named],
  ]) {
    const { code, stderr } = await keywheel(['--data-dir', dataDir, ...args, '--no-open', '--json'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no workspace "nowhere"; there are: default.')])
  }
})

test('its help is that of the application', async () => {
  expect(await keywheel(['serve', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--allow-reveal') })
})
