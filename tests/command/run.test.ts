/** `keywheel run`: what the command gets, how it ends, and what becomes of its token. */
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Desk, geminiKeys, must, openDesk, until } from './desk.ts'

let desk: Desk
let close: () => Promise<void>
beforeAll(async () => {
  desk = await openDesk((closing) => (close = closing))
})
afterAll(() => close())

/** A node program as a command. */
const program = (code: string) => ['--', process.execPath, '-e', code]
const showEnvironment = program('process.stdout.write(JSON.stringify(process.env))')

async function environment(args: readonly string[], env: Record<string, string> = {}): Promise<Record<string, string>> {
  const { stdout, stderr, code } = await desk.run(['run', ...args, ...showEnvironment], { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Record<string, string>
}

describe('what the command gets', () => {
  test('the unified address for every SDK, with one token', async () => {
    const env = await environment([])
    const { proxy } = desk.host
    expect(env).toMatchObject({
      OPENAI_BASE_URL: `${proxy}/v1`,
      ANTHROPIC_BASE_URL: proxy,
      GOOGLE_GEMINI_BASE_URL: proxy,
      KEYWHEEL_URL: proxy,
      KEYWHEEL_TOKEN: expect.stringMatching(/^kw_/),
    })
    const keys = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'GEMINI_API_KEY', 'GOOGLE_API_KEY']
    expect(new Set(keys.map((name) => env[name]))).toEqual(new Set([env['KEYWHEEL_TOKEN']]))
  })

  test('with a pool, its own SDK the pool itself and the others the unified address', async () => {
    const env = await environment(['--pool', 'gem'])
    const { proxy } = desk.host
    expect(env).toMatchObject({
      GOOGLE_GEMINI_BASE_URL: `${proxy}/gem`,
      OPENAI_BASE_URL: `${proxy}/v1`,
      ANTHROPIC_BASE_URL: proxy,
    })
  })

  test.each([
    ['openai', 'https://api.openai.com/v1', { OPENAI_BASE_URL: '/oai/v1' }],
    ['anthropic', 'https://api.anthropic.com/v1', { ANTHROPIC_BASE_URL: '/oai' }],
    ['mistral', 'https://api.mistral.ai/v1', { OPENAI_BASE_URL: '/oai' }],
    ['azure-openai', 'https://x.openai.azure.com', { AZURE_OPENAI_ENDPOINT: '/oai' }],
    ['azure-openai', 'https://x.openai.azure.com/openai/v1', { OPENAI_BASE_URL: '/oai' }],
    ['custom', 'https://api.example.com', { OPENAI_BASE_URL: '/v1' }],
  ])('for %s at %s', async (provider, baseUrl, wanted) => {
    await must(desk.host.rest('POST', '/pools', { slug: 'oai', provider, baseUrl }))
    try {
      const env = await environment(['--pool', 'oai'], { OPENAI_BASE_URL: 'https://api.openai.com/v1' })
      for (const [name, path] of Object.entries(wanted)) expect(env[name]).toBe(desk.host.proxy + path)
      expect('AZURE_OPENAI_ENDPOINT' in env && 'OPENAI_BASE_URL' in env).toBe(false)
    } finally {
      await must(desk.host.rest('DELETE', '/pools/oai'))
    }
  })

  test('the rest of its environment as it was, but no account of the user, and no proxy on the way here', async () => {
    const env = await environment([], {
      MY_OWN: 'kept',
      OPENAI_ORG_ID: 'org-mine',
      OPENAI_PROJECT_ID: 'proj-mine',
      OPENAI_API_KEY: 'sk-mine',
      NO_PROXY: 'intranet',
      KEYWHEEL_ADMIN_TOKEN: desk.host.adminToken,
      KEYWHEEL_PASSPHRASE_FILE: '/run/secrets/passphrase',
    })
    expect(env['MY_OWN']).toBe('kept')
    expect(env).not.toHaveProperty('OPENAI_ORG_ID')
    expect(env).not.toHaveProperty('OPENAI_PROJECT_ID')
    expect(env['NO_PROXY']).toBe('intranet,127.0.0.1,localhost,::1')
    expect(JSON.stringify(env)).not.toMatch(/sk-mine/)
    expect(env).not.toHaveProperty('KEYWHEEL_ADMIN_TOKEN')
    expect(env).not.toHaveProperty('KEYWHEEL_PASSPHRASE_FILE')
  })

  test('a token that opens the pool, and with --pool no other', async () => {
    const get = `const t = process.env.KEYWHEEL_TOKEN, u = process.env.KEYWHEEL_URL
      const s = async (p) => (await fetch(u + p, { headers: { 'x-goog-api-key': t } })).status
      console.log(await s('/gem/v1beta/models'), await s('/second/v1beta/models'))`
    await must(desk.host.rest('POST', '/pools', { slug: 'second', provider: 'gemini', baseUrl: desk.upstream.url }))
    const code = ['--', process.execPath, '--input-type=module', '-e', get]
    expect((await desk.run(['run', '--pool', 'gem', ...code])).stdout).toBe('200 404\n')
    expect((await desk.run(['run', ...code])).stdout).toMatch(/^200 503/)
    expect(desk.upstream.requests.at(-1)?.key).toBeOneOf(geminiKeys)
  })

  test.runIf(existsSync('/proc/self/cmdline'))('nothing secret in the arguments of any process on the way', async () => {
    const code = `const { readFileSync } = require('node:fs')
      let text = '', pid = process.pid
      for (let i = 0; pid > 1 && i < 4; i++) {
        text += readFileSync('/proc/' + pid + '/cmdline', 'utf8')
        pid = Number(/^PPid:\\s*(\\d+)/m.exec(readFileSync('/proc/' + pid + '/status', 'utf8'))[1])
      }
      console.log(JSON.stringify({ text, token: process.env.KEYWHEEL_TOKEN }))`
    const { stdout } = await desk.run(['run', ...program(code)])
    const { text, token } = JSON.parse(stdout) as { text: string; token: string }
    expect(text).toContain('keywheel.mjs')
    for (const secret of [token, desk.host.adminToken, ...geminiKeys]) expect(text).not.toContain(secret)
  })
})

describe('how it ends', () => {
  test.each([0, 1, 7, 255])('with the exit code of the command: %d', async (code) => {
    expect(await desk.run(['run', ...program(`process.exit(${code})`)])).toMatchObject({ code, stdout: '', stderr: '' })
  })

  test('with 128 and the signal when one ended the command', async () => {
    expect(await desk.run(['run', ...program("process.kill(process.pid, 'SIGKILL')")])).toMatchObject({ code: 137 })
  })

  test('with 127 where there is no such command, as in a shell', async () => {
    const { code, stderr } = await desk.run(['run', '--', 'no-such-command-here'])
    expect(code).toBe(127)
    expect(stderr).toContain('no such command')
    expect(await desk.clients()).toEqual([])
  })

  test('options after the command are its own', async () => {
    const code = 'console.log(process.argv.slice(1).join())'
    expect((await desk.run(['run', '--', process.execPath, '-e', code, '--', '--pool', 'x', '--json'])).stdout).toBe(
      '--pool,x,--json\n',
    )
  })

  test('standard input is the command’s', async () => {
    expect((await desk.run(['run', ...program('process.stdin.pipe(process.stdout)')], { input: 'hello' })).stdout).toBe('hello')
  })
})

describe('its token', () => {
  const waits = program("process.on('SIGTERM', () => process.exit(42)); console.log('up'); setInterval(() => {}, 1000)")

  test('lives as long as the command, has an end of its own, and is gone afterwards', async () => {
    const { stdout } = await desk.run(['run', ...program('console.log(process.env.KEYWHEEL_TOKEN)')])
    expect(await desk.clients()).toEqual([])
    const answer = await fetch(`${desk.host.proxy}/gem/v1beta/models`, { headers: { 'x-goog-api-key': stdout.trim() } })
    expect(answer.status).toBe(401)
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s reaches the command, whose code is kept, and the token goes',
    async (signal) => {
      const code = `process.on('${signal}', () => process.exit(42)); console.log('up'); setInterval(() => {}, 1000)`
      const { child, stdout, ended } = desk.start(['run', ...program(code)])
      await until(() => stdout() === 'up\n')
      const [client] = await desk.clients()
      expect(client).toMatchObject({ name: 'run node', pools: null })
      const left = (client?.expiresAt ?? 0) - Date.now()
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThanOrEqual(3_600_000)
      child.kill(signal)
      expect(await ended).toMatchObject({ code: 42, stderr: '' })
      expect(await desk.clients()).toEqual([])
    },
  )

  test.runIf(existsSync('/proc/self/cmdline'))(
    'ends by itself within the hour where keywheel is killed, which nobody can tidy up after',
    async () => {
      const { child, stdout, ended } = desk.start(['run', ...waits])
      await until(() => stdout() === 'up\n')
      const [client] = await desk.clients()
      const pids = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number)
      const commands = pids.flatMap((pid) =>
        readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number),
      )
      for (const pid of [...pids, child.pid ?? 0, ...commands]) process.kill(pid, 'SIGKILL')
      await ended
      expect(client?.expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_000)
      await must(desk.host.rest('DELETE', `/clients/${client?.id}`))
    },
  )

  test('is not left behind by a signal that comes before the command runs', async () => {
    for (const delay of [150, 250, 350, 450]) {
      const { child, ended } = desk.start(['run', ...waits])
      await new Promise((next) => setTimeout(next, delay))
      child.kill('SIGTERM')
      await ended
      expect(await desk.clients()).toEqual([])
    }
  })
})
