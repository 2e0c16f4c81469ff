/** The Playground's call: through the real proxy, told as it happens, over both carriers; it ends when nobody listens. */
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as FetchLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createRouter } from '../../src-main/api/index.ts'
import { serveMessagePort } from '../../src-main/api/message-port.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Services } from '../../src-main/services/types.ts'
import { createWebHost } from '../../src-main/web/index.ts'
import type { Contract, PlaygroundEvent } from '../../src-preload/contract/index.ts'
import { playgroundInput } from '../../src-preload/contract/playground.ts'
import { keptLog } from '../api/fake-services.ts'
import { type Reply, startStagedUpstream } from '../proxy/staged-upstream.ts'
import { type House, openHouse, openPool, secretOf } from './house.ts'

type Client = ContractRouterClient<Contract>

const ask = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user' as const, text: 'Say hello' }],
  ...more,
})

let house: House
let upstream: ScriptedUpstream

beforeEach(async () => {
  upstream = await startScriptedUpstream()
  onTestFinished(() => upstream.close())
  house = await openHouse()
  await openPool(house, 'chat', `${upstream.url}/v1`)
  for (const n of [1, 2, 3]) await addKey(n, 'chat')
})

const addKey = (n: number, pool: string) =>
  house.keys.create(
    { secret: secretOf(n), label: `key ${n}`, pools: [pool], tags: [], notes: '', priority: 0, weight: 1 },
    'local',
  )
const services = () => ({ ...house, workspaces: {} }) as unknown as Services

/** As a desktop window calls. */
function overPort(): Client {
  const { port1, port2 } = new MessageChannel()
  const handle = serveMessagePort(port1, {
    router: createRouter(),
    context: { services: services(), actor: 'local', log: keptLog() },
  })
  const link = new PortLink({ port: port2 })
  port2.start()
  onTestFinished(() => {
    handle.close()
    port2.close()
  })
  return createORPCClient(link)
}

/** As the page of headless Keywheel calls. */
async function overHttp(): Promise<Client> {
  const host = createWebHost({
    router: createRouter(),
    services: services(),
    rendererDir: '/nonexistent',
    adminToken: 'admin-token-4Tq9vZx7Lm2Rb8Wc',
    log: keptLog(),
    clock: { mono: () => 0 },
  })
  const { port } = await host.listen(0)
  onTestFinished(() => host.close())
  const base = `http://127.0.0.1:${port}`
  const code = new URL(host.newLoginUrl()).hash.slice('#code='.length)
  const signedIn = await fetch(`${base}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  const { token } = (await signedIn.json()) as { token: string }
  return createORPCClient(new FetchLink({ url: `${base}/rpc`, headers: { authorization: `Bearer ${token}` } }))
}

/** A pool of one key before an upstream whose answers are written here. */
async function stage(slug: string, answer: (reply: Reply) => void) {
  const staged = await startStagedUpstream('http', answer)
  onTestFinished(() => staged.close())
  await openPool(house, slug, `http://127.0.0.1:${staged.port}/v1`)
  await addKey(9, slug)
  return staged
}

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'a', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

async function all(events: AsyncIterable<PlaygroundEvent>): Promise<PlaygroundEvent[]> {
  const seen: PlaygroundEvent[] = []
  for await (const event of events) seen.push(event)
  return seen
}

const textOf = (events: readonly PlaygroundEvent[]) =>
  events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')
const typesOf = (events: readonly PlaygroundEvent[]) => [...new Set(events.map(({ type }) => type))]

const carriers = [
  ['over a message port', async () => overPort()],
  ['over HTTP', overHttp],
] as const

describe.each(carriers)('%s', (_name, open) => {
  test('an answer comes in pieces, with what failed before it as it happens, and its row at the end; it ends when its reader goes', async () => {
    upstream.script(secretOf(1), { kind: 'rate-short', retryAfterS: 60 })
    upstream.script(secretOf(2), { kind: 'key-invalid' })
    upstream.script(secretOf(3), { kind: 'ok', chunkDelayMs: 120, text: 'one two three four' })
    const client = await open()
    const events = await all(await client.playground.run(ask('chat/gpt-4o')))
    expect(events.filter(({ type }) => type !== 'text')).toMatchObject([
      { type: 'asking', keyLabel: 'key 1', pool: 'chat', model: 'gpt-4o' },
      { type: 'attempt', attempt: { keyLabel: 'key 1', outcome: 'rate-short', status: 429 } },
      { type: 'asking', keyLabel: 'key 2' },
      { type: 'attempt', attempt: { keyLabel: 'key 2', outcome: 'key-invalid', status: 401 } },
      { type: 'asking', keyLabel: 'key 3' },
      {
        type: 'finished',
        stop: 'end',
        request: {
          clientName: 'Playground',
          pool: 'chat',
          keyLabel: 'key 3',
          outcome: 'ok',
          attempts: [{}, {}, {}],
          streamed: true,
        },
      },
    ])
    expect(textOf(events)).toBe('one two three four')
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1)
    const last = events.at(-1)
    const id = last?.type === 'finished' ? last.request.id : ''
    expect(await house.usage.request(id)).toMatchObject({ id, outcome: 'ok', outputTokens: 4 })
    expect(JSON.stringify(events)).not.toContain(secretOf(3))
    await stopsWithItsReader(client)
    await saysThatTheProxyIsOff(client)
  })
})

async function stopsWithItsReader(client: Client) {
  const gone = Promise.withResolvers<void>()
  await stage('slow', (reply) => {
    reply.closed(gone.resolve)
    reply.begin(200, { 'content-type': 'text/event-stream' })
    reply.write(chunk({ content: 'the beginning' }))
  })
  const leaving = new AbortController()
  const events = await client.playground.run(ask('slow/gpt-4o'), { signal: leaving.signal })
  const seen: PlaygroundEvent[] = []
  await (async () => {
    for await (const event of events) {
      seen.push(event)
      if (event.type === 'text') leaving.abort()
    }
  })().catch(() => undefined)
  expect(typesOf(seen)).toEqual(['asking', 'text'])
  await gone.promise
  await expect.poll(() => house.proxy.status().inFlight).toBe(0)
  const { items } = await house.usage.requests({ limit: 1 })
  expect(items).toMatchObject([{ pool: 'slow', outcome: 'aborted', errorCode: 'CLIENT_GONE' }])
}

async function saysThatTheProxyIsOff(client: Client) {
  await house.proxy.stop('local')
  await expect(client.playground.run(ask('chat/gpt-4o'))).rejects.toMatchObject({
    code: 'PROXY_OFF',
    defined: true,
    data: { action: 'proxy.start' },
  })
}

const run = (input: object) => all(house.playground.run(playgroundInput.parse(input)))

test('thoughts and pictures are told apart from the text, and a picture comes whole', async () => {
  const picture = Buffer.from('not really a picture').toString('base64')
  await stage('art', (reply) => {
    reply.begin(200, { 'content-type': 'text/event-stream' })
    reply.write(chunk({ reasoning_content: 'A cat, ' }))
    reply.write(chunk({ reasoning_content: 'then.' }))
    reply.write(chunk({ content: 'Here:' }))
    reply.write(chunk({ images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } }] }))
    reply.write(chunk({ images: [{ type: 'image_url', image_url: { url: 'https://pictures.example/cat.png' } }] }))
    reply.write(chunk({}, 'length'))
    reply.write('data: [DONE]\n\n')
    reply.end()
  })
  const events = await run(ask('art/painter'))
  expect(events.slice(1)).toMatchObject([
    { type: 'thinking', text: 'A cat, then.' },
    { type: 'text', text: 'Here:' },
    { type: 'image', image: { mime: 'image/png', data: picture } },
    { type: 'text', text: '\nhttps://pictures.example/cat.png\n' },
    { type: 'finished', stop: 'length' },
  ])
})

test('what is asked goes up as it was set: the system prompt, the parameters, pictures with their messages', async () => {
  const data = Buffer.from('picture').toString('base64')
  const input = {
    model: 'chat/gpt-4o',
    messages: [
      { role: 'system', text: 'Be brief. {{name}} stays.' },
      { role: 'user', text: 'First' },
      { role: 'assistant', text: 'Yes' },
      { role: 'user', text: 'Second' },
    ],
    parameters: { temperature: 0.5, maxTokens: 20, json: true },
    images: [
      { mime: 'image/png', data, message: 1 },
      { mime: 'image/jpeg', data },
    ],
    effort: 'low',
  }
  const url = (mime: string) => ({ type: 'image_url', image_url: { url: `data:${mime};base64,${data}` } })
  expect((await run(input)).at(-1)).toMatchObject({ type: 'finished' })
  expect(JSON.parse(upstream.requests.at(-1)?.body ?? '')).toMatchObject({
    model: 'gpt-4o',
    stream: true,
    temperature: 0.5,
    response_format: { type: 'json_object' },
    reasoning_effort: 'low',
    messages: [
      { role: 'system', content: 'Be brief. {{name}} stays.' },
      { role: 'user', content: [{ type: 'text', text: 'First' }, url('image/png')] },
      { role: 'assistant', content: 'Yes' },
      { role: 'user', content: [{ type: 'text', text: 'Second' }, url('image/jpeg')] },
    ],
  })
  const wrong = { ...input, images: [{ mime: 'image/png', data, message: 2 }] }
  expect(() => house.playground.run(playgroundInput.parse(wrong))).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', data: { fields: [expect.objectContaining({ path: 'images.0.message' })] } }),
  )
})

test('a call that nobody can serve fails in the words that a client would see, with its row where there is one', async () => {
  const unknown = await run(ask('no-such-model'))
  expect(unknown).toMatchObject([{ type: 'failed', code: 'MODEL_NOT_FOUND', request: null }])
  upstream.script('*', { kind: 'bad-request' })
  const refused = await run(ask('chat/gpt-4o'))
  expect(typesOf(refused)).toEqual(['asking', 'attempt', 'failed'])
  expect(refused.at(-1)).toMatchObject({ request: { outcome: 'request-bad', status: 400, attempts: [{}] } })
  upstream.script('*', { kind: 'key-invalid' })
  const dry = await run(ask('chat/gpt-4o'))
  expect(dry.filter(({ type }) => type === 'attempt')).toHaveLength(3)
  expect(dry.at(-1)).toMatchObject({ type: 'failed', request: { attempts: [{}, {}, {}] } })
  const none = await run(ask('chat/gpt-4o'))
  expect(none).toMatchObject([{ type: 'failed', request: { outcome: 'no-key' } }])
})

test('an answer that breaks off is told as far as it came, and as broken', async () => {
  upstream.script('*', { kind: 'cut-stream', chunks: 3 })
  const events = await run(ask('chat/gpt-4o'))
  expect(textOf(events)).not.toBe('')
  expect(events.at(-1)).toMatchObject({ type: 'failed', request: { outcome: 'network' } })
})

test('calls at the same time do not meet, and leave no token behind', async () => {
  const both = await Promise.all([run(ask('chat/gpt-4o')), run(ask('chat/gpt-4o-mini'))])
  expect(both.map((events) => events.at(-1))).toMatchObject([
    { type: 'finished', request: { modelAsked: 'chat/gpt-4o', clientId: 'playground' } },
    { type: 'finished', request: { modelAsked: 'chat/gpt-4o-mini', clientId: 'playground' } },
  ])
  expect(house.clients.list()).toEqual([])
})
