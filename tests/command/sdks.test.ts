/** The official SDKs, told nothing at all, in a program that `keywheel run` starts; and a task for models of other providers. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, must, openDesk } from './desk.ts'

let desk: Desk
let close: () => Promise<void>
beforeAll(async () => {
  desk = await openDesk((closing) => (close = closing))
  const add = async (slug: string, baseUrl: string, secret: string, models: string[]) => {
    await must(desk.host.rest('POST', '/pools', { slug, provider: slug, baseUrl, config: { models } }))
    await must(desk.host.rest('POST', '/keys', { secret, pools: [slug] }))
  }
  await add('openai', `${desk.upstream.url}/v1`, 'sk-test-0000000000000000000000000000000000', ['gpt-5-mini'])
  await add('anthropic', `${desk.upstream.url}/v1`, 'sk-ant-test-00000000000000000000000000000000', ['claude-sonnet-4-5'])
  await must(desk.host.rest('POST', '/models/refresh'))
  desk.upstream.script('*', { kind: 'ok', text: 'Hello from below' })
})
afterAll(() => close())

/** Each SDK as its documentation starts it: no address, no key. */
const program = (models: { openai: string; anthropic: string; gemini: string }) => `
  import OpenAI from 'openai'
  import Anthropic from '@anthropic-ai/sdk'
  import { GoogleGenAI } from '@google/genai'
  const messages = [{ role: 'user', content: 'hello' }]
  const chat = await new OpenAI().chat.completions.create({ model: '${models.openai}', messages })
  const message = await new Anthropic().messages.create({ model: '${models.anthropic}', max_tokens: 64, messages })
  const content = await new GoogleGenAI({}).models.generateContent({ model: '${models.gemini}', contents: 'hello' })
  console.log(JSON.stringify([chat.choices[0].message.content, message.content[0].text, content.text]))`

async function say(args: readonly string[], models: Parameters<typeof program>[0]): Promise<string[]> {
  const node = [process.execPath, '--input-type=module', '-e', program(models)]
  const { code, stdout, stderr } = await desk.run(['run', ...args, '--', ...node])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout) as string[]
}
const thrice = Array.from({ length: 3 }, () => 'Hello from below')

test('all three find their models without a word of configuration', async () => {
  expect(await say([], { openai: 'gpt-5-mini', anthropic: 'claude-sonnet-4-5', gemini: 'gemini-2.5-flash' })).toEqual(thrice)
})

test('each of them reaches any provider', async () => {
  expect(await say([], { openai: 'claude-sonnet-4-5', anthropic: 'gemini-2.5-flash', gemini: 'gpt-5-mini' })).toEqual(thrice)
})

test('with a pool, its own SDK goes through it byte for byte and the others by the unified address', async () => {
  const from = desk.upstream.requests.length
  const model = 'claude-sonnet-4-5'
  expect(await say(['--pool', 'anthropic'], { openai: model, anthropic: model, gemini: model })).toEqual(thrice)
  const posts = desk.upstream.requests.slice(from).filter(({ method }) => method === 'POST')
  expect(posts.map(({ url }) => url.split('?')[0])).toEqual(['/v1/messages', '/v1/messages', '/v1/messages'])
})

test.each(['gpt-5-mini', 'claude-sonnet-4-5'])('a task is answered by %s', async (model) => {
  const { code, stdout } = await desk.run(['task', '--task', 'Say hello.', '--model', model, '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ success: true, output: 'Hello from below', modelUsed: model })
})

test('models lists what is served, and where', async () => {
  const { code, stdout } = await desk.run(['models', '--json'])
  expect(code).toBe(0)
  const listed = (JSON.parse(stdout) as { model: string; pool: string }[]).map(({ model, pool }) => `${pool}/${model}`)
  expect(listed).toEqual(expect.arrayContaining(['openai/gpt-5-mini', 'anthropic/claude-sonnet-4-5', 'gem/gemini-2.5-flash']))
  const lines = (await desk.run(['models'])).stdout.split('\n')
  expect(lines[0]).toMatch(/^MODEL +POOL +PROVIDER +STATE$/)
  expect(lines).toContainEqual(expect.stringMatching(/^gpt-5-mini +openai +openai +ready$/))
})

test('drill prints what was promised and seen, and ends with 0 when all of it was kept', async () => {
  const { code, stdout, stderr } = await desk.run(['drill', 'gem'])
  expect({ code, stderr, passed: /(\d+) passed, (\d+) failed/.exec(stdout)?.slice(1) }).toEqual({
    code: stdout.includes('FAIL') ? 1 : 0,
    stderr: '',
    passed: [expect.stringMatching(/^[1-9]/), expect.any(String)],
  })
  const { stdout: json, code: same } = await desk.run(['drill', 'gem', '--json'])
  const report = JSON.parse(json) as { failed: number }
  expect(same).toBe(report.failed === 0 ? 0 : 1)
}, 60_000)
