/** The state of a key pool in a real file, also with several programs at once. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KeyPoolManager } from '../../src-main/library/gemini.ts'
import { geminiPresets } from '../../src-main/providers/gemini-presets.ts'
import { VirtualClock } from '../support/clock.ts'

const now = Date.UTC(2026, 2, 15, 12)
let folder = ''
let keysPath = ''
let statePath = ''
let warnings: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kw-keys-'))
  keysPath = join(folder, 'keys.json')
  statePath = join(folder, 'logs', 'key-usage.json')
  warnings = []
  const keys = ['a', 'b', 'c'].map((id) => ({ id, api_key: `env:KEY_${id}` }))
  writeFileSync(keysPath, JSON.stringify({ providers: { gemini: { keys } } }))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function open(options: Partial<Parameters<typeof KeyPoolManager.fromFiles>[2]> = {}): KeyPoolManager {
  const clock = new VirtualClock(now)
  return KeyPoolManager.fromFiles(keysPath, statePath, { clock, onWarning: (message) => warnings.push(message), ...options })
}

const stateText = () => readFileSync(statePath, 'utf8')
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it went well'),
    (error: unknown) => error,
  )

describe('persistence', () => {
  test('cool-downs, turns, counts and daily limits are there again after a restart', async () => {
    const limits = { gemini: geminiPresets[0]?.limits ?? {} }
    const model = 'gemini-3-flash'
    const first = open({ limits })
    await first.markKeyRateLimited('c', { cooldownSeconds: 3600 })
    for (let i = 0; i < 5; i++) await first.selectKey('gemini', { model })
    await first.updateUsage('a', { requests: 3 })
    first.close()

    const second = open({ limits })
    expect(await second.isKeyAvailable('c')).toBe(false)
    expect(await second.selectKey('gemini', { model })).toBe('b')
    for (let i = 0; i < 4; i++) await second.selectKey('gemini', { model })
    expect(await second.countAvailable('gemini', model)).toBe(0)
    expect(stateText()).toContain('"requests":3')
  })

  test("the file is its owner's alone, and holds no secret", async () => {
    await open({ env: { KEY_a: 'the-secret' } }).selectKey('gemini')
    expect(statSync(statePath).mode & 0o777).toBe(0o600)
    expect(stateText()).not.toContain('the-secret')
    expect(readdirSync(join(folder, 'logs'))).toEqual(['key-usage.json'])
  })

  test('what was refused is not kept: messages may quote prompts', async () => {
    await open().markKeyRateLimited('a', { errorMessage: 'RPM exceeded for my-private-prompt' })
    expect(stateText()).not.toContain('private-prompt')
  })

  test('it does not grow with every call', async () => {
    const pool = open()
    await pool.updateUsage('a', { requests: 1 })
    const size = stateText().length
    for (let i = 0; i < 20; i++) await pool.updateUsage('a', { requests: 1 })
    expect(stateText().length).toBeLessThan(size + 10)
  })

  test.each(['{"version":1,"revi', '[]', '{"version":1,"revision":"x"}', ''])(
    'a damaged file (%s) is set aside and reported, and persistence goes on',
    async (text) => {
      await open().selectKey('gemini')
      writeFileSync(statePath, text)
      const pool = open()
      expect(await pool.countAvailable('gemini')).toBe(3)
      await pool.markKeyRateLimited('a', { cooldownSeconds: 60 })
      expect(warnings).toEqual([expect.stringContaining(`${statePath} was damaged`)])
      const aside = readdirSync(join(folder, 'logs')).find((name) => name.includes('damaged'))
      expect(readFileSync(join(folder, 'logs', aside ?? ''), 'utf8')).toBe(text)
      expect(await open().isKeyAvailable('a')).toBe(false)
    },
  )

  test('the state of the Python original is read: cool-downs, totals, and who was used last', async () => {
    await open().selectKey('gemini')
    writeFileSync(
      statePath,
      JSON.stringify({
        a: {
          total_requests: 7,
          history: [{ timestamp: now / 1000 - 10, usage: { requests: 1 } }],
          rate_limit_backoff: 0,
          model_cooldowns: { flash: now / 1000 + 60 },
        },
        b: { total_requests: 2, history: [{ timestamp: now / 1000 - 99, usage: { requests: 1 } }] },
        c: { rate_limit_backoff: now / 1000 + 90.5, rate_limit_type: 'rpm', total_requests: 0, history: [] },
      }),
    )
    const pool = open()
    expect(await pool.isKeyAvailable('a', 'flash')).toBe(false)
    expect(await pool.isKeyAvailable('c')).toBe(false)
    expect(await pool.selectKey('gemini')).toBe('b')
    expect(stateText()).toContain('"requests":7')
  })
})

describe('two programs', () => {
  test('do not reserve the same key, whatever each has seen before', async () => {
    const [one, two] = [open(), open()]
    await two.countAvailable('gemini')
    const ids = await Promise.all([one.reserveKey('gemini'), two.reserveKey('gemini'), one.reserveKey('gemini')])
    expect(ids.toSorted()).toEqual(['a', 'b', 'c'])
    expect(await refusal(two.reserveKey('gemini'))).toMatchObject({ code: 'NO_KEY_AVAILABLE' })
    await two.releaseKey(ids[0] ?? '')
    expect(await one.countAvailable('gemini')).toBe(0)
    await one.releaseKey(ids[0] ?? '')
    expect(await two.countAvailable('gemini')).toBe(1)
  })

  test('neither loses the cool-downs of the other, and the longer one holds', async () => {
    const [one, two] = [open(), open()]
    await Promise.all([one.selectKey('gemini'), two.selectKey('gemini')])
    await one.markKeyRateLimited('a', { cooldownSeconds: 600 })
    await two.markKeyRateLimited('a', { cooldownSeconds: 5, model: 'flash' })
    await two.markKeyRateLimited('a', { cooldownSeconds: 5 })
    await two.updateUsage('a', { requests: 1 })
    const { coolDowns } = JSON.parse(stateText()) as { coolDowns: { model: string; until: number }[] }
    expect(coolDowns.map(({ model, until }) => [model, until - now])).toEqual([
      ['', 600_000],
      ['flash', 5000],
    ])
  })

  test("see each other's cool-downs at once, and take turns", async () => {
    const [one, two] = [open(), open()]
    expect(await one.selectKey('gemini')).toBe('a')
    expect(await two.selectKey('gemini')).toBe('b')
    await one.markKeyRateLimited('c', { cooldownSeconds: 60 })
    expect(await two.isKeyAvailable('c')).toBe(false)
    expect(await two.selectKey('gemini')).toBe('a')
  })

  test('in processes of their own count every use, and none reserves what another has', async () => {
    const program = `
      import { KeyPoolManager } from ${JSON.stringify(new URL('../../src-main/library/gemini.ts', import.meta.url).href)}
      const pool = KeyPoolManager.fromFiles(process.argv[1], process.argv[2])
      const mine = await pool.reserveKey('gemini')
      for (let i = 0; i < 10; i++) await pool.updateUsage(mine, { requests: 1 })
      pool.close()
      console.log(mine)`
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, keysPath, statePath])
    const reserved = (await Promise.all([run(), run(), run()])).map(({ stdout }) => stdout.trim())
    expect(reserved.toSorted()).toEqual(['a', 'b', 'c'])
    const { keys } = JSON.parse(stateText()) as { keys: { requests: number }[] }
    expect(keys.map(({ requests }) => requests)).toEqual([10, 10, 10])
  })
})

test('a program that is killed while it writes leaves a whole state, and its lock is taken over', async () => {
  const program = `
    import { KeyPoolManager } from ${JSON.stringify(new URL('../../src-main/library/gemini.ts', import.meta.url).href)}
    const pool = KeyPoolManager.fromFiles(process.argv[1], process.argv[2])
    for (let i = 1; ; i++) {
      await pool.updateUsage('a', { requests: 1 })
      if (i === 5) console.log('going')
    }`
  let counted = 0
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, keysPath, statePath])
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await open().updateUsage('a', { requests: 1 })
    const { keys } = JSON.parse(stateText()) as { keys: { id: string; requests: number }[] }
    const requests = keys.find(({ id }) => id === 'a')?.requests ?? 0
    expect(requests).toBeGreaterThanOrEqual(counted + 6)
    counted = requests
  }
  expect(warnings).toEqual([])
})

describe('the lock', () => {
  const lock = () => `${statePath}.lock`

  test('of a program that died is taken over', async () => {
    const pool = open()
    writeFileSync(lock(), '999999999 x')
    expect(await pool.selectKey('gemini')).toBe('a')
  })

  test('that is too old to be held is taken over', async () => {
    const pool = open()
    writeFileSync(lock(), `${process.pid} x`)
    utimesSync(lock(), new Date(0), new Date(0))
    expect(await pool.selectKey('gemini')).toBe('a')
  })

  test('that is held is waited for', async () => {
    const pool = open()
    writeFileSync(lock(), `${process.pid} somebody`)
    let done = false
    const waiting = pool.selectKey('gemini').then(() => (done = true))
    expect(await pool.countAvailable('gemini')).toBe(3)
    expect(done).toBe(false)
    rmSync(lock())
    await waiting
    expect(done).toBe(true)
  })
})

describe('keys.json', () => {
  test('with secrets in it that others may read is warned of', () => {
    writeFileSync(keysPath, JSON.stringify({ providers: { gemini: { keys: [{ id: 'a', api_key: 'AIza-secret' }] } } }))
    chmodSync(keysPath, 0o644)
    open()
    expect(warnings).toEqual([expect.stringContaining('chmod 600')])
    expect(warnings.join()).not.toContain('AIza')
    chmodSync(keysPath, 0o600)
    open()
    expect(warnings).toHaveLength(1)
  })

  test('that is no JSON is refused without quoting it', () => {
    writeFileSync(keysPath, '{"api_key": "AIza-secret" oops')
    expect(() => open()).toThrow(expect.objectContaining({ code: 'INVALID_KEYS', field: keysPath }))
    expect(() => open()).not.toThrow(/AIza/)
  })
})
