/** The command line: what is said, where, and with which exit code. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type Host, startHost, temporaryFolder } from '../support/host.ts'

const entry = resolve('out/main/headless.js')
const running: Host[] = []
const keep = (host: Host) => {
  running.push(host)
  return host
}
afterEach(async () => {
  for (const host of running.splice(0)) await host.kill()
})

/** Runs it to its end. */
async function run(args: string[], env: Record<string, string> = {}, node: string[] = []) {
  const child = spawn(process.execPath, [...node, entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', ...env },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const code = await new Promise((end) => child.once('close', end))
  return { code, out, err }
}
const folder = (...more: string[]) => [
  '--data-dir',
  temporaryFolder(),
  '--ui-port',
  '0',
  '--proxy-port',
  '0',
  '--no-open',
  ...more,
]

describe('the command line', () => {
  test('--help names every option and ends well', async () => {
    const { code, out, err } = await run(['--help'])
    expect([code, err]).toEqual([0, ''])
    for (const option of ['--data-dir', '--proxy-port', '--ui-port', '--key-file', '--allow-reveal', '--no-open', '--json'])
      expect(out).toContain(option)
    expect(out).toContain('KEYWHEEL_PASSPHRASE_FILE')
  })

  test.each([
    ['an unknown option', ['--colour', 'red'], '--colour'],
    ['a port out of range', ['--proxy-port', '70000'], '--proxy-port 70000'],
    ['a port that is no number', ['--ui-port', 'http'], '--ui-port http'],
    ['an empty folder name', ['--data-dir', ''], '--data-dir'],
    ['a word without an option', ['serve'], 'serve'],
  ])('%s is refused with code 2 before anything is made', async (_, args, named) => {
    const dataDir = join(temporaryFolder(), 'new')
    const { code, out, err } = await run(['--data-dir', dataDir, ...args])
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(named)
    expect(existsSync(dataDir)).toBe(false)
  })

  test('a taken --ui-port ends it with code 1, in words, and leaves the folder free', async () => {
    const taken = createServer()
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done))
    const port = (taken.address() as { port: number }).port
    const dataDir = temporaryFolder()
    const { code, out, err } = await run([
      '--data-dir',
      dataDir,
      '--proxy-port',
      '0',
      '--no-open',
      '--json',
      '--ui-port',
      `${port}`,
    ])
    taken.close()
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`Port ${port} is in use`)
    keep(await startHost({ dataDir }))
  })

  test('--json prints one line on stdout and nothing else, to the very end', async () => {
    const child = spawn(process.execPath, [entry, ...folder('--json')], { stdio: ['ignore', 'pipe', 'ignore'] })
    let out = ''
    await new Promise<void>((ready) =>
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
        if (out.includes('\n')) ready()
      }),
    )
    const { api } = JSON.parse(out) as { api: string }
    await fetch(`${api}/pools`)
    child.kill('SIGTERM')
    await new Promise((end) => child.once('close', end))
    expect(out.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), ''])
  })

  test('without --json people get addresses in words', async () => {
    const child = spawn(process.execPath, [entry, ...folder()], { stdio: ['ignore', 'pipe', 'ignore'] })
    let out = ''
    await new Promise<void>((ready) =>
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
        if (out.includes('REST')) ready()
      }),
    )
    child.kill('SIGTERM')
    await new Promise((end) => child.once('close', end))
    expect(out).toMatch(/ready\.\n {2}Page {3}http:.*#code=.*\n {2}Proxy {2}http:.*\n {2}REST {3}http:/)
  })

  test.each([
    ['that is not there', '/nonexistent/passphrase', 'ENOENT'],
    ['that is a folder', '/tmp', 'EISDIR'],
  ])('a passphrase file %s ends it with code 1 and its name', async (_, file, why) => {
    const { code, err } = await run(folder('--json'), { KEYWHEEL_PASSPHRASE_FILE: file })
    expect(code).toBe(1)
    expect(err).toContain(file)
    expect(err).toContain(why)
  })

  test('a passphrase that is too short makes no vault, and is not printed', async () => {
    const file = join(temporaryFolder(), 'passphrase')
    writeFileSync(file, 'sesame\n')
    const { code, err } = await run(folder('--json'), { KEYWHEEL_PASSPHRASE_FILE: file })
    expect(code).toBe(1)
    expect(err).toContain('too short')
    expect(err).not.toContain('sesame')
  })

  test('an admin token that could never be sent is refused, unprinted', async () => {
    const dataDir = temporaryFolder()
    writeFileSync(join(dataDir, 'admin-token'), 'two words are none\n')
    const { code, err } = await run(['--data-dir', dataDir, '--ui-port', '0', '--proxy-port', '0', '--no-open', '--json'])
    expect(code).toBe(1)
    expect(err).toContain('admin-token')
    expect(err).not.toContain('two words')
  })

  test('an admin token brought along is the one that counts', async () => {
    const dataDir = temporaryFolder()
    writeFileSync(join(dataDir, 'admin-token'), 'brought-along-0123456789\n', { mode: 0o600 })
    const host = keep(await startHost({ dataDir }))
    expect(host.adminToken).toBe('brought-along-0123456789')
    expect((await host.rest('GET', '/pools')).status).toBe(200)
  })

  test.each([
    ['--inspect=127.0.0.1:0', '--inspect'],
    ['--require /dev/null', '--require'],
    ['-r /dev/null', '-r'],
    ['--import data:text/javascript,0', '--import'],
  ])('T4-2: NODE_OPTIONS=%s is refused and named', async (options, named) => {
    const { code, out, err } = await run(folder('--json'), { NODE_OPTIONS: options })
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('NODE_OPTIONS')
    expect(err).toContain(named)
    expect(err).toContain('KEYWHEEL_ALLOW_DEBUG')
  })

  test('T4-2: a debugger is refused as well, unless the owner asks for it', async () => {
    expect((await run(folder('--json'), {}, ['--inspect=127.0.0.1:0'])).code).toBe(2)
    expect((await run(['--help'], { NODE_OPTIONS: '--import data:text/javascript,0', KEYWHEEL_ALLOW_DEBUG: '1' })).code).toBe(0)
    expect((await run(['--help'], { NODE_OPTIONS: '--max-old-space-size=200' })).code).toBe(0)
  })

  test('T4-4: SIGUSR1 opens no inspector', async () => {
    const host = keep(await startHost())
    process.kill(host.pid, 'SIGUSR1')
    await host.rest('GET', '/pools')
    await expect(fetch('http://127.0.0.1:9229/json/version')).rejects.toThrow('fetch failed')
    expect(host.log()).toBe('')
  })

  test('T3-4: whatever the umask, every file is for its owner only', async () => {
    const parent = temporaryFolder()
    const dataDir = join(parent, 'there')
    mkdirSync(dataDir)
    chmodSync(dataDir, 0o777)
    const before = process.umask(0)
    try {
      keep(await startHost({ dataDir, args: ['--key-file', join(dataDir, 'vault.key')] }))
    } finally {
      process.umask(before)
    }
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    const modes = readdirSync(dataDir).map((name) => [name, (statSync(join(dataDir, name)).mode & 0o777).toString(8)])
    expect(modes.length).toBeGreaterThan(4)
    expect(modes.filter(([, mode]) => mode !== '600')).toEqual([])
  })

  test('F38: nobody reads what it prints, and it goes on', async () => {
    const dataDir = temporaryFolder()
    const child = spawn(process.execPath, [entry, ...folder('--data-dir', dataDir)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, KEYWHEEL_LOG: 'trace', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' },
    })
    child.stdout.destroy()
    child.stderr.destroy()
    const ended = new Promise((end) => child.once('exit', end))
    // On a busy machine the start alone may take longer than the wait below, and a program that still starts just ends at a signal.
    await expect.poll(() => existsSync(join(dataDir, 'running.json')), { timeout: 30_000 }).toBe(true)
    const first = await Promise.race([ended, new Promise((wait) => setTimeout(wait, 2500, 'runs'))])
    expect(first).toBe('runs')
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })
})
