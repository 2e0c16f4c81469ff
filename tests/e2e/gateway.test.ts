/**
 * The gateway's main job, over the whole application: each official SDK, pointed at the one local address, holds a streamed
 * tool-calling conversation with each kind of upstream while those break underneath; and what Traffic says was used and spent is
 * what the upstreams said, to the token.
 */
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ProxyStatus, RequestPage, RequestRow, UsageSummary } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { messagesSpeaker } from '../support/sdk-anthropic.ts'
import { geminiSpeaker } from '../support/sdk-gemini.ts'
import { chatSpeaker, responsesSpeaker } from '../support/sdk-openai.ts'
import { type OpenSpeaker, tool } from '../support/sdk-speaker.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

/** US dollars per million tokens, set as the person's own, so that the reckoning here owes nothing to Keywheel's. */
interface Place {
  provider: 'openai' | 'anthropic' | 'gemini'
  base: string
  model: string
  price: { input: number; output: number; cacheRead: number; cacheWrite: number }
}
const places: Place[] = [
  { provider: 'openai', base: '/v1', model: 'gpt-4o', price: { input: 2.5, output: 10, cacheRead: 1.25, cacheWrite: 2.5 } },
  {
    provider: 'anthropic',
    base: '/v1',
    model: 'claude-haiku-4-5',
    price: { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
  },
  {
    provider: 'gemini',
    base: '',
    model: 'gemini-3-flash-preview',
    price: { input: 0.5, output: 3, cacheRead: 0.05, cacheWrite: 0.5 },
  },
]
const speakers: Record<string, OpenSpeaker> = {
  'OpenAI chat': chatSpeaker,
  'OpenAI Responses': responsesSpeaker,
  Anthropic: messagesSpeaker,
  'Google GenAI': geminiSpeaker,
}

/** What the keys of each upstream do at first, in the order of their turns; `ok` is a good key, so that one call meets two or three of them. */
const turns: Behaviour[] = [
  { kind: 'rate-short', retryAfterS: 1 },
  { kind: 'key-invalid' },
  { kind: 'overloaded', retryAfterS: 1 },
  { kind: 'ok' },
  { kind: 'error-as-first-event', fault: 'rate-short' },
  { kind: 'slow-first-byte', ms: 60_000 },
  { kind: 'ok' },
  { kind: 'rate-daily' },
  { kind: 'cut-stream', chunks: 0 },
  { kind: 'ok' },
]

interface Usage {
  input: number
  cacheRead: number
  cacheWrite: number
  output: number
  reasoning: number
}

/** An upstream whose keys each fail once in their own way, and what its good answers said they used. */
interface Stage extends Place {
  upstream: ScriptedUpstream
  told: { text: string; usage: Usage }[]
  /** Takes the place of everything else while it is set. */
  order: Behaviour | null
  /** What goes wrong with the next request besides; null = nothing. */
  upset: () => Behaviour | null
}

let host: Host
let token: string
const stages: Stage[] = []

beforeAll(async () => {
  host = await startUnlockedHost()
  for (const place of places) stages.push(await openStage(place))
  const prices = stages.map(({ provider, model, price }) => ({ provider, model, ...price }))
  await done(200, 'PATCH', '/settings', { prices })
  token = ((await done(201, 'POST', '/clients', { name: 'SDKs' })) as { token: string }).token
}, 60_000)
afterAll(async () => {
  await host.stop()
  for (const { upstream } of stages) await upstream.close()
})

async function done(expected: number, method: string, path: string, input: unknown): Promise<unknown> {
  const { status, body } = await host.rest(method, path, input)
  if (status !== expected) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`)
  return body
}

async function openStage(place: Place): Promise<Stage> {
  const secretOf = (index: number) => `sk-${place.provider}-${String(index).padStart(30, '0')}`
  const broken = new Map<string, Behaviour>()
  const told: Stage['told'] = []
  const rule = (key: string | null, method: string): Behaviour => {
    // Keywheel asks for models and looks after refused keys by itself.
    if (method === 'GET') return { kind: 'ok' }
    if (stage.order !== null) return stage.order
    const fault = broken.get(key ?? '')
    broken.delete(key ?? '')
    return fault ?? stage.upset() ?? good()
  }
  const good = (): Behaviour => {
    const number = told.length + 1
    const usage = {
      input: 1000 + 7 * number,
      cacheRead: 100 + number,
      cacheWrite: place.provider === 'anthropic' ? 50 + number : 0,
      output: 60 + number,
      reasoning: place.provider === 'anthropic' ? 0 : 11,
    }
    const text = `Answer ${number} of ${place.provider}: “ja, schön”. `
    told.push({ text, usage })
    return { kind: 'ok', text, calls: 'offered', usage }
  }
  const upstream = await startScriptedUpstream({ rule })
  const stage: Stage = { ...place, upstream, told, order: { kind: 'ok' }, upset: () => null }
  const { provider, base, model } = place
  // A first byte late by a second is late here, and what may have been worked on is sent again: this person wants answers.
  const config = { timeout: 1, retryUncertain: 'always', models: [model] }
  const pool = { slug: provider, provider, baseUrl: upstream.url + base, strategy: 'round_robin', config }
  await done(201, 'POST', '/pools', pool)
  for (const index of turns.keys()) {
    const key = { secret: secretOf(index), label: `${provider} ${index}`, pools: [provider] }
    await done(201, 'POST', '/keys', key)
  }
  for (const [index, fault] of turns.entries()) if (fault.kind !== 'ok') broken.set(secretOf(index), fault)
  stage.order = null
  return stage
}

const open = (speaker: string, { model }: Place) => speakers[speaker]!({ proxy: host.proxy ?? '', token, model })

/** Rows of a pool, oldest first. */
async function rowsOf({ provider }: Place): Promise<RequestRow[]> {
  const { body } = await host.rest('GET', `/requests?pool=${provider}&limit=200`)
  return (body as RequestPage).items.toSorted((a, b) => a.at - b.at)
}

const nanosOf = ({ price }: Place, { input, cacheRead, cacheWrite, output }: Usage) =>
  Math.round(
    1000 *
      (price.input * (input - cacheRead - cacheWrite) +
        price.cacheRead * cacheRead +
        price.cacheWrite * cacheWrite +
        price.output * output),
  )

const pairs = places.flatMap((place) => Object.keys(speakers).map((speaker) => [speaker, place.provider] as const))

describe('a streamed conversation with a tool, while the upstream breaks underneath', () => {
  it.each(pairs)('%s with %s', async (speaker, provider) => {
    const stage = stages.find((one) => one.provider === provider)!
    const before = stage.told.length
    const talk = open(speaker, stage)

    const called = await talk.say('What is the weather in Zürich?')
    expect(called.calls).toEqual([{ name: tool.name, args: { city: 'Zürich “Altstadt”', unit: 'celsius', days: 3 } }])
    const answered = await talk.giveResults('21 degrees and sunny')
    const called2 = await talk.say('And tomorrow?')
    const answered2 = await talk.giveResults('19 degrees and rain')

    const said = [called, answered, called2, answered2]
    const told = stage.told.slice(before)
    expect(said.map(({ text }) => text)).toEqual(told.map(({ text }) => text))
    expect(said.map(({ calls }) => calls.length)).toEqual([1, 0, 1, 0])
    expect(said.map(({ usage }) => usage)).toEqual(told.map(({ usage }) => ({ prompt: usage.input, output: usage.output })))
  })
})

describe('Traffic', () => {
  it.each(places.map(({ provider }) => provider))('says of %s what the upstream said, to the token', async (provider) => {
    const stage = stages.find((one) => one.provider === provider)!
    const rows = await rowsOf(stage)
    expect(rows).toHaveLength(stage.told.length)
    const used = rows.map((row) => ({
      outcome: row.outcome,
      input: row.inputTokens,
      cacheRead: row.cacheReadTokens,
      cacheWrite: row.cacheWriteTokens ?? 0,
      output: row.outputTokens,
      reasoning: row.reasoningTokens ?? 0,
      nanos: row.costNanos,
      price: row.priceVersion,
    }))
    expect(used).toEqual(
      stage.told.map(({ usage }) => ({
        outcome: 'ok',
        input: usage.input - usage.cacheRead - usage.cacheWrite,
        cacheRead: usage.cacheRead,
        cacheWrite: usage.cacheWrite,
        output: usage.output,
        reasoning: usage.reasoning,
        nanos: nanosOf(stage, usage),
        price: 'own',
      })),
    )
    const summary = (await host.rest('GET', `/usage/summary?pool=${provider}`)).body as UsageSummary
    expect(summary).toMatchObject({ requests: rows.length, ok: rows.length, failed: 0 })
    expect(summary.costNanos).toBe(used.reduce((sum, { nanos }) => sum + (nanos ?? 0), 0))
  })

  it.each(places.map(({ provider }) => provider))('lists every break of %s among the attempts', async (provider) => {
    const stage = stages.find((one) => one.provider === provider)!
    const attempts = (await rowsOf(stage)).flatMap((row) => row.attempts)
    const broken = attempts.filter(({ outcome }) => outcome !== 'ok').map(({ outcome }) => outcome)
    // Anthropic has no limit of a day: its refusal is one of many hours.
    const daily = provider === 'anthropic' ? 'rate-short' : 'rate-daily'
    expect(broken.toSorted()).toEqual(
      ['rate-short', 'rate-short', daily, 'key-invalid', 'overloaded', 'network', 'network'].toSorted(),
    )
    // One said nothing at all, the other began its answer and broke off: the first may have been charged for, the second was.
    const bills = attempts.map(({ outcome, billed }) => `${outcome} ${billed}`).filter((bill) => !bill.endsWith(' no'))
    expect(new Set(bills)).toEqual(new Set(['ok yes', 'network maybe', 'network yes']))
  })

  it('knows who spoke what with whom', async () => {
    const rows = (await Promise.all(stages.map(rowsOf))).flat()
    const spoken = new Set(rows.map(({ clientFormat, upstreamFormat }) => `${clientFormat} ${upstreamFormat}`))
    const upstreams = ['chat', 'messages', 'gemini']
    // OpenAI speaks both of its own formats.
    const expected = ['chat', 'responses', 'messages', 'gemini'].flatMap((client) =>
      upstreams.map((up) => (client === 'responses' && up === 'chat' ? 'responses responses' : `${client} ${up}`)),
    )
    expect([...spoken].toSorted()).toEqual(expected.toSorted())
  })

  it('knows what a client was used up for that did not ask, and was not told', async () => {
    const [stage] = stages
    const openai = new OpenAI({ baseURL: `${host.proxy}/v1`, apiKey: token, maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    const stream = await openai.chat.completions.create({ model: stage!.model, messages, stream: true })
    let text = ''
    for await (const chunk of stream) {
      expect([chunk.choices.length, chunk.usage ?? null]).toEqual([1, null])
      text += chunk.choices[0]?.delta.content ?? ''
    }
    const told = stage!.told.at(-1)
    expect(text).toBe(told?.text)
    expect((await rowsOf(stage!)).at(-1)).toMatchObject({
      outputTokens: told?.usage.output,
      costNanos: nanosOf(stage!, told!.usage),
    })
  })
})

describe('a stream that is cut in the middle', () => {
  it.each(pairs)('is an error to %s from %s, and the next call is served', async (speaker, provider) => {
    const stage = stages.find((one) => one.provider === provider)!
    const talk = open(speaker, stage)
    const before = (await rowsOf(stage)).length
    stage.order = { kind: 'cut-stream', chunks: 4 }
    await expect(talk.say('Tell me a story')).rejects.toThrow('broke in the midst of its answer')
    stage.order = null
    expect((await talk.say('Again, please')).text).toBe(stage.told.at(-1)?.text)
    const [cut, again] = (await rowsOf(stage)).slice(before)
    expect([cut?.outcome, again?.outcome]).toEqual(['network', 'ok'])
  })
})

describe('all of it at once', () => {
  it('every call is served and counted once, whatever breaks', async () => {
    const before = await Promise.all(stages.map(rowsOf))
    const told = stages.map((stage) => stage.told.length)
    // Every third request meets an overload or a refusal.
    const breaks: Behaviour[] = [
      { kind: 'error-in-200', fault: 'rate-short' },
      { kind: 'error-as-first-event', fault: 'rate-short' },
      { kind: 'rate-short', retryAfterS: 1 },
    ]
    for (const stage of stages) {
      let asked = 0
      stage.upset = () => (asked++ % 3 === 0 ? (breaks[((asked / 3) % breaks.length) | 0] ?? null) : null)
    }
    await Promise.all(
      pairs.map(async ([speaker, provider]) => {
        const stage = stages.find((one) => one.provider === provider)!
        const talk = open(speaker, stage)
        const said = [await talk.say('What is the weather?'), await talk.giveResults('sunny'), await talk.say('And now?')]
        const numbers = said.map(({ text }) => stage.told.findIndex((one) => one.text === text))
        expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers)
        expect(new Set(numbers).size).toBe(3)
      }),
    )
    for (const [index, stage] of stages.entries()) {
      stage.upset = () => null
      const rows = (await rowsOf(stage)).slice(before[index]?.length)
      const counted = rows.map(({ outcome, outputTokens, costNanos }) => `${outcome} ${outputTokens} ${costNanos}`)
      const usages = stage.told.slice(told[index]).map(({ usage }) => `ok ${usage.output} ${nanosOf(stage, usage)}`)
      expect(counted.toSorted()).toEqual(usages.toSorted())
    }
    await expect.poll(async () => ((await host.rest('GET', '/proxy')).body as ProxyStatus).inFlight).toBe(0)
  })
})

describe('the drill', () => {
  it.each(places.map(({ provider }) => provider))('of %s keeps every promise and leaves Traffic as it was', async (provider) => {
    const stage = stages.find((one) => one.provider === provider)!
    const count = async () => [
      (await rowsOf(stage)).length,
      stage.upstream.requests.filter(({ method }) => method === 'POST').length,
    ]
    const before = await count()
    const { status, body } = await host.rest('POST', `/pools/${provider}/drill`)
    expect([status, body]).toMatchObject([200, { pool: provider, keys: turns.length, failed: 0 }])
    expect(await count()).toEqual(before)
  })
})
