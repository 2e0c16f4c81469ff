/** `keywheel task` against a real Keywheel: what is on stdout, what it asks, and its exit codes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TaskResult } from '../../src-main/task/index.ts'
import { temporaryFolder } from '../support/host.ts'
import { type Desk, geminiKeys, keywheel, must, openDesk, until } from './desk.ts'

const [first, second] = ['gemini-3-flash-preview', 'gemini-2.5-flash']
const folder = temporaryFolder()
let desk: Desk
let close: () => Promise<void>
beforeAll(async () => {
  desk = await openDesk((closing) => (close = closing))
  // The second pool's keys serve what is asked of it by name alone.
  await must(desk.host.rest('POST', '/pools', { slug: 'empty', provider: 'gemini', baseUrl: desk.upstream.url }))
  await must(desk.host.rest('POST', '/models/refresh'))
})
afterAll(() => close())
beforeEach(() => desk.upstream.script('*', { kind: 'ok', text: 'Hello there', usage: { input: 9, output: 2 } }))

const task = (...args: string[]) => desk.run(['task', '--task', 'Say hello.', ...args])
/** Calls for an answer since `from`. */
const asked = (from: number) => desk.upstream.requests.slice(from).filter(({ method }) => method === 'POST')
const modelOf = ({ url }: { url: string }) => /models\/([^:]+):/.exec(url)?.[1]

describe('what it prints', () => {
  test('the answer alone, with progress on stderr', async () => {
    const { code, stdout, stderr } = await task()
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello there\n' })
    expect(stderr).toContain(`Asking ${first}`)
  })

  test('with --json exactly one line of JSON', async () => {
    const { code, stdout } = await task('--json')
    expect(stdout.endsWith('}\n')).toBe(true)
    const result = JSON.parse(stdout) as TaskResult
    expect(stdout).toBe(`${JSON.stringify(result)}\n`)
    expect(code).toBe(0)
    expect(result).toMatchObject({
      success: true,
      output: 'Hello there',
      modelUsed: first,
      error: null,
      imagePath: null,
      thinkingConfig: { thinkingBudget: 8000 },
      toolsUsed: [],
      tokensIn: 9,
      tokensOut: 2,
      backend: 'keywheel',
    })
    expect(result.keyId).toEqual(expect.any(String))
    expect(result.durationMs).toBeGreaterThan(0)
  })

  test('a failure as JSON as well, and the reason on stderr', async () => {
    desk.upstream.script('*', { kind: 'bad-request' })
    const { code, stdout } = await task('--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ success: false, output: null, error: expect.stringContaining(`${second}: `) })
    const plain = await task()
    expect(plain).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('(400)') })
  })

  test('neither a key nor a token', async () => {
    desk.upstream.script('*', { kind: 'key-invalid' })
    for (const args of [[], ['--json']]) {
      const { stdout, stderr } = await task(...args)
      for (const secret of [...geminiKeys, desk.host.adminToken, 'kw_']) expect(stdout + stderr).not.toContain(secret)
    }
    for (const { id } of ((await must(desk.host.rest('GET', '/keys'))) as { items: { id: string }[] }).items) {
      await must(desk.host.rest('POST', `/keys/${id}/resume`))
    }
  })
})

describe('what it asks', () => {
  test('the task from standard input, with context, image, system prompt and tools', async () => {
    const from = desk.upstream.requests.length
    const [context, image] = [join(folder, 'context.txt'), join(folder, 'image.png')]
    writeFileSync(context, 'Some facts.')
    writeFileSync(image, Buffer.from([1, 2, 255]))
    const options = ['--context-file', context, '--image-file', image, '--system-prompt', 'Be brief.', '--enable-tools']
    const { code } = await desk.run(['task', '--task', '-', '--capture-thinking', ...options], { input: 'Sum up.' })
    expect(code).toBe(0)
    const [request] = asked(from)
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        {
          parts: [
            { text: expect.stringMatching(/Some facts\.[^]*Sum up\./) },
            { inlineData: { mimeType: 'image/png', data: 'AQL/' } },
          ],
        },
      ],
      tools: [{ googleSearch: {} }, { codeExecution: {} }],
      generationConfig: { thinkingConfig: { includeThoughts: true } },
    })
  })

  test('the models that the settings have for a quality, the next one when one cannot', async () => {
    const before = (await must(desk.host.rest('GET', '/settings'))) as { quality: object }
    const quality = { ...before.quality, draft: [second, 'gemini-2.5-pro'] }
    await must(desk.host.rest('PATCH', '/settings', { quality }))
    desk.upstream.script('*', [{ kind: 'model-missing' }, { kind: 'ok', text: 'from the second' }])
    const from = desk.upstream.requests.length
    const { stdout } = await task('--quality', 'draft', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ success: true, modelUsed: 'gemini-2.5-pro', output: 'from the second' })
    expect(asked(from).map(modelOf)).toEqual([second, 'gemini-2.5-pro'])
    await must(desk.host.rest('PATCH', '/settings', { quality: before.quality }))
  })

  test('a named model first', async () => {
    const from = desk.upstream.requests.length
    expect((await task('--model', 'gemini-2.5-pro')).code).toBe(0)
    expect(asked(from).map(modelOf)).toEqual(['gemini-2.5-pro'])
  })

  test('again, where it was told to, after a failure that may pass', async () => {
    desk.upstream.script('*', [{ kind: 'server-error' }, { kind: 'ok', text: 'at last' }])
    expect(await task('--model', 'gemini-2.5-pro', '--max-retries', '1')).toMatchObject({ code: 0, stdout: 'at last\n' })
    desk.upstream.script('*', [{ kind: 'server-error' }, { kind: 'ok', text: 'at last' }])
    expect(await task('--model', 'gemini-2.5-pro')).toMatchObject({ code: 1, stdout: '' })
  })

  test('one pool alone where it is named', async () => {
    expect((await task('--pool', 'gem', '--model', second)).code).toBe(0)
    expect(await task('--pool', 'empty', '--model', second)).toMatchObject({ code: 4, stdout: '' })
  })
})

describe('what it writes', () => {
  test('the answer into a file as well', async () => {
    const output = join(folder, 'answer.txt')
    expect((await task('--output', output)).stdout).toBe('Hello there\n')
    expect(readFileSync(output, 'utf8')).toBe('Hello there')
  })

  test.each([
    ['--context-file', '/nonexistent/file'],
    ['--image-file', '/nonexistent/file'],
    ['--output', '/nonexistent/file'],
    ['--image-output', '/'],
  ])('a wrong %s is refused with 2, under its own name, before anything is asked', async (option, path) => {
    const from = desk.upstream.requests.length
    const { code, stdout, stderr } = await task(option, path)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`${option}: ${path}`)
    expect(asked(from)).toEqual([])
  })
})

describe('its end', () => {
  test('4 when no model has a key left', async () => {
    desk.upstream.script('*', { kind: 'rate-daily' })
    const { code, stdout } = await task('--json')
    expect({ code, result: JSON.parse(stdout) }).toMatchObject({ code: 4, result: { success: false } })
    for (const { id } of ((await must(desk.host.rest('GET', '/keys'))) as { items: { id: string }[] }).items) {
      await must(desk.host.rest('POST', `/keys/${id}/resume`))
    }
  })

  test('3 without a Keywheel, with a result as JSON where that was asked for', async () => {
    const away = ['--data-dir', folder, 'task', '--task', 'x']
    expect(await keywheel(away)).toMatchObject({ code: 3, stdout: '' })
    const { code, stdout } = await keywheel([...away, '--json'])
    expect({ code, result: JSON.parse(stdout) }).toMatchObject({ code: 3, result: { success: false, backend: 'keywheel' } })
  })

  test('leaves no client behind, however it went', async () => {
    await task()
    desk.upstream.script('*', { kind: 'bad-request' })
    await task()
    expect(await desk.clients()).toEqual([])
  })

  test('by a signal: the call is given up, the client goes', async () => {
    desk.upstream.script('*', { kind: 'no-answer' })
    const from = desk.upstream.requests.length
    const { child, ended } = desk.start(['task', '--task', 'x', '--json'])
    await until(() => asked(from).length > 0)
    child.kill('SIGTERM')
    const { code, stdout } = await ended
    expect({ code, result: JSON.parse(stdout) }).toMatchObject({ code: 143, result: { success: false } })
    expect(await desk.clients()).toEqual([])
    await until(() => asked(from).every(({ aborted }) => aborted))
  })

  test.runIf(existsSync('/proc/self/cmdline'))('no secret is ever in its arguments', async () => {
    desk.upstream.script('*', { kind: 'no-answer' })
    const from = desk.upstream.requests.length
    const { child, ended } = desk.start(['task', '--task', 'x'])
    await until(() => asked(from).length > 0)
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
    expect(children).toHaveLength(1)
    for (const pid of [child.pid, ...children]) {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      expect(line).toContain('task')
      for (const secret of [...geminiKeys, desk.host.adminToken, 'kw_']) expect(line).not.toContain(secret)
    }
    child.kill('SIGTERM')
    await ended
  })
})
