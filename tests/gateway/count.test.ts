/** How many tokens a request has: asked of the other API, or estimated; the official SDKs take the answers. */
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { type CountFormat, countAnswer, countEstimate, countRequest } from '../../src-main/gateway/count/count.ts'
import { listen } from './matrix/gateway.ts'
import { refusedField } from './support-events.ts'

const question = {
  model: 'asked',
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'Hello' }],
  tools: [{ name: 'f', input_schema: { type: 'object', properties: { a: { type: 'string' } } } }],
}

describe('a question', () => {
  it("of Anthropic's client is put to Gemini whole", () => {
    expect(countRequest('messages', 'gemini', question, null, 'gemini-2.5-flash')).toEqual({
      body: {
        generateContentRequest: {
          model: 'models/gemini-2.5-flash',
          systemInstruction: { parts: [{ text: 'Be brief.' }] },
          contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
          tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: question.tools[0]?.input_schema }] }],
        },
      },
      dropped: [],
    })
  })

  it("of Gemini's client is put to Anthropic without what only matters for the answer", () => {
    const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]
    const expected = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] }
    expect(countRequest('gemini', 'messages', { contents }, 'asked', 'claude-sonnet-4-5').body).toEqual(expected)
    const whole = {
      generateContentRequest: { model: 'models/asked', contents, generationConfig: { temperature: 1, maxOutputTokens: 5 } },
    }
    expect(countRequest('gemini', 'messages', whole, 'asked', 'claude-sonnet-4-5').body).toEqual(expected)
  })

  it('is refused where the request would be', () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search' }]
    expect(refusedField(() => countRequest('messages', 'gemini', { ...question, tools }, null, 'gemini-2.5-flash'))).toBe(
      'tools[0].type',
    )
    expect(
      refusedField(() => countRequest('gemini', 'messages', { generateContentRequest: {}, more: 1 }, 'm', 'claude-sonnet-4-5')),
    ).toBe('more')
  })
})

describe('an answer', () => {
  it.each<[CountFormat, CountFormat, object, object]>([
    ['messages', 'gemini', { totalTokens: 12, promptTokensDetails: [] }, { input_tokens: 12 }],
    ['gemini', 'messages', { input_tokens: 12 }, { totalTokens: 12 }],
  ])('for a %s client of a %s upstream keeps the count', (from, to, said, told) => {
    expect(countAnswer(from, to, said)).toEqual(told)
    expect(() => countAnswer(from, to, { error: {} })).toThrow(/no count/)
  })

  it('by estimate grows with the text', () => {
    const long = { ...question, messages: [{ role: 'user', content: 'word '.repeat(1000) }] }
    const count = (body: object) => (countEstimate('messages', body) as { input_tokens: number }).input_tokens
    expect(count(question)).toBeGreaterThan(0)
    expect(count(long)).toBeGreaterThan(count(question) + 1000)
  })

  it('is taken by both SDKs, whose questions are understood', async () => {
    const server = await listen(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = JSON.parse(Buffer.concat(chunks).toString()) as object
      const from = request.url?.includes('countTokens') ? 'gemini' : 'messages'
      const asked =
        from === 'gemini'
          ? countRequest('gemini', 'messages', body, 'm', 'claude-sonnet-4-5')
          : countRequest('messages', 'gemini', body, null, 'gemini-2.5-flash')
      expect(JSON.stringify(asked.body)).toContain('Hello')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(countEstimate(from, body)))
    })
    const anthropic = new Anthropic({ baseURL: server.url, apiKey: 'token', maxRetries: 0 })
    const google = new GoogleGenAI({ apiKey: 'token', httpOptions: { baseUrl: server.url } })
    const counted = await anthropic.messages.countTokens({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] })
    const totalled = await google.models.countTokens({ model: 'm', contents: 'Hello' })
    await server.close()
    expect(counted.input_tokens).toBeGreaterThan(0)
    expect(totalled.totalTokens).toBeGreaterThan(0)
  })
})
