/** Every client against every upstream that fails: the official SDKs throw, and say what happened. */
import { afterEach, describe, expect, it } from 'vitest'
import type { WireFormat } from '../../src-main/gateway/types.ts'
import { clients } from './matrix/clients.ts'
import { type Gateway, type Script, startGateway } from './matrix/gateway.ts'
import { models, scripts } from './matrix/upstreams.ts'

const formats: readonly WireFormat[] = ['chat', 'responses', 'messages', 'gemini']
const pairs = formats.flatMap((from) => formats.filter((to) => to !== from).map((to) => [from, to] as const))
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

/** The same refusal as each API says it. */
const refusals: Readonly<Record<WireFormat, object>> = {
  chat: { error: { message: 'Too many requests here', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
  responses: { error: { message: 'Too many requests here', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
  messages: { type: 'error', error: { type: 'rate_limit_error', message: 'Too many requests here' } },
  gemini: { error: { code: 429, message: 'Too many requests here', status: 'RESOURCE_EXHAUSTED' } },
}

/** The bytes of the first stream up to its `share`, which is in the middle of an event. */
function cut(to: WireFormat): Script {
  return (step, stream) => {
    const whole = scripts[to](step, stream) as string
    return whole.slice(0, Math.floor(whole.length * 0.6))
  }
}

/** An error as an event of its own, where the second event would have been. */
function errorWithin(to: WireFormat): Script {
  return (step, stream) => {
    const events = (scripts[to](step, stream) as string).split(/(?<=\r?\n\r?\n)/)
    const refusal =
      to === 'responses'
        ? { type: 'error', code: 'rate_limit_exceeded', message: 'Too many requests here', param: null }
        : refusals[to]
    const event = to === 'messages' || to === 'responses' ? 'event: error\n' : ''
    return `${events[0]}${event}data: ${JSON.stringify(refusal)}\n\n`
  }
}

describe.each(pairs)('a %s client of a %s upstream', (from, to) => {
  it.each([false, true])('hears a refusal with its status and words (streaming: %s)', async (stream) => {
    gateway = await startGateway(to, models[to], () => ({ status: 429, body: JSON.stringify(refusals[to]) }))
    await expect(clients[from](gateway.url, stream)).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('Too many requests here') as unknown,
    })
  })

  it('hears of an error in mid-stream', async () => {
    gateway = await startGateway(to, models[to], errorWithin(to))
    await expect(clients[from](gateway.url, true)).rejects.toThrow(/Too many requests here/)
  })

  it('hears that a stream was cut', async () => {
    gateway = await startGateway(to, models[to], cut(to))
    await expect(clients[from](gateway.url, true)).rejects.toThrow(/broke off|not JSON/)
  })
})
