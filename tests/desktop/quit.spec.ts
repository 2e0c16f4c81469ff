/** Starting and ending: everything is closed, nothing runs twice, an open door is not walked through. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { unsafeSwitch } from '../../src-main/desktop/switches.ts'
import { expect, test } from '../support/electron/test.ts'
import { call, holdLine } from './line.ts'

test('quitting closes both databases, and what was made is there at the next start', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  await call(await shell.page(), '/pools/demo')
  const { dataDir } = shell
  // While it runs the journal is there: its absence afterwards means something.
  expect(existsSync(join(dataDir, 'keywheel.db-wal'))).toBe(true)
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  expect(statSync(join(dataDir, 'keywheel.db')).mode & 0o777).toBe(0o600)
  expect(await shell.quit()).toBe(0)
  for (const name of ['keywheel.db', 'usage.db']) {
    expect(existsSync(join(dataDir, name)), name).toBe(true)
    expect(existsSync(join(dataDir, `${name}-wal`)), name).toBe(false)
  }
  const again = await start({ dataDir, onPage: holdLine })
  expect((await call(await again.page(), '/pools/list')).body).toMatchObject([{ slug: 'demo' }])
})

test('quitting several times at once closes once and completely', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  await call(await shell.page(), '/pools/demo')
  for (let i = 0; i < 5; i += 1) void shell.main('quit')
  expect(await shell.exited, shell.log()).toBe(0)
  expect(existsSync(join(shell.dataDir, 'keywheel.db-wal'))).toBe(false)
})

test('quitting while it starts leaves nothing open', async ({ start }) => {
  const shell = await start()
  void shell.main('quit')
  expect(await shell.exited, shell.log()).toBe(0)
  expect(existsSync(join(shell.dataDir, 'keywheel.db-wal'))).toBe(false)
})

test('a folder that cannot be opened is said in a box, and the program ends', async ({ start }) => {
  const shell = await start({ dataDir: '/dev/null/keywheel', endsWith: 1 })
  expect(await shell.exited).toBe(1)
  expect(shell.log()).toContain('error box: Keywheel could not start')
})

const unsafe = [
  '--remote-debugging-port=9222',
  '-remote-debugging-port=9222',
  '--remote-debugging-pipe',
  '--inspect',
  '--inspect-brk=9229',
  '--INSPECT',
  '--js-flags=--expose-gc',
  '--disable-web-security',
  '--no-sandbox',
  '--proxy-server=evil.example:80',
  '--host-resolver-rules=MAP * evil.example',
  '--load-extension=/tmp/x',
  '--ignore-certificate-errors',
]

test('every switch that opens the program to others is found', () => {
  for (const argument of unsafe) expect(unsafeSwitch(['--lang=de', argument], 'linux'), argument).toBe(argument)
  for (const argument of ['/inspect', '/REMOTE-DEBUGGING-PORT=1']) {
    expect(unsafeSwitch([argument], 'win32')).toBe(argument)
    expect(unsafeSwitch([argument], 'linux')).toBeUndefined()
  }
})

test('a packaged program does not start with one', async ({ start }) => {
  const shell = await start({ packaged: true, args: ['-remote-debugging-port=9222'], endsWith: 1 })
  expect(await shell.exited).toBe(1)
  expect(shell.log()).toContain('does not run with -remote-debugging-port=9222')
  expect(existsSync(join(shell.dataDir, 'keywheel.db'))).toBe(false)
})

test('other arguments are let be, and unpackaged so are the unsafe ones', async ({ start }) => {
  const packaged = await start({ packaged: true, args: ['--force-device-scale-factor=2', '/home/a/--inspect', 'inspect'] })
  await packaged.page()
  const unpackaged = await start({ args: ['--inspect'] })
  await unpackaged.page()
})
