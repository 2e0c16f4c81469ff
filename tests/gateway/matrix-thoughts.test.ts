/** Thoughts, pictures by address, and Gemini's array, through the whole of a translation. */
import { describe, expect, it } from 'vitest'
import { translate } from '../../src-main/gateway/translate.ts'
import type { WireFormat } from '../../src-main/gateway/types.ts'
import { models, scripts } from './matrix/upstreams.ts'

function asked(
  from: WireFormat,
  to: WireFormat,
  body: object,
  given: { model: string | null; stream: boolean | null; array?: boolean },
) {
  return translate({ from, to, bytes: Buffer.from(JSON.stringify(body)), body, model: models[to], given })
}

const fromBody = { model: null, stream: null }
const sentBody = (bytes: Uint8Array | null) => JSON.parse(Buffer.from(bytes ?? []).toString()) as Record<string, unknown>

describe('thoughts', () => {
  const body = {
    model: 'm',
    max_tokens: 20_000,
    thinking: { type: 'enabled', budget_tokens: 9000 },
    messages: [{ role: 'user', content: 'x' }],
  }

  it("of Gemini are shown to Anthropic's client that asked, unsigned, and are left out when they come back", () => {
    const { answer, body: sent } = asked('messages', 'gemini', body, fromBody)
    expect(sentBody(sent).generationConfig).toMatchObject({ thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } })
    const parts = [{ text: 'Hm', thought: true }, { text: 'Yes' }]
    const message = answer?.whole(200, { candidates: [{ content: { parts }, finishReason: 'STOP' }] })
    const thought = { type: 'thinking', thinking: 'Hm', signature: '' }
    expect(message?.content).toEqual([thought, { type: 'text', text: 'Yes', citations: null }])
    const next = [...body.messages, { role: 'assistant', content: message?.content }, { role: 'user', content: 'y' }]
    const again = asked('messages', 'gemini', { ...body, messages: next }, fromBody)
    expect(JSON.stringify(sentBody(again.body))).not.toContain('Hm')
    expect(again.dropped).toContain('messages[].content[]')
  })

  it("of Claude are shown to Gemini's client that asked", () => {
    const question = {
      contents: [{ parts: [{ text: 'x' }] }],
      generationConfig: { maxOutputTokens: 9000, thinkingConfig: { thinkingBudget: 2000, includeThoughts: true } },
    }
    const { answer, body: sent } = asked('gemini', 'messages', question, { model: 'm', stream: false })
    expect(sentBody(sent)).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 9000 })
    const content = [
      { type: 'thinking', thinking: 'Hm', signature: 's' },
      { type: 'text', text: 'Yes' },
    ]
    const told = answer?.whole(200, { id: 'i', type: 'message', model: 'c', content, stop_reason: 'end_turn', usage: {} })
    expect(told?.candidates).toMatchObject([{ content: { parts: [{ text: 'Hm', thought: true }, { text: 'Yes' }] } }])
  })
})

describe('what is left out or refused is named in the words of the client', () => {
  const user = (content: object[]) => ({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content }] })

  it('of Anthropic', () => {
    const text = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }
    const { dropped } = asked(
      'messages',
      'gemini',
      { ...user([text]), metadata: { user_id: 'u' }, service_tier: 'auto' },
      fromBody,
    )
    expect(dropped.toSorted()).toEqual(['messages[].content[].cache_control', 'metadata.user_id', 'service_tier'])
    const result = { type: 'tool_result', tool_use_id: 'nobody', content: 'x' }
    expect(() => asked('messages', 'gemini', user([text, result]), fromBody)).toThrow(
      expect.objectContaining({ field: 'messages[0].content[1]' }),
    )
  })

  it('of Gemini', () => {
    const given = { model: 'm', stream: false }
    const contents = [{ parts: [{ text: 'x' }] }]
    expect(asked('gemini', 'messages', { contents, generationConfig: { seed: 7 } }, given).dropped).toEqual([
      'generationConfig.seed',
    ])
    expect(() => asked('gemini', 'messages', { contents, generationConfig: { temperature: 1.7 } }, given)).toThrow(
      expect.objectContaining({ field: 'generationConfig.temperature' }),
    )
    const audio = [{ parts: [{ text: 'x' }, { inlineData: { mimeType: 'audio/wav', data: 'AA' } }] }]
    expect(() => asked('gemini', 'messages', { contents: audio }, given)).toThrow(
      expect.objectContaining({ field: 'contents[0].parts[1]' }),
    )
  })
})

describe("Gemini's stream as an array", () => {
  const question = { contents: [{ parts: [{ text: 'x' }] }] }

  it.each<WireFormat>(['chat', 'responses', 'messages', 'gemini'])('is had of a %s upstream', (to) => {
    const { answer } = asked('gemini', to, question, { model: 'm', stream: true, array: true })
    const stream = answer?.stream()
    const bytes = Buffer.from(scripts[to](1, true) as string)
    const all = Buffer.concat(
      [stream?.push(bytes.subarray(0, 200)), stream?.push(bytes.subarray(200)), stream?.end()].map(
        (chunk) => chunk ?? Buffer.alloc(0),
      ),
    )
    const chunks = JSON.parse(all.toString()) as {
      candidates: { content: { parts: { text?: string }[] }; finishReason?: string }[]
    }[]
    const texts = chunks.flatMap(({ candidates }) => candidates[0]?.content.parts ?? []).map(({ text }) => text ?? '')
    expect(texts.join('')).toBe('Let me look. ☀')
    expect(chunks.at(-1)?.candidates[0]?.finishReason).toBe('STOP')
  })
})
