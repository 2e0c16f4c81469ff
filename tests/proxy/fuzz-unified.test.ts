/** The unified API under requests that are broken, bent or strange: always an answer in the client's own words, never a failure of our own, nothing left behind. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import * as fc from '../support/fast-check.ts'
import { cutAt, errorFormat, talk } from './fuzz-wire.ts'
import { type House, openHouse } from './house.ts'

const seed = 20_261_123
const models = ['gpt-4o', 'claude-haiku-4-5', 'gemini-2.5-flash'] as const

let upstream: ScriptedUpstream
let house: House
beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const { url } = upstream
  house = await openHouse([
    { slug: 'a', provider: 'openai', baseUrl: `${url}/v1`, keys: ['sk-test-a'], config: { models: [models[0]] } },
    { slug: 'b', provider: 'anthropic', baseUrl: `${url}/v1`, keys: ['sk-test-b'], config: { models: [models[1]] } },
    { slug: 'c', provider: 'gemini', baseUrl: url, keys: ['sk-test-c'], config: { models: [models[2]] } },
  ])
})
afterAll(async () => {
  await house.close()
  await upstream.close()
})

/** What must be true after any of it. */
async function isSound() {
  expect(house.logged.filter((line) => line.includes('inside Keywheel'))).toEqual([])
  expect(house.rows.filter(({ errorCode }) => errorCode === 'INTERNAL')).toEqual([])
  for (const key of ['key-1', 'key-2', 'key-3']) await expect.poll(() => house.inFlight(key)).toBe(0)
}

const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] }
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const fn = { name: 'weather', description: 'The weather' }

interface Client {
  path(model: string, stream: boolean): string
  credential: string
  format: 'openai' | 'anthropic' | 'gemini'
  /** A request that has a bit of everything. */
  body(model: string, stream: boolean): Record<string, unknown>
}

const clients: Record<string, Client> = {
  chat: {
    path: () => '/v1/chat/completions',
    credential: 'authorization',
    format: 'openai',
    body: (model, stream) => ({
      model,
      stream,
      max_completion_tokens: 100,
      temperature: 0.5,
      stop: ['END'],
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look: “ä”' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      ],
      tools: [{ type: 'function', function: { ...fn, parameters: schema } }],
      tool_choice: 'auto',
    }),
  },
  responses: {
    path: () => '/v1/responses',
    credential: 'authorization',
    format: 'openai',
    body: (model, stream) => ({
      model,
      stream,
      instructions: 'Be brief.',
      max_output_tokens: 100,
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Look: “ä”' }] },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
      ],
      tools: [{ type: 'function', ...fn, parameters: schema, strict: false }],
    }),
  },
  messages: {
    path: () => '/v1/messages',
    credential: 'x-api-key',
    format: 'anthropic',
    body: (model, stream) => ({
      model,
      stream,
      max_tokens: 100,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look: “ä”' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Rome' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' }] },
      ],
      tools: [{ ...fn, input_schema: schema }],
      tool_choice: { type: 'auto' },
    }),
  },
  gemini: {
    path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    credential: 'x-goog-api-key',
    format: 'gemini',
    body: () => ({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Look: “ä”' }, { inlineData: { mimeType: 'image/png', data: pixel } }] },
        { role: 'model', parts: [{ functionCall: { name: 'weather', args: { city: 'Rome' } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { sky: 'blue' } } }] },
      ],
      tools: [{ functionDeclarations: [{ ...fn, parameters: schema }] }],
      generationConfig: { maxOutputTokens: 100, temperature: 0.5, stopSequences: ['END'] },
    }),
  },
}
const names = Object.keys(clients)

function post(client: Client, path: string, body: Uint8Array | string, type = 'application/json'): Buffer {
  const bytes = Buffer.from(body)
  const token = client.credential === 'authorization' ? `Bearer ${house.token}` : house.token
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\n${client.credential}: ${token}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes])
}

/** Sends one request in pieces; the connection must live on. */
async function send(request: Uint8Array, places: readonly number[] = []) {
  const { replies, after, rest } = await talk(cutAt(request, places), { port: house.port, expected: 1 })
  expect([replies.length, rest]).toEqual([1, ''])
  return { reply: replies[0]!, after }
}

const anyClient = fc.constantFrom(...names)
const anyModel = fc.constantFrom(...models)
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 })

describe('whole requests', () => {
  it('in any packets are the same request, plain and streaming, from every client to every upstream', async () => {
    const property = fc.asyncProperty(anyClient, anyModel, fc.boolean(), cuts, async (name, model, stream, places) => {
      const client = clients[name]!
      const request = post(client, client.path(model, stream), JSON.stringify(client.body(model, stream)))
      const { reply, after } = await send(request, places)
      expect([reply.status, after]).toEqual([200, 'served'])
      // The words come in one piece each in a stream.
      expect(reply.body).toContain('upstream.')
    })
    await fc.assert(property, { numRuns: 150, seed })
    await isSound()
  }, 60_000)
})

describe('bodies that break off', () => {
  it.each(names)(
    '%s: anywhere, is told in its own words, and nothing goes up',
    async (name) => {
      const client = clients[name]!
      const text = JSON.stringify(client.body(models[1], false))
      const before = upstream.requests.length
      for (let length = 0; length < text.length; length += 3) {
        const { reply } = await send(post(client, client.path(models[1], false), Buffer.from(text).subarray(0, length)))
        expect([reply.status, errorFormat(reply)]).toEqual([400, client.format])
      }
      expect(upstream.requests).toHaveLength(before)
      await isSound()
    },
    60_000,
  )
})

/** Values that no field is made for, or that many are. */
const strange = fc.oneof(
  fc.constantFrom(null, true, false, 0, -1, 1e308, 2 ** 53, 0.1, '', ' ', 'none', 'user', 'tool', 'image', 'http://127.0.0.1/x'),
  fc.constantFrom([], {}, [null], [[]], { type: 'text' }, { role: 'user' }, { type: 'tool_use', id: 1 }, { text: { text: 'x' } }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '\ud800', '\u0000', 'ä'.repeat(300), 'data:image/png;base64,%%%'),
  fc.jsonValue({ maxDepth: 3 }),
)

type Bend = { at: number; what: 'replace' | 'remove' | 'double' | 'wrap' | 'add'; value: unknown }
const bends = fc.array(
  fc.record({ at: fc.nat(), what: fc.constantFrom('replace', 'remove', 'double', 'wrap', 'add'), value: strange }),
  { minLength: 1, maxLength: 3 },
) as fc.Arbitrary<Bend[]>

/** Every place in a value that something can be done to. */
function spots(value: unknown): { holder: Record<string, unknown> | unknown[]; name: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...spots(holder[name])])
}

function bend(body: Record<string, unknown>, { at, what, value }: Bend): void {
  const all = spots(body)
  const spot = all[at % all.length]
  if (spot === undefined) return
  const holder = spot.holder as Record<string, unknown>
  const old = holder[spot.name]
  if (what === 'replace') holder[spot.name] = value
  else if (what === 'wrap') holder[spot.name] = [old]
  else if (what === 'add') holder[`${spot.name}_x`] = value
  else if (what === 'remove') {
    if (Array.isArray(spot.holder)) spot.holder.splice(Number(spot.name), 1)
    else delete holder[spot.name]
  } else if (Array.isArray(spot.holder)) spot.holder.push(structuredClone(old))
  else holder[spot.name] = [old, structuredClone(old)]
}

describe('bodies that are bent', () => {
  it('are served or told what is wrong in their own words, whatever they ask of whom', async () => {
    const statuses: number[] = []
    const property = fc.asyncProperty(anyClient, anyModel, fc.boolean(), bends, async (name, model, stream, how) => {
      const client = clients[name]!
      const body = client.body(model, stream)
      for (const one of how) bend(body, structuredClone(one))
      const { reply, after } = await send(post(client, client.path(model, stream), JSON.stringify(body)))
      expect(after).toBe('served')
      statuses.push(reply.status)
      if (reply.status === 200) return
      expect(reply.status).toBeGreaterThanOrEqual(400)
      expect(reply.status).toBeLessThan(500)
      expect(errorFormat(reply)).toBe(client.format)
    })
    await fc.assert(property, { numRuns: 1500, seed })
    // Neither is rare.
    for (const status of [200, 400]) expect(statuses.filter((one) => one === status).length).toBeGreaterThan(200)
    await isSound()
  }, 120_000)

  it('are no JSON object, or no text at all', async () => {
    const body = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }).filter((value) => typeof value !== 'object' || Array.isArray(value) || value === null),
      fc.uint8Array({ maxLength: 40 }),
    )
    const property = fc.asyncProperty(anyClient, anyModel, body, async (name, model, value) => {
      const client = clients[name]!
      const bytes = value instanceof Uint8Array ? value : JSON.stringify(value)
      const { reply } = await send(post(client, client.path(model, false), bytes))
      expect([reply.status, errorFormat(reply)]).toEqual([400, client.format])
    })
    await fc.assert(property, { numRuns: 200, seed })
    await isSound()
  }, 60_000)
})

describe('what surrounds a body', () => {
  const types = [
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'json',
    '*/*',
    '',
  ]
  it.each(names)('%s: another content type is refused in its own words', async (name) => {
    const client = clients[name]!
    for (const type of types) {
      const request = post(client, client.path(models[0], false), JSON.stringify(client.body(models[0], false)), type)
      const { reply } = await send(request)
      expect([type, reply.status, errorFormat(reply)]).toEqual([type, 415, client.format])
    }
    await isSound()
  })

  it('addresses that are none, and models that nobody has', async () => {
    const odd = fc.constantFrom(
      '',
      '/',
      '//',
      '/v1',
      '%00',
      '%2F',
      '%2e%2e',
      ':',
      '?',
      '#',
      '*',
      ' ',
      'ä',
      '..',
      'gpt-4o/',
      '-4o',
      'a/gpt-4o:x',
    )
    const property = fc.asyncProperty(anyClient, odd, fc.boolean(), async (name, piece, inPath) => {
      const client = clients[name]!
      const model = inPath ? models[0] : `gpt-4o${piece}x`
      const path = client.path(encodeURIComponent(model), false) + (inPath ? piece : '')
      fc.pre(!/[ #ä]/.test(path) && !(inPath && ['', '?'].includes(piece)))
      const body = { ...client.body(model, false), ...(name === 'gemini' ? {} : { model }) }
      const { reply } = await send(post(client, path, JSON.stringify(body)))
      expect([400, 404, 405]).toContain(reply.status)
      expect(errorFormat(reply)).toBe(client.format)
    })
    await fc.assert(property, { numRuns: 150, seed })
    await isSound()
  }, 60_000)
})
