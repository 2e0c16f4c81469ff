/** Every client against every upstream: the official SDKs hold one conversation with tools and a picture, plain and streaming. */
import { afterEach, describe, expect, it } from 'vitest'
import type { WireFormat } from '../../src-main/gateway/types.ts'
import { clients, instructions, picture, question, results, schema } from './matrix/clients.ts'
import { type Gateway, startGateway } from './matrix/gateway.ts'
import { asked } from './matrix/requests.ts'
import { models, scripts, signature } from './matrix/upstreams.ts'

const formats: readonly WireFormat[] = ['chat', 'responses', 'messages', 'gemini']
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

for (const from of formats) {
  for (const to of formats) {
    describe(`a ${from} client of a ${to} upstream`, () => {
      it.each([false, true])('calls two tools and goes on with their results (streaming: %s)', async (stream) => {
        gateway = await startGateway(to, models[to], scripts[to])
        const [first, second] = await clients[from](gateway.url, stream)

        expect(first).toEqual({
          text: 'Let me look. ☀',
          calls: [
            { name: 'get_weather', args: { city: 'Paris' } },
            { name: 'get_weather', args: { city: 'Rome' } },
          ],
          stop: 'tools',
          usage: { input: 25, cached: 5, output: 30 },
        })
        expect(second).toEqual({
          text: 'Paris is sunny, Rome is not known.',
          calls: [],
          stop: 'end',
          usage: { input: 60, cached: 0, output: 6 },
        })
        checkRequests(
          from,
          to,
          gateway.sent.map(({ body }) => asked[to](body)),
        )
      })
    })
  }
}

function checkRequests(from: WireFormat, to: WireFormat, [start, next]: ReturnType<(typeof asked)['chat']>[]): void {
  for (const request of [start, next]) {
    expect(request).toMatchObject({
      instructions,
      said: [question, `data:image/png;base64,${picture}`],
      tools: [{ name: 'get_weather', schema }],
      limit: 500,
    })
  }
  expect(start?.calls).toEqual([])
  expect(next?.calls.map(({ args }) => args)).toEqual([{ city: 'Paris' }, { city: 'Rome' }])
  expect(next?.results.map(({ text }) => text)).toEqual(results)
  expect(next?.results.map(({ id }) => id)).toEqual(next?.calls.map(({ id }) => id))
  // OpenAI's formats do not tell a failure from a result.
  const tells = (format: WireFormat) => format === 'messages' || format === 'gemini'
  const failures = tells(from) ? [false, true] : [false, false]
  expect(next?.results.map(({ failed }) => failed)).toEqual(tells(to) ? failures : [null, null])
  expect(next?.signature).toBe(to === 'gemini' ? signature : null)
}
