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

test('its help is that of the application', async () => {
  expect(await keywheel(['serve', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--allow-reveal') })
})
