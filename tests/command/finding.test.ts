/** How a command finds the running Keywheel, and what it never tells anyone else. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { type Desk, keywheel, openDesk } from './desk.ts'

describe('wrong usage', () => {
  test.each([
    [[], 'Usage: keywheel'],
    [['fly'], "unknown command 'fly'"],
    [['task'], '--task'],
    [['task', '--task', 'x', '--quality', 'best'], 'draft, standard, production, research'],
    [['task', '--task', 'x', '--max-retries', '-1'], 'from 0 to 99'],
    [['drill'], 'pool'],
    [['run'], 'command'],
    [['--url', 'ftp://127.0.0.1', 'status'], 'REST API'],
    [['--url', 'http://example.com/api', 'status'], 'https, or through a tunnel'],
    [['--url', 'https://me:pw@example.com/api', 'status'], 'REST API'],
  ])('%j ends with 2 and says why on stderr alone', async (args, words) => {
    const { code, stdout, stderr } = await keywheel(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
  })

  test('help and version are no failures', async () => {
    expect(await keywheel(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Exit codes') })
    expect(await keywheel(['task', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--capture-thinking') })
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await keywheel(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
  })
})

describe('no Keywheel', () => {
  test('an empty folder ends with 3 and says what to do', async () => {
    const { code, stdout, stderr } = await keywheel(['--data-dir', temporaryFolder(), 'status'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('keywheel serve')
  })

  test('one that was killed ends with 3', async () => {
    const host = await startUnlockedHost()
    await host.kill()
    expect(existsSync(join(host.dataDir, 'running.json'))).toBe(true)
    expect(await keywheel(['status', '--data-dir', host.dataDir])).toMatchObject({ code: 3 })
  })

  test('another program on the port of a killed one is sent no token and no secret', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
      response.end(JSON.stringify({ status: 'ok', proof: 'surely' }))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((ready) => server.once('listening', ready))
    const dataDir = temporaryFolder()
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
    writeFileSync(join(dataDir, 'running.json'), JSON.stringify({ api, pid: 1, secret: 'the-secret-of-the-file' }))
    writeFileSync(join(dataDir, 'admin-token'), 'the-admin-token-of-the-folder')
    for (const args of [['status'], ['open'], ['task', '--task', 'x'], ['run', '--', 'true']]) {
      expect(await keywheel(['--data-dir', dataDir, ...args])).toMatchObject({ code: 3, stdout: '' })
    }
    expect(seen).toHaveLength(4)
    expect(seen.join()).not.toMatch(/the-secret|the-admin|authorization/)
  })
})

describe('a running Keywheel', () => {
  let desk: Desk
  let close: () => Promise<void>
  beforeAll(async () => {
    desk = await openDesk((closing) => (close = closing))
  })
  afterAll(() => close())

  test('is found by option before or after the command, by variable, and by address with a token', async () => {
    const { host } = desk
    const found = { code: 0, stdout: expect.stringContaining(host.proxy ?? 'no proxy') }
    expect(await keywheel(['--data-dir', host.dataDir, 'status'])).toMatchObject(found)
    expect(await keywheel(['status', '--data-dir', host.dataDir])).toMatchObject(found)
    expect(await keywheel(['status'], { env: { KEYWHEEL_DATA_DIR: host.dataDir } })).toMatchObject(found)
    const byAddress = ['status', '--url', host.api, '--data-dir', temporaryFolder()]
    expect(await keywheel(byAddress, { env: { KEYWHEEL_ADMIN_TOKEN: host.adminToken } })).toMatchObject(found)
    expect(await keywheel(byAddress, { env: { KEYWHEEL_ADMIN_TOKEN: 'wrong' } })).toMatchObject({ code: 2, stdout: '' })
    expect(await keywheel(byAddress)).toMatchObject({ code: 2, stderr: expect.stringContaining('KEYWHEEL_ADMIN_TOKEN') })
  })

  test('status says what runs, as text and as JSON', async () => {
    const { run, host } = desk
    expect((await run(['status'])).stdout).toMatch(/gem +gemini +2 \(2 (ready|unchecked)\)/)
    const { stdout } = await run(['status', '--json'])
    expect(stdout.split('\n')).toHaveLength(2)
    expect(JSON.parse(stdout)).toMatchObject({
      proxy: { url: host.proxy },
      vault: { state: 'unlocked' },
      pools: [{ slug: 'gem' }],
    })
  })

  test('open prints an address that signs a page in, once', async () => {
    const { run, host } = desk
    const { stdout, code } = await run(['open'])
    expect(code).toBe(0)
    const url = new URL(stdout.trim())
    const signIn = () =>
      fetch(new URL('/session', host.api), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: url.hash.slice('#code='.length) }),
      })
    expect((await signIn()).status).toBe(200)
    expect((await signIn()).status).toBe(401)
    expect(await run(['open', '--url', host.api])).toMatchObject({ code: 2, stderr: expect.stringContaining('this machine') })
  })

  test('its file is private, and gone when it has stopped', async () => {
    const { host, run } = await openDesk()
    const file = join(host.dataDir, 'running.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ api: host.api, pid: host.pid })
    await host.stop()
    expect(existsSync(file)).toBe(false)
    expect(await run(['status'])).toMatchObject({ code: 3 })
  })

  test('what it refuses is told with its own words', async () => {
    const { run } = desk
    expect(await run(['drill', 'nowhere'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('There is no pool "nowhere"'),
    })
    expect(await run(['run', '--pool', 'nowhere', '--', 'true'])).toMatchObject({ code: 1, stdout: '' })
  })
})
